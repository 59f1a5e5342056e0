/* The functions of the CPU library: they check arguments, then hand the work to the stages. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "float_mode.h"
#include "long_sums.h"
#include "memory.h"
#include "query.h"
#include "stage.h"

static _Thread_local char last_message[256];

static sluice_status fail(sluice_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(last_message, sizeof last_message, format, arguments);
    va_end(arguments);
    return status;
}

static const char *message(void) { return last_message; }

static const char *target(void) { return linear_kernels_here()->name; }

static sluice_status pool_create(int32_t threads, void *stream, sluice_pool **pool) {
    enum { MOST_THREADS = 1024 };
    (void)stream;
    if (threads < 1 || threads > MOST_THREADS || pool == NULL) {
        return fail(SLUICE_INVALID, "%d threads: expected 1 to %d", threads, MOST_THREADS);
    }
    sluice_status status = sluice_pool_start(threads, pool);
    return status == SLUICE_OK ? status
                               : fail(status, "the system started fewer than %d threads", threads);
}

static sluice_status pool_destroy(sluice_pool *pool) {
    if (pool != NULL) {
        sluice_pool_stop(pool);
    }
    return SLUICE_OK;
}

static sluice_status memory_allocate(int64_t bytes, void **memory) {
    if (bytes < 1 || memory == NULL) {
        return fail(SLUICE_INVALID, "%lld bytes of memory", (long long)bytes);
    }
    *memory = memory_map(bytes);
    return *memory != NULL
                   ? SLUICE_OK
                   : fail(SLUICE_OUT_OF_MEMORY, "the system refused %lld bytes", (long long)bytes);
}

static sluice_status memory_free(void *memory, int64_t bytes) {
    memory_unmap(memory, bytes);
    return SLUICE_OK;
}

static int64_t workspace_bytes(const sluice_plan *plan, const sluice_state *state) {
    (void)state;
    return worker_bytes(plan);
}

/* The kernels read the plan itself. */
static int64_t device_plan_bytes(const sluice_plan *plan) {
    (void)plan;
    return 0;
}

static sluice_status device_plan(sluice_pool *pool, const sluice_plan *plan, void *to) {
    (void)pool;
    (void)plan;
    (void)to;
    return SLUICE_OK;
}

static sluice_status no_memory(void) {
    return fail(SLUICE_OUT_OF_MEMORY,
                "the system refused memory for schedules or for totals of the statistics");
}

static sluice_status check(const stage *s, int32_t arithmetic) {
    if (s->pool == NULL || s->plan == NULL || s->state == NULL || s->batch == NULL) {
        return fail(SLUICE_INVALID, "pool, plan, state and batch must be given");
    }
    if (arithmetic != SLUICE_LINEAR && arithmetic != SLUICE_LOG) {
        return fail(SLUICE_INVALID, "arithmetic %d: expected 0 or 1", arithmetic);
    }
    if (s->batch->count < 0 || s->batch->cell_type < SLUICE_U8
        || s->batch->cell_type > SLUICE_F32) {
        return fail(SLUICE_INVALID, "a batch of %d rows with cell type %d", s->batch->count,
                    s->batch->cell_type);
    }
    if (s->state->value_type != SLUICE_VALUE_F32) {
        return fail(SLUICE_INVALID, "values of type %d: this library has float32 only",
                    s->state->value_type);
    }
    const int32_t threads = sluice_pool_threads(s->pool);
    if (s->state->capacity < threads || s->state->log_capacity < threads) {
        return fail(SLUICE_INVALID, "buffers for %d and %d rows are too small for %d threads",
                    s->state->capacity, s->state->log_capacity, threads);
    }
    const int32_t gathered = SLUICE_STAGE_BACKWARD | SLUICE_STAGE_STATISTICS;
    if (arithmetic == SLUICE_LINEAR && (s->stages & gathered) == SLUICE_STAGE_STATISTICS) {
        return fail(SLUICE_INVALID,
                    "statistics without the backward pass, which adds some of them");
    }
    return SLUICE_OK;
}

/* The plan's schedules and tasks. Indices of items and scales have 32 bits. */
static sluice_status find_schedules(sluice_pool *pool, const sluice_plan *plan,
                                    sluice_schedules **schedules) {
    const int64_t items = (int64_t)plan->sums + plan->elements + plan->inputs;
    if (items > INT32_MAX || (int64_t)plan->blocks + plan->elements > INT32_MAX) {
        return fail(SLUICE_INVALID, "%lld sums, elements and inputs: expected at most %d",
                    (long long)items, INT32_MAX);
    }
    *schedules = sluice_pool_schedules(pool, plan);
    return *schedules != NULL ? SLUICE_OK : no_memory();
}

