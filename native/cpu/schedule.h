/*
 * Which thread computes which part of a forward or backward pass, and where it waits for another.
 *
 * An item is a stored input block, an element or a sum block, for some rows of a row group. A wide
 * circuit is divided: every thread takes runs of items (runs.h) for all rows. Otherwise the rows are
 * divided: every thread walks the whole circuit with its share of them, and adds to the statistics
 * of an element after the thread with the rows before; each thread publishes its progress in the
 * backward pass. Either way one thread at a time adds to the statistics of a tile or table, and the
 * rows come in order.
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
    int32_t shares;              /* into which the rows are divided; 0: the circuit is divided */
    circuit_runs runs;           /* of the circuit */
    schedule_progress *progress; /* [threads] items done in the backward pass */
} schedule;

/* In place of a tile's weight: it is one of several tiles'; it is no parameter. */
enum { WEIGHT_IS_SHARED = -1, WEIGHT_IS_FIXED = -2 };

/* Whose statistics one element alone adds to. */
typedef struct {
    const int32_t *tile_weight; /* [tiles] the weight that no other tile has, or one of the above */
    const uint8_t *table_alone; /* [tables] no two inputs share columns, each is in one element */
    int tiles_alone;            /* no tile shares its weight */
    int complete;               /* nor a table its columns */
} schedule_owners;

/* How updates and statistics are cut into tasks. */
typedef struct {
    task_list block_row_nodes; /* NODES_A_TASK nodes of a group each */
    task_list table_columns;   /* COLUMNS_A_TASK columns of a table each */
    task_list weight_rows;     /* ROWS_A_TASK rows of a weight each */
    task_list log_weight_rows; /* the same, LOG_ROWS each */
} plan_tasks;

/* Of a plan: schedules for numbers of rows, as they were asked for, what belongs to whom, and tasks. */
typedef struct sluice_schedules sluice_schedules;

/*
 * Items: sum s is s, element e is sums + e, input i (of stored blocks only) is sums + elements +
 * i.
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

/* For a row group of this many rows, with nothing done yet; NULL where there is no memory. */
schedule *sluice_schedule_for(sluice_schedules *schedules, int32_t rows, int down);

/* Everything for one thread; NULL likewise. */
const schedule *sluice_schedule_whole(sluice_schedules *schedules);

const schedule_owners *sluice_owners_of(const sluice_schedules *schedules);

const plan_tasks *sluice_tasks_of(const sluice_schedules *schedules);

const sluice_plan *sluice_schedules_plan(const sluice_schedules *schedules);

/* Waits until a thread with a share of the rows has done this many items of the backward pass. */
void sluice_schedule_wait(const schedule *s, int32_t thread, int32_t done);

static inline void sluice_schedule_done(const schedule *s, int32_t thread, int32_t done) {
    atomic_store_explicit(&s->progress[thread].done, done, memory_order_release);
}

#endif
