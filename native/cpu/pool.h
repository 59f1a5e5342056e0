/* The threads of an engine. They claim the tasks of a run in order. */
#ifndef SLUICE_POOL_H
#define SLUICE_POOL_H

#include "schedule.h"

/* task: 0 .. tasks - 1; worker: 0 .. threads - 1. A worker runs one task at a time. */
typedef void sluice_task_fn(void *context, int64_t task, int32_t worker);

int32_t sluice_pool_threads(const sluice_pool *pool);

/* Runs all tasks, some on the calling thread, and returns when the last one has finished. */
void sluice_pool_run(sluice_pool *pool, int64_t tasks, sluice_task_fn *run, void *context);

/* Runs one task on each thread: task i on worker i. */
void sluice_pool_run_on_each(sluice_pool *pool, sluice_task_fn *run, void *context);

/* The schedules of the plan that the pool serves; the first call makes them. NULL without memory. */
sluice_schedules *sluice_pool_schedules(sluice_pool *pool, const sluice_plan *plan);

/* Totals of the statistics of the state that the pool serves; NULL while there are none. */
typedef struct long_sums long_sums;
long_sums **sluice_pool_sums(sluice_pool *pool);

sluice_status sluice_pool_start(int32_t threads, sluice_pool **pool);
void sluice_pool_stop(sluice_pool *pool);

#endif