static sluice_status begin(stage *s, int32_t arithmetic) {
    sluice_status status = check(s, arithmetic);
    if (status == SLUICE_OK) {
        status = find_schedules(s->pool, s->plan, &s->schedules);
    }
    if (status == SLUICE_OK && s->state->flows == s->state->elements
        && !sluice_owners_of(s->schedules)->tiles_alone) {
        return fail(SLUICE_INVALID,
                    "flows and elements share a buffer, but some tiles share their weights");
    }
    s->linear = linear_kernels_here();
    return status;
}

static sluice_status finish(const stage *s, sluice_status status, int32_t *flagged_rows) {
    if (status == SLUICE_OUT_OF_MEMORY) {
        return no_memory();
    }
    if (status == SLUICE_OK) {
        *flagged_rows = 0;
        for (int32_t i = 0; i < s->batch->count; i++) *flagged_rows += s->flagged[i];
    }
    return status;
}

static sluice_status forward(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                             const sluice_batch *batch, int32_t arithmetic, double *log_likelihood,
                             uint8_t *flagged, int32_t *flagged_rows) {
    stage s = {.pool = pool,
               .plan = plan,
               .state = state,
               .batch = batch,
               .log_likelihood = log_likelihood,
               .flagged = flagged};
    sluice_status status = begin(&s, arithmetic);
    if (status != SLUICE_OK) {
        return status;
    }
    if (batch->count > 0) {
        const uint32_t mode = sluice_float_mode_enter();
        status = run_forward(&s, arithmetic);
        sluice_float_mode_leave(mode);
    }
    return finish(&s, status, flagged_rows);
}

/* Runs the stages over all row groups of the batch; over an empty one if the batch has no rows. */
static sluice_status run_row_groups(stage *s, int32_t arithmetic, const int64_t *offset,
                                    double *result, int32_t *flagged_rows) {
    const sluice_state *state = s->state;
    sluice_status status = begin(s, arithmetic);
    if (status != SLUICE_OK) {
        return status;
    }
    const uint32_t mode = sluice_float_mode_enter();
    const int32_t capacity = row_group_capacity(s, arithmetic);
    const int32_t add = s->add;
    do {
        s->row_group_count = smaller_of(capacity, s->batch->count - s->row_group_begin);
        s->state = state;
        if (s->stages & SLUICE_STAGE_STATISTICS) {
            s->add = add || s->row_group_begin > 0;
            status = long_sums_begin(s->pool, s->plan, state, s->row_group_count, &s->add);
        }
        if (status == SLUICE_OK) {
            status = run_row_group(s, arithmetic);
        }
        if (status == SLUICE_OK && offset != NULL) {
            run_conditional(s, arithmetic, offset, result);
        }
        s->row_group_begin += s->row_group_count;
    } while (status == SLUICE_OK && s->row_group_begin < s->batch->count);
    sluice_float_mode_leave(mode);
    return finish(s, status, flagged_rows);
}

static sluice_status settle(sluice_pool *pool, const sluice_state *state) {
    const uint32_t mode = sluice_float_mode_enter();
    const sluice_status status = long_sums_settle(pool, state);
    sluice_float_mode_leave(mode);
    return status;
}

static sluice_status accumulate(sluice_pool *pool, const sluice_plan *plan,
                                const sluice_state *state, const sluice_batch *batch,
                                int32_t arithmetic, int32_t stages, int32_t add,
                                double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows) {
    stage s = {.pool = pool,
               .plan = plan,
               .state = state,
               .batch = batch,
               .log_likelihood = log_likelihood,
               .flagged = flagged,
               .stages = stages,
               .add = add};
    if (batch != NULL && batch->count == 0 && add) {
        const sluice_status status = begin(&s, arithmetic);
        return status == SLUICE_OK ? finish(&s, settle(pool, state), flagged_rows) : status;
    }
    return run_row_groups(&s, arithmetic, NULL, NULL, flagged_rows);
}

static sluice_status conditional(sluice_pool *pool, const sluice_plan *plan,
                                 const sluice_state *state, const sluice_batch *batch,
                                 int32_t arithmetic, const int64_t *offset, double *result,
                                 double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows) {
    stage s = {.pool = pool,
               .plan = plan,
               .state = state,
               .batch = batch,
               .log_likelihood = log_likelihood,
               .flagged = flagged,
               .stages = SLUICE_STAGE_FORWARD | SLUICE_STAGE_BACKWARD};
    return run_row_groups(&s, arithmetic, offset, result, flagged_rows);
}

typedef struct {
    const sluice_plan *plan;
    const sluice_state *state;
    const linear_kernels *linear;
    const plan_tasks *tasks;
    double step_size;
    double pseudocount;
    uint8_t failed; /* any thread may set it */
} update_stage;

