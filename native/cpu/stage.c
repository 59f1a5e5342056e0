#include "stage.h"

#include <math.h>

#include <string.h>

#include "cells.h"

int64_t worker_bytes(const sluice_plan *plan) {
    const int64_t linear = linear_scratch_bytes(plan);
    const int64_t log = log_scratch_bytes(plan);
    return aligned_bytes(linear > log ? linear : log);
}

const linear_kernels *linear_kernels_here(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512cd")) {
        return &sluice_linear_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("bmi2")) {
        return &sluice_linear_avx2;
    }
#endif
    return &sluice_linear_portable;
}

int32_t row_group_capacity(const stage *s, int32_t arithmetic) {
    return arithmetic == SLUICE_LINEAR ? s->state->capacity : s->state->log_capacity;
}

/*
 * Reads the root's value and decides whether the row counts; `row` is its index in the batch. An
 * unsure row has the upper bound as its log-likelihood until the pass that bounds it from below.
 */
static void linear_result(const stage *s, int32_t row, int32_t slot, bound bounded) {
    const sluice_plan *plan = s->plan;
    const sluice_state *state = s->state;
    const float value = *block_values(plan, state->values, state->capacity, plan->root, slot);
    const int32_t scale = *block_scales(state, plan->root, slot);
    const double result = value > 0 ? log(value) + scale * 0x1.62e42fefa39efp-1 : (double)-INFINITY;
    uint8_t *becomes = state->skipped + slot;
    if (bounded == BOUND_FROM_ABOVE && value == 0) {
        *becomes = ROW_IMPOSSIBLE;
    } else if (bounded == BOUND_FROM_BELOW && *becomes == ROW_UNSURE) {
        *becomes = s->log_likelihood[row] - result <= SURE ? ROW_COUNTS : ROW_FLAGGED;
    }
    s->flagged[row] = *becomes == ROW_FLAGGED;
    s->log_likelihood[row] = s->flagged[row] ? NAN : result;
}

/* Decides whether each of some rows counts; returns whether one of them is still unsure. */
static int linear_results(const stage *s, int32_t row, int32_t slot, int32_t count, bound bounded) {
    int unsure = 0;
    for (int32_t b = 0; b < count; b++) {
        linear_result(s, row + b, slot + b, bounded);
        unsure |= s->state->skipped[slot + b] == ROW_UNSURE;
    }
    return unsure;
}

static void log_row_forward(const stage *s, int32_t row, int32_t slot, int32_t worker) {
    const log_scratch scratch = log_scratch_at(s->plan, worker_memory(s, worker));
    load_cells(s->plan, s->state, s->batch, s->state->log_capacity, row, slot, 1);
    const double result = log_forward(s->plan, s->state, s->state->log_capacity, slot, &scratch);
    s->log_likelihood[row] = result;
    s->flagged[row] = 0;
    s->state->skipped[slot] = result == -INFINITY ? ROW_IMPOSSIBLE : ROW_COUNTS;
}

static void log_forward_task(void *context, int64_t task, int32_t worker) {
    log_row_forward(context, (int32_t)task, worker, worker);
}

/*
 * Lays the buffers out for just this many rows. With the full capacity, the values of one row would
 * be a power of two apart and share a few sets of the cache.
 */
static void use_slots(stage *s, int32_t slots) {
    s->compact = *s->state;
    s->compact.capacity = slots;
    s->state = &s->compact;
}

/* A forward or backward pass over the current row group. */
typedef struct {
    const stage *s;
    const schedule *schedule;
    int32_t backward;
    int32_t keep;
    bound bounded;
} linear_stage;

/* First row of a share of the row group; row_group_count if the shares before it have all rows. */
static int32_t share_begin(const stage *s, int64_t number, int32_t share) {
    return number * share < s->row_group_count ? (int32_t)(number * share) : s->row_group_count;
}

static void linear_task(void *context, int64_t task, int32_t worker) {
    const linear_stage *l = context;
    const stage *s = l->s;
    const int32_t shares = l->schedule->shares;
    const int32_t share = shares > 0 ? ceiling_of(s->row_group_count, shares) : s->row_group_count;
    const int32_t first = shares > 0 ? share_begin(s, task, share) : 0;
    if (first == s->row_group_count) {
        return; /* more threads than rows */
    }
    const linear_pass pass = {.schedule = l->schedule,
                              .owners = sluice_owners_of(s->schedules),
                              .thread = (int32_t)task,
                              .first = first,
                              .count = smaller_of(share, s->row_group_count - first),
                              .keep = l->keep,
                              .bounded = l->bounded,
                              .gather = (s->stages & SLUICE_STAGE_STATISTICS) != 0,
                              .add = s->add};
    const linear_scratch scratch = linear_scratch_at(s->plan, worker_memory(s, worker));
    (l->backward ? s->linear->backward : s->linear->forward)(s->plan, s->state, &pass, &scratch);
}

