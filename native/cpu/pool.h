/* The threads of one engine. Tasks of a run are handed out in order of their numbers. */
#ifndef SLUICE_POOL_H
#define SLUICE_POOL_H

#include "schedule.h"

/* task: 0 .. tasks - 1; worker: 0 .. threads - 1, and each worker runs one task at a time. */
typedef void sluice_task_fn(void *context, int64_t task, int32_t worker);

int32_t sluice_pool_threads(const sluice_pool *pool);

/* Runs all tasks, on the calling thread too, and returns when the last has finished. */
void sluice_pool_run(sluice_pool *pool, int64_t tasks, sluice_task_fn *run, void *context);

/* Runs one task on each thread: task i on worker i. */
void sluice_pool_run_on_each(sluice_pool *pool, sluice_task_fn *run, void *context);

/* The schedules of the plan that the pool serves; made by the first call; NULL without memory. */
sluice_schedules *sluice_pool_schedules(sluice_pool *pool, const sluice_plan *plan);

/* Totals of the statistics of the state that the pool serves; NULL until there are some. */
typedef struct long_sums long_sums;
long_sums **sluice_pool_sums(sluice_pool *pool);

sluice_status sluice_pool_start(int32_t threads, sluice_pool **pool);
void sluice_pool_stop(sluice_pool *pool);

#endif
