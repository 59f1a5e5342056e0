#include "long_sums.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "memory.h"

/* The statistics of a weight or of a table. */
typedef struct {
    int64_t first;
    int64_t count;
} statistics_range;

enum { FLOATS_PER_UNIT = 1024, UNITS_PER_TASK = 64 };

struct long_sums {
    const float *statistics; /* the statistics that these are sums of */
    int64_t rows;            /* in `statistics` but not in a total */
    int32_t ranges;
    statistics_range *range; /* [ranges] */
    int32_t *units;          /* [ranges] */
    task_list tasks;
    int64_t size; /* of the arrays below, in floats */
    float *total; /* the sums, rounded; NULL until there are many rows */
    float *rest;  /* the sums minus `total` */
    int carried;  /* whether `total` holds sums */
    int settled;  /* whether `statistics` is a copy of `total` */
};

static void add_range(long_sums *sums, int64_t first, int64_t count) {
    sums->range[sums->ranges] = (statistics_range){.first = first, .count = count};
    sums->units[sums->ranges++] = (int32_t)((count + FLOATS_PER_UNIT - 1) / FLOATS_PER_UNIT);
    sums->size = first + count > sums->size ? first + count : sums->size;
}

/*
 * Leaves out SLUICE_LOG_ROWS: the caller reads and clears these statistics after each batch.
 */
static long_sums *sums_of(const sluice_plan *plan) {
    int failed = 0;
    long_sums *sums = reserve(1, sizeof *sums, &failed);
    if (failed) {
        return NULL;
    }
    const size_t most = (size_t)plan->weights + (size_t)plan->tables;
    sums->range = reserve(most, sizeof *sums->range, &failed);
    sums->units = reserve(most, sizeof *sums->units, &failed);
    for (int32_t w = 0; !failed && w < plan->weights; w++) {
        add_range(sums, plan->weight_parameter[w],
                  (int64_t)weight_rows(plan, w) * plan->weight_nodes[w]);
    }
    for (int32_t t = 0; !failed && t < plan->tables; t++) {
        if (plan->table_kind[t] != SLUICE_LOG_ROWS) {
            add_range(sums, plan->table_statistic[t],
                      (int64_t)table_statistic_rows(plan, t) * plan->table_nodes[t]);
        }
    }
    if (failed || !task_list_make(&sums->tasks, sums->ranges, sums->units, UNITS_PER_TASK)) {
        long_sums_free(sums);
        return NULL;
    }
    return sums;
}

void long_sums_free(long_sums *sums) {
    if (sums == NULL) {
        return;
    }
    memory_unmap(sums->total, sums->size * (int64_t)sizeof *sums->total);
    memory_unmap(sums->rest, sums->size * (int64_t)sizeof *sums->rest);
    task_list_free(&sums->tasks);
    free(sums->range);
    free(sums->units);
    free(sums);
}

typedef struct {
    const long_sums *sums;
    float *statistics;
} sums_pass;

/* The statistics of a task: the first one, and how many. */
static int64_t task_floats(const long_sums *sums, int64_t task, int64_t *count) {
    const task_part part = task_list_part(&sums->tasks, task);
    const statistics_range *range = sums->range + part.thing;
    const int64_t begin = (int64_t)part.begin * FLOATS_PER_UNIT;
    const int64_t end = (int64_t)part.end * FLOATS_PER_UNIT;
    *count = (end < range->count ? end : range->count) - begin;
    return range->first + begin;
}

static void start_task(void *context, int64_t task, int32_t worker) {
    const sums_pass *pass = context;
    int64_t count;
    const int64_t first = task_floats(pass->sums, task, &count);
    (void)worker;
    memcpy(pass->sums->total + first, pass->statistics + first, sizeof(float) * (size_t)count);
    memset(pass->sums->rest + first, 0, sizeof(float) * (size_t)count);
}

/* total + rest += statistics, exact up to the rounding of the rest (Knuth's two-sum) */
static void carry_task(void *context, int64_t task, int32_t worker) {
    const sums_pass *pass = context;
    int64_t count;
    const int64_t first = task_floats(pass->sums, task, &count);
    float *restrict total = pass->sums->total + first;
    float *restrict rest = pass->sums->rest + first;
    const float *restrict more = pass->statistics + first;
    (void)worker;
    for (int64_t i = 0; i < count; i++) {
        const float sum = total[i] + more[i];
        const float added = sum - total[i];
        const float lost = (total[i] - (sum - added)) + (more[i] - added);
        const float lacks = rest[i] + lost;
        total[i] = sum + lacks;
        rest[i] = lacks - (total[i] - sum);
    }
}

static void copy_task(void *context, int64_t task, int32_t worker) {
    const sums_pass *pass = context;
    int64_t count;
    const int64_t first = task_floats(pass->sums, task, &count);
    (void)worker;
    memcpy(pass->statistics + first, pass->sums->total + first, sizeof(float) * (size_t)count);
}

static void run_on_all(sluice_pool *pool, const long_sums *sums, const sluice_state *state,
                       sluice_task_fn *task) {
    sums_pass pass = {.sums = sums, .statistics = state->statistics};
    sluice_pool_run(pool, task_list_count(&sums->tasks), task, &pass);
}

static sluice_status carry(sluice_pool *pool, long_sums *sums, const sluice_state *state) {
    if (sums->size == 0) {
        return SLUICE_OK; /* there are no parameters that learn */
    }
    const int64_t bytes = sums->size * (int64_t)sizeof *sums->total;
    if (sums->total == NULL) {
        sums->total = memory_map(bytes);
    }
    if (sums->rest == NULL) {
        sums->rest = memory_map(bytes);
    }
    if (sums->total == NULL || sums->rest == NULL) {
        return SLUICE_OUT_OF_MEMORY;
    }
    run_on_all(pool, sums, state, sums->carried ? carry_task : start_task);
    sums->carried = 1;
    sums->rows = 0;
    return SLUICE_OK;
}

sluice_status long_sums_begin(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                              int32_t rows, int32_t *add) {
    long_sums **sums = sluice_pool_sums(pool);
    if (*sums == NULL) {
        *sums = sums_of(plan);
    }
    if (*sums == NULL) {
        return SLUICE_OUT_OF_MEMORY;
    }
    if (!*add || (*sums)->statistics != state->statistics) {
        (*sums)->statistics = state->statistics;
        (*sums)->rows = 0;
        (*sums)->carried = 0;
    } else if ((*sums)->carried && (*sums)->settled) {
        *add = 0; /* the total has the present ones already */
    } else if ((*sums)->rows + rows > ROWS_PER_SUM) {
        const sluice_status status = carry(pool, *sums, state);
        if (status != SLUICE_OK) {
            return status;
        }
        *add = 0;
    }
    (*sums)->settled = 0;
    (*sums)->rows += rows;
    return SLUICE_OK;
}

sluice_status long_sums_settle(sluice_pool *pool, const sluice_state *state) {
    long_sums *sums = *sluice_pool_sums(pool);
    if (sums == NULL || !sums->carried || sums->settled || sums->statistics != state->statistics) {
        return SLUICE_OK;
    }
    const sluice_status status = carry(pool, sums, state);
    if (status == SLUICE_OK) {
        run_on_all(pool, sums, state, copy_task);
        sums->settled = 1;
    }
    return status;
}