static void cells_task(void *context, int64_t task, int32_t worker) {
    const stage *s = context;
    const int32_t share = ceiling_of(s->row_group_count, sluice_pool_threads(s->pool));
    const int32_t first = share_begin(s, task, share);
    (void)worker;
    load_cells(s->plan, s->state, s->batch, s->state->capacity, s->row_group_begin + first, first,
               smaller_of(share, s->row_group_count - first));
}

/* It takes less time to load fewer cells than to divide them among the threads. */
enum { CELLS_WORTH_SHARING = 1 << 14 };

static sluice_status linear_forward(stage *s, int32_t keep) {
    const int32_t rows = s->row_group_count;
    linear_stage l = {.s = s, .schedule = sluice_schedule_for(s->schedules, rows, 0), .keep = keep};
    if (l.schedule == NULL) {
        return SLUICE_OUT_OF_MEMORY;
    }
    if ((int64_t)rows * s->plan->variables < CELLS_WORTH_SHARING) {
        load_cells(s->plan, s->state, s->batch, s->state->capacity, s->row_group_begin, 0, rows);
    } else {
        sluice_pool_run(s->pool, sluice_pool_threads(s->pool), cells_task, s);
    }
    memset(s->state->skipped, ROW_COUNTS, (size_t)rows);
    sluice_pool_run_on_each(s->pool, linear_task, &l);
    if (linear_results(s, s->row_group_begin, 0, rows, BOUND_FROM_ABOVE)) {
        l.schedule = sluice_schedule_for(s->schedules, rows, 0);
        l.bounded = BOUND_FROM_BELOW;
        sluice_pool_run_on_each(s->pool, linear_task, &l);
        linear_results(s, s->row_group_begin, 0, rows, BOUND_FROM_BELOW);
    }
    return SLUICE_OK;
}

static sluice_status linear_backward(const stage *s) {
    linear_stage l = {.s = s,
                      .schedule = sluice_schedule_for(s->schedules, s->row_group_count, 1),
                      .backward = 1};
    if (l.schedule == NULL) {
        return SLUICE_OUT_OF_MEMORY;
    }
    sluice_pool_run_on_each(s->pool, linear_task, &l);
    return SLUICE_OK;
}

/* Rows of a task, at most `largest`: tasks are equal, and as few as keep every thread busy. */
static int32_t rows_per_task(int32_t rows, int32_t threads, int32_t largest) {
    const int32_t tasks = ceiling_of(ceiling_of(rows, largest), threads) * threads;
    return ceiling_of(rows, tasks);
}

/* Log-likelihoods of many rows: a task computes the whole circuit for a row group of its own. */
typedef struct {
    const stage *s;
    const schedule *whole;
    int32_t rows_per_task;
} rows_stage;

static void rows_task(void *context, int64_t task, int32_t worker) {
    const rows_stage *w = context;
    const stage *s = w->s;
    const int32_t row = (int32_t)(task * w->rows_per_task);
    const int32_t slot = worker * w->rows_per_task;
    const int32_t count = smaller_of(w->rows_per_task, s->batch->count - row);
    linear_pass pass = {.schedule = w->whole,
                        .owners = sluice_owners_of(s->schedules),
                        .first = slot,
                        .count = count};
    const linear_scratch scratch = linear_scratch_at(s->plan, worker_memory(s, worker));
    load_cells(s->plan, s->state, s->batch, s->state->capacity, row, slot, count);
    memset(s->state->skipped + slot, ROW_COUNTS, (size_t)count);
    s->linear->forward(s->plan, s->state, &pass, &scratch);
    if (linear_results(s, row, slot, count, BOUND_FROM_ABOVE)) {
        pass.bounded = BOUND_FROM_BELOW;
        s->linear->forward(s->plan, s->state, &pass, &scratch);
        linear_results(s, row, slot, count, BOUND_FROM_BELOW);
    }
}

/*
 * With at least this many rows per thread, divide the rows: no thread waits. Otherwise divide the
 * circuit: only one thread fetches each tile.
 */
enum { ROWS_WORTH_DIVIDING = 64 };

sluice_status run_forward(stage *s, int32_t arithmetic) {
    const int32_t rows = s->batch->count;
    const int32_t threads = sluice_pool_threads(s->pool);
    if (arithmetic == SLUICE_LOG) {
        sluice_pool_run(s->pool, rows, log_forward_task, s);
        return SLUICE_OK;
    }
    if (rows < ROWS_WORTH_DIVIDING * threads && rows <= s->state->capacity) {
        s->row_group_count = rows;
        use_slots(s, rows);
        return linear_forward(s, 0);
    }
    rows_stage w = {
            .s = s,
            .whole = sluice_schedule_whole(s->schedules),
            .rows_per_task = rows_per_task(
                    rows, threads, smaller_of(ROWS_PER_CALL, s->state->capacity / threads))};
    if (w.whole == NULL) {
        return SLUICE_OUT_OF_MEMORY;
    }
    use_slots(s, w.rows_per_task * threads);
    sluice_pool_run(s->pool, ceiling_of(rows, w.rows_per_task), rows_task, &w);
    return SLUICE_OK;
}

