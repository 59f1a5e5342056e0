#include "pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "float_mode.h"
#include "long_sums.h"
#include "spin.h"

/*
 * A new generation number announces a run. Waiting workers spin for a while before they sleep: the
 * runs of a training step follow each other within microseconds, and those of the next step within
 * some hundred, which is what it takes to wake a worker. Most of these spins let others run.
 */
enum { SPINS_BEFORE_SLEEP = 3000 };

enum { ONE_ON_EACH = -1 };

/*
 * Consecutive tasks mostly work on consecutive memory, so a thread claims many at a time: a sixteenth
 * of its share, so no thread waits long for the last one.
 */
enum { CLAIMS_PER_THREAD = 16 };

struct sluice_pool {
    int32_t threads;
    pthread_t *handles;
    pthread_mutex_t lock;
    pthread_cond_t announced;
    pthread_cond_t finished;
    _Atomic uint32_t generation;
    _Atomic int64_t next_task;
    _Atomic int32_t busy; /* workers that have not finished the current run */
    int64_t tasks;        /* ONE_ON_EACH: one for each thread */
    int64_t claim;        /* consecutive tasks that a thread claims at a time */
    sluice_task_fn *run;
    void *context;
    int stop;
    sluice_schedules *schedules;
    long_sums *sums;
};

typedef struct {
    sluice_pool *pool;
    int32_t worker;
} worker_argument;

static void work(sluice_pool *pool, int32_t worker) {
    if (pool->tasks == ONE_ON_EACH) {
        pool->run(pool->context, worker, worker);
        return;
    }
    for (;;) {
        const int64_t first =
                atomic_fetch_add_explicit(&pool->next_task, pool->claim, memory_order_relaxed);
        if (first >= pool->tasks) {
            return;
        }
        for (int64_t task = first; task < pool->tasks && task < first + pool->claim; task++) {
            pool->run(pool->context, task, worker);
        }
    }
}

static void *worker_main(void *raw) {
    worker_argument argument = *(worker_argument *)raw;
    free(raw);
    sluice_pool *pool = argument.pool;
    uint32_t seen = 0;
    sluice_float_mode_enter();
    for (;;) {
        int32_t spins = 0;
        while (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen
               && spins < SPINS_BEFORE_SLEEP) {
            spin(&spins);
        }
        if (atomic_load_explicit(&pool->generation, memory_order_acquire) == seen) {
            pthread_mutex_lock(&pool->lock);
            while (atomic_load(&pool->generation) == seen) {
                pthread_cond_wait(&pool->announced, &pool->lock);
            }
            pthread_mutex_unlock(&pool->lock);
        }
        seen = atomic_load(&pool->generation);
        if (pool->stop) {
            return NULL;
        }
        work(pool, argument.worker);
        if (atomic_fetch_sub_explicit(&pool->busy, 1, memory_order_acq_rel) == 1) {
            pthread_mutex_lock(&pool->lock);
            pthread_cond_signal(&pool->finished);
            pthread_mutex_unlock(&pool->lock);
        }
    }
}

static void announce(sluice_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    atomic_fetch_add_explicit(&pool->generation, 1, memory_order_release);
    pthread_cond_broadcast(&pool->announced);
    pthread_mutex_unlock(&pool->lock);
}

int32_t sluice_pool_threads(const sluice_pool *pool) { return pool->threads; }

static void run_all(sluice_pool *pool, int64_t tasks, sluice_task_fn *run, void *context) {
    pool->run = run;
    pool->context = context;
    pool->tasks = tasks;
    pool->claim = tasks / ((int64_t)pool->threads * CLAIMS_PER_THREAD) + 1;
    atomic_store(&pool->next_task, 0);
    atomic_store(&pool->busy, pool->threads - 1);
    announce(pool);
    work(pool, 0);
    int32_t spins = 0;
    while (atomic_load_explicit(&pool->busy, memory_order_acquire) != 0
           && spins < SPINS_BEFORE_SLEEP) {
        spin(&spins);
    }
    if (atomic_load_explicit(&pool->busy, memory_order_acquire) != 0) {
        pthread_mutex_lock(&pool->lock);
        while (atomic_load(&pool->busy) != 0) {
            pthread_cond_wait(&pool->finished, &pool->lock);
        }
        pthread_mutex_unlock(&pool->lock);
    }
}

void sluice_pool_run(sluice_pool *pool, int64_t tasks, sluice_task_fn *run, void *context) {
    if (pool->threads > 1 && tasks > 1) {
        run_all(pool, tasks, run, context);
        return;
    }
    for (int64_t task = 0; task < tasks; task++) {
        run(context, task, 0);
    }
}

void sluice_pool_run_on_each(sluice_pool *pool, sluice_task_fn *run, void *context) {
    if (pool->threads > 1) {
        run_all(pool, ONE_ON_EACH, run, context);
    } else {
        run(context, 0, 0);
    }
}

sluice_schedules *sluice_pool_schedules(sluice_pool *pool, const sluice_plan *plan) {
    if (pool->schedules != NULL && sluice_schedules_plan(pool->schedules) != plan) {
        sluice_schedules_free(pool->schedules);
        pool->schedules = NULL;
        long_sums_free(pool->sums);
        pool->sums = NULL;
    }
    if (pool->schedules == NULL) {
        pool->schedules = sluice_schedules_of(plan, pool->threads);
    }
    return pool->schedules;
}

long_sums **sluice_pool_sums(sluice_pool *pool) { return &pool->sums; }

void sluice_pool_stop(sluice_pool *pool) {
    pool->stop = 1;
    announce(pool);
    for (int32_t i = 0; i < pool->threads - 1; i++) {
        pthread_join(pool->handles[i], NULL);
    }
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->announced);
    pthread_cond_destroy(&pool->finished);
    sluice_schedules_free(pool->schedules);
    long_sums_free(pool->sums);
    free(pool->handles);
    free(pool);
}

sluice_status sluice_pool_start(int32_t threads, sluice_pool **result) {
    sluice_pool *pool = calloc(1, sizeof *pool);
    pthread_t *handles = calloc((size_t)threads, sizeof *handles);
    if (pool == NULL || handles == NULL) {
        free(pool);
        free(handles);
        return SLUICE_OUT_OF_MEMORY;
    }
    pool->handles = handles;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->announced, NULL);
    pthread_cond_init(&pool->finished, NULL);
    pool->threads = 1;
    for (int32_t i = 0; i < threads - 1; i++) {
        worker_argument *argument = malloc(sizeof *argument);
        if (argument == NULL) {
            sluice_pool_stop(pool);
            return SLUICE_OUT_OF_MEMORY;
        }
        argument->pool = pool;
        argument->worker = i + 1;
        if (pthread_create(&pool->handles[i], NULL, worker_main, argument) != 0) {
            free(argument);
            sluice_pool_stop(pool);
            return SLUICE_OUT_OF_MEMORY;
        }
        pool->threads++;
    }
    *result = pool;
    return SLUICE_OK;
}