static void transpose_task(void *context, int64_t task, int32_t worker) {
    const update_stage *u = context;
    const task_part part = task_list_part(&u->tasks->block_row_nodes, task);
    (void)worker;
    u->linear->transpose_block_row(u->plan, u->state, part.thing, part.begin, part.end);
}

static sluice_status prepare(sluice_pool *pool, const sluice_plan *plan,
                             const sluice_state *state) {
    sluice_schedules *schedules;
    const sluice_status status = find_schedules(pool, plan, &schedules);
    if (status == SLUICE_OK) {
        update_stage u = {.plan = plan,
                          .state = state,
                          .linear = linear_kernels_here(),
                          .tasks = sluice_tasks_of(schedules)};
        sluice_pool_run(pool, task_list_count(&u.tasks->block_row_nodes), transpose_task, &u);
    }
    return status;
}

static void update_task(void *context, int64_t task, int32_t worker) {
    update_stage *u = context;
    const int64_t block_row_tasks = task_list_count(&u->tasks->block_row_nodes);
    const int of_block_row = task < block_row_tasks;
    const task_part part =
            of_block_row ? task_list_part(&u->tasks->block_row_nodes, task)
                         : task_list_part(&u->tasks->table_columns, task - block_row_tasks);
    (void)worker;
    const int finite = (of_block_row ? u->linear->update_block_row : u->linear->update_table)(
            u->plan, u->state, part.thing, part.begin, part.end, u->step_size, u->pseudocount);
    if (!finite) {
        __atomic_store_n(&u->failed, 1, __ATOMIC_RELAXED);
    }
}

static sluice_status update(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                            const double *step, const int32_t *unless, int32_t *failed) {
    if (!(step[0] > 0 && step[0] <= 1) || !(step[1] >= 0 && isfinite(step[1]))) {
        return fail(SLUICE_INVALID, "step size %g and pseudocount %g", step[0], step[1]);
    }
    if (unless != NULL && *unless != 0) {
        return SLUICE_OK;
    }
    sluice_schedules *schedules;
    sluice_status status = find_schedules(pool, plan, &schedules);
    if (status == SLUICE_OK && settle(pool, state) != SLUICE_OK) {
        status = no_memory();
    }
    if (status != SLUICE_OK) {
        return status;
    }
    update_stage u = {.plan = plan,
                      .state = state,
                      .linear = linear_kernels_here(),
                      .tasks = sluice_tasks_of(schedules),
                      .step_size = step[0],
                      .pseudocount = step[1]};
    const uint32_t mode = sluice_float_mode_enter();
    sluice_pool_run(
            pool,
            task_list_count(&u.tasks->block_row_nodes) + task_list_count(&u.tasks->table_columns),
            update_task, &u);
    sluice_float_mode_leave(mode);
    *failed = u.failed;
    return SLUICE_OK;
}

static sluice_status sample(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                            const sluice_batch *batch, int32_t per_row, uint64_t seed,
                            int64_t first_draw, float *result, double *log_likelihood) {
    stage s = {.pool = pool,
               .plan = plan,
               .state = state,
               .batch = batch,
               .log_likelihood = log_likelihood};
    const sluice_status status = begin(&s, SLUICE_LOG);
    if (status == SLUICE_OK && batch->count > 0) {
        const uint32_t mode = sluice_float_mode_enter();
        run_sample(&s, per_row, seed, first_draw, result);
        sluice_float_mode_leave(mode);
    }
    return status;
}

static sluice_status max_product(sluice_pool *pool, const sluice_plan *plan,
                                 const sluice_state *state, const sluice_batch *batch,
                                 float *result, double *log_value) {
    stage s = {.pool = pool, .plan = plan, .state = state, .batch = batch};
    const sluice_status status = begin(&s, SLUICE_LOG);
    if (status == SLUICE_OK && batch->count > 0) {
        const uint32_t mode = sluice_float_mode_enter();
        run_max_product(&s, result, log_value);
        sluice_float_mode_leave(mode);
    }
    return status;
}

static const sluice_functions functions = {
        .abi_version = SLUICE_ABI_VERSION,
        .struct_size = sizeof(sluice_functions),
        .plan_size = sizeof(sluice_plan),
        .state_size = sizeof(sluice_state),
        .batch_size = sizeof(sluice_batch),
        .message = message,
        .target = target,
        .pool_create = pool_create,
        .pool_destroy = pool_destroy,
        .memory_allocate = memory_allocate,
        .memory_free = memory_free,
        .workspace_bytes = workspace_bytes,
        .device_plan_bytes = device_plan_bytes,
        .device_plan = device_plan,
        .prepare = prepare,
        .forward = forward,
        .accumulate = accumulate,
        .update = update,
        .conditional = conditional,
        .sample = sample,
        .max_product = max_product,
};

const sluice_functions *sluice_kernels(void) { return &functions; }
