/*
 * Which thread computes which part of a forward or backward pass, and where it waits for another.
 *
 * An item is a stored input block, an element or a sum block. If the circuit is wide, the schedule
 * divides the circuit: threads claim runs of items (runs.h) and compute them for all rows. Otherwise
 * it divides the rows: every thread computes all items for its share of the rows. In the backward
 * pass a thread then computes an item after the thread with the rows before has done so; for this,
 * threads publish their progress. Either way, one thread at a time adds to the statistics of a tile
 * or table, and adds the rows in order.
 */
#ifndef SLUICE_SCHEDULE_H
#define SLUICE_SCHEDULE_H

#include <stdatomic.h>

#include "runs.h"
#include "tasks.h"
#include "sluice/sluice.h"

typedef struct {
    _Alignas(64) _Atomic int32_t done;
} schedule_progress;

typedef struct {
    const int32_t *item; /* [items] in the order of the forward pass */
    int32_t items;
    int32_t threads;
    int32_t shares;              /* of the rows; 0: the circuit is divided */
    circuit_runs runs;           /* of the divided circuit */
    schedule_progress *progress; /* [threads] items done in the backward pass */
} schedule;

/* Instead of a tile's weight: several tiles share it; it is not a parameter. */
enum { WEIGHT_IS_SHARED = -1, WEIGHT_IS_FIXED = -2 };

/* Which statistics have one owner: only one element adds to them. */
typedef struct {
    const int32_t
            *tile_weight; /* [tiles] the weight that only this tile uses, or one of the above */
    const uint8_t *
            table_alone; /* [tables] whether each column has one input, and that input one element */
    int tiles_alone;     /* no two tiles share a weight */
    int complete;        /* nor does any column of a table have two owners */
} schedule_owners;

/* The tasks of updates and statistics. */
typedef struct {
    task_list block_row_nodes; /* NODES_PER_TASK nodes of a block row each */
    task_list table_columns;   /* COLUMNS_PER_TASK columns of a table each */
    task_list weight_rows;     /* ROWS_PER_TASK rows of a weight each */
    task_list log_weight_rows; /* LOG_ROWS rows of a weight each */
} plan_tasks;

/* The schedules of a plan, made when they are first asked for, with its owners and tasks. */
typedef struct sluice_schedules sluice_schedules;

/*
 * Numbers of items: s for sum s, sums + e for element e, sums + elements + i for input i, if its
 * block is stored.
 */
static inline int32_t item_of_operation(const sluice_plan *plan, int32_t operation) {
    return operation >= 0 ? operation : plan->sums + ~operation;
}

static inline int32_t item_of_input(const sluice_plan *plan, int32_t input) {
    return plan->sums + plan->elements + input;
}

/* NULL where the system has no memory. */
sluice_schedules *sluice_schedules_of(const sluice_plan *plan, int32_t threads);
void sluice_schedules_free(sluice_schedules *schedules);

/* The schedule of one pass over a row group, at its beginning; NULL where there is no memory. */
schedule *sluice_schedule_for(sluice_schedules *schedules, int32_t rows, int backward);

/* The schedule by which a single thread computes all items; NULL where there is no memory. */
const schedule *sluice_schedule_whole(sluice_schedules *schedules);

const schedule_owners *sluice_owners_of(const sluice_schedules *schedules);

const plan_tasks *sluice_tasks_of(const sluice_schedules *schedules);

const sluice_plan *sluice_schedules_plan(const sluice_schedules *schedules);

/* Waits until this thread has done this many items of the backward pass; the rows are divided. */
void sluice_schedule_wait(const schedule *s, int32_t thread, int32_t done);

static inline void sluice_schedule_done(const schedule *s, int32_t thread, int32_t done) {
    atomic_store_explicit(&s->progress[thread].done, done, memory_order_release);
}

#endif
