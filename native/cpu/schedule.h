/*
 * Which thread computes what of a pass up or down, and where it has to wait for another.
 *
 * An item is an input block that is stored, an element or a sum block, for some of a group's rows.
 * Where the circuit is wide enough, the circuit is divided: every thread takes runs of items
 * (runs.h), for all rows. Otherwise the rows are: every thread walks the whole circuit with its
 * share of them, and adds to the statistics of an element after the thread that has the rows
 * before; a thread publishes how far it is on the way down. Either way one thread at a time adds to
 * a tile's or a table's statistics, and the rows come in order.
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
    const int32_t *item; /* [items] in the order of the way up */
    int32_t items;
    int32_t threads;
    int32_t shares;               /* into which the rows are divided; 0: the circuit is */
    circuit_runs runs;            /* of the circuit */
    schedule_progress *progress;  /* [threads] items that are done on the way down */
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
    task_list block_row_nodes;   /* NODES_A_TASK nodes of a group each */
    task_list table_columns; /* COLUMNS_A_TASK columns of a table each */
    task_list weight_rows;   /* ROWS_A_TASK rows of a weight each */
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

/* For a group of so many rows, with nothing done yet; NULL where the system has no memory. */
schedule *sluice_schedule_for(sluice_schedules *schedules, int32_t rows, int down);

/* Everything for one thread; NULL likewise. */
const schedule *sluice_schedule_whole(sluice_schedules *schedules);

const schedule_owners *sluice_owners_of(const sluice_schedules *schedules);

const plan_tasks *sluice_tasks_of(const sluice_schedules *schedules);

const sluice_plan *sluice_schedules_plan(const sluice_schedules *schedules);

/* Returns when a thread that has a share of the rows has done so many items of the way down. */
void sluice_schedule_wait(const schedule *s, int32_t thread, int32_t done);

static inline void sluice_schedule_done(const schedule *s, int32_t thread, int32_t done) {
    atomic_store_explicit(&s->progress[thread].done, done, memory_order_release);
}

#endif