static void log_flow_task(void *context, int64_t task, int32_t worker) {
    const stage *s = context;
    const int32_t slot = (int32_t)task;
    if (s->stages & SLUICE_STAGE_FORWARD) {
        log_row_forward(s, s->row_group_begin + slot, slot, worker);
    }
    if (s->stages & SLUICE_STAGE_BACKWARD) {
        const log_scratch scratch = log_scratch_at(s->plan, worker_memory(s, worker));
        log_backward(s->plan, s->state, slot, &scratch);
    }
}

/* Adds the statistics that the backward pass did not add: tasks of weights, then tasks of tables. */
typedef struct {
    const stage *s;
    int32_t arithmetic;
    const schedule_owners *done; /* which statistics have been added already; NULL: none */
    const task_list *weights;
    const task_list *tables;
} statistics_stage;

static void weight_task(const statistics_stage *w, task_part part, int32_t worker) {
    const stage *s = w->s;
    const int32_t tile = s->plan->weight_tile[s->plan->weight_tile_begin[part.thing]];
    if (w->done != NULL && w->done->tile_weight[tile] >= 0) {
        return;
    }
    void *memory = worker_memory(s, worker);
    if (w->arithmetic == SLUICE_LINEAR) {
        const linear_scratch scratch = linear_scratch_at(s->plan, memory);
        s->linear->weight_statistics(s->plan, s->state, part.thing, part.begin, part.end,
                                     s->row_group_count, s->add, &scratch);
    } else {
        const log_scratch scratch = log_scratch_at(s->plan, memory);
        log_weight_statistics(s->plan, s->state, part.thing, part.begin, part.end,
                              s->row_group_count, s->add, &scratch);
    }
}

static void table_task(const statistics_stage *w, task_part part) {
    const stage *s = w->s;
    if (w->done != NULL && w->done->table_alone[part.thing]) {
        return;
    }
    if (w->arithmetic == SLUICE_LOG) {
        log_table_statistics(s->plan, s->state, s->state->log_capacity, part.thing, part.begin,
                             part.end, s->row_group_count, s->add);
    } else {
        s->linear->table_statistics(s->plan, s->state, part.thing, part.begin, part.end,
                                    s->row_group_count, s->add);
    }
}

static void statistics_task(void *context, int64_t task, int32_t worker) {
    const statistics_stage *w = context;
    const int64_t weight_tasks = task_list_count(w->weights);
    if (task < weight_tasks) {
        weight_task(w, task_list_part(w->weights, task), worker);
    } else {
        table_task(w, task_list_part(w->tables, task - weight_tasks));
    }
}

static void run_statistics(stage *s, int32_t arithmetic) {
    const schedule_owners *owners = sluice_owners_of(s->schedules);
    const plan_tasks *tasks = sluice_tasks_of(s->schedules);
    const int linear = arithmetic == SLUICE_LINEAR;
    statistics_stage w = {.s = s,
                          .arithmetic = arithmetic,
                          .done = linear && s->row_group_count > 0 ? owners : NULL,
                          .weights = linear ? &tasks->weight_rows : &tasks->log_weight_rows,
                          .tables = &tasks->table_columns};
    if (w.done == NULL || !owners->complete) {
        sluice_pool_run(s->pool, task_list_count(w.weights) + task_list_count(w.tables),
                        statistics_task, &w);
    }
    s->add = 1;
}

sluice_status run_row_group(stage *s, int32_t arithmetic) {
    sluice_status status = SLUICE_OK;
    if (arithmetic == SLUICE_LINEAR) {
        use_slots(s, s->row_group_count);
    }
    if (s->row_group_count > 0 && arithmetic == SLUICE_LOG) {
        sluice_pool_run(s->pool, s->row_group_count, log_flow_task, s);
    }
    if (s->row_group_count > 0 && arithmetic == SLUICE_LINEAR) {
        if (s->stages & SLUICE_STAGE_FORWARD) {
            status = linear_forward(s, 1);
        }
        if (status == SLUICE_OK && s->stages & SLUICE_STAGE_BACKWARD) {
            status = linear_backward(s);
        }
    }
    if (status == SLUICE_OK && s->stages & SLUICE_STAGE_STATISTICS) {
        run_statistics(s, arithmetic);
    }
    return status;
}
