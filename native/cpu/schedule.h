/*
 * Which thread computes what of a pass up or down, and where it has to wait for another.
 *
 * A task is an input block that is stored, an element or a sum block, for a run of a group's rows.
 * Each thread has a list of tasks; the way down takes the lists backward. Threads meet nowhere
 * else: a thread publishes how many tasks of its list are done, and a task that needs what another
 * thread makes waits for that number. So each block has one owner for all passes, whose caches
 * find its weights again in the next, and a tile's or a table's statistics have one writer that
 * takes the rows in order.
 *
 * Where the circuit is wide enough, the circuit is divided: every thread gets blocks, for all
 * rows. Otherwise the rows are: every thread walks the whole circuit with its share of them, and
 * adds to the statistics of an element after the thread that has the rows before.
 */
#ifndef SLUICE_SCHEDULE_H
#define SLUICE_SCHEDULE_H

#include <stdatomic.h>

#include "sluice/sluice.h"

/* Before a task is begun, so many tasks of a thread have to be done. */
typedef struct {
    int32_t thread;
    int32_t done;
} schedule_wait;

/*
 * Of one direction, by the position of a task in the order in which that direction takes the list.
 */
typedef struct {
    int32_t *wait_begin;  /* [tasks + 1] */
    schedule_wait *waits;
    uint8_t *awaited;     /* [tasks] another thread waits for it */
} schedule_way;

typedef struct {
    int32_t tasks;
    int32_t *item; /* [tasks] in the order of the way up; see schedule_item */
    schedule_way up;
    schedule_way down;
} schedule_list;

typedef struct {
    _Alignas(64) _Atomic int32_t done;
} schedule_progress;

typedef struct {
    int32_t threads; /* lists; as many as the pool has threads, some may be empty */
    int32_t shares;  /* into which the rows are divided: 1, or list i has share i */
    schedule_list *lists;
    schedule_progress *progress; /* [threads] */
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

/* Of a plan: schedules for numbers of rows, as they were asked for, and what belongs to whom. */
typedef struct sluice_schedules sluice_schedules;

/*
 * Items: sum s is s, element e is sums + e, input i (of stored blocks only) is sums + elements +
 * i.
 */
static inline int32_t item_of_step(const sluice_plan *plan, int32_t step) {
    return step >= 0 ? step : plan->sums + ~step;
}

static inline int32_t item_of_input(const sluice_plan *plan, int32_t input) {
    return plan->sums + plan->elements + input;
}

/* NULL where the system has no memory. */
sluice_schedules *sluice_schedules_of(const sluice_plan *plan, int32_t threads);
void sluice_schedules_free(sluice_schedules *schedules);

/* For a group of so many rows, with nothing done yet; NULL where the system has no memory. */
schedule *sluice_schedule_for(sluice_schedules *schedules, int32_t rows);

/* One list of everything, which waits for nobody on the way up; NULL likewise. */
const schedule *sluice_schedule_whole(sluice_schedules *schedules);

const schedule_owners *sluice_owners_of(const sluice_schedules *schedules);

const sluice_plan *sluice_schedules_plan(const sluice_schedules *schedules);

/* Returns when the tasks that a thread's next one needs are done. */
void sluice_schedule_wait(const schedule *s, const schedule_way *way, int32_t position);

static inline void sluice_schedule_done(const schedule *s, const schedule_way *way, int32_t thread,
                                        int32_t position) {
    if (way->awaited[position]) {
        atomic_store_explicit(&s->progress[thread].done, position + 1, memory_order_release);
    }
}

#endif
