#include "pool.h"

#include <stdatomic.h>
#include <string.h>

#include "guarded.h"
#include "statements.h"

enum { MOST_THREADS_TESTED = 5, MOST_TASKS = 3000 };

typedef struct {
    int32_t threads;
    int32_t tasks;
    int32_t *runs; /* [tasks] not atomic: one worker writes each, and they are read after the run */
    _Atomic int32_t busy[MOST_THREADS_TESTED];
    _Atomic int32_t wrong_worker, shared_worker;
} ledger;

static void note_task(void *context, int64_t task, int32_t worker) {
    ledger *l = context;
    if (worker < 0 || worker >= l->threads) {
        atomic_store(&l->wrong_worker, 1);
        return;
    }
    if (atomic_exchange(&l->busy[worker], 1) != 0) {
        atomic_store(&l->shared_worker, 1);
    }
    l->runs[task]++;
    atomic_store(&l->busy[worker], 0);
}

static ledger *new_ledger(int32_t threads, int32_t tasks) {
    static ledger l;
    memset(&l, 0, sizeof l);
    l.threads = threads;
    l.tasks = tasks;
    l.runs = guarded("runs", (int64_t)sizeof(int32_t) * tasks);
    if (tasks > 0) {
        memset(l.runs, 0, sizeof(int32_t) * (size_t)tasks);
    }
    return &l;
}

static void expect_each_once(ledger *l, int32_t times) {
    for (int32_t i = 0; i < l->tasks; i++) {
        expect(l->runs[i] == times, "task %d ran %d times instead of %d", i, l->runs[i], times);
    }
    expect(!l->wrong_worker, "a task had a worker out of range");
    expect(!l->shared_worker, "a worker had two tasks at a time");
}

STATEMENT(every_task_of_a_run_runs_once) {
    static const int32_t tasks[] = {0, 1, 2, 3, 16, 17, 81, MOST_TASKS};
    for (int32_t threads = 1; threads <= MOST_THREADS_TESTED; threads++) {
        sluice_pool *pool;
        expect(sluice_pool_start(threads, &pool) == SLUICE_OK, "no pool");
        expect(sluice_pool_threads(pool) == threads, "a pool with another number of threads");
        for (int32_t i = 0; i < (int32_t)(sizeof tasks / sizeof *tasks); i++) {
            begin_case(first_seed(), "%d threads, %d tasks", threads, tasks[i]);
            ledger *l = new_ledger(threads, tasks[i]);
            const int32_t times = is_thorough() ? 20 : 5;
            for (int32_t t = 0; t < times; t++) sluice_pool_run(pool, tasks[i], note_task, l);
            expect_each_once(l, times);
        }
        sluice_pool_stop(pool);
    }
}

static void note_worker(void *context, int64_t task, int32_t worker) {
    expect(task == worker, "task %lld has worker %d", (long long)task, worker);
    note_task(context, task, worker);
}

STATEMENT(a_run_on_each_has_one_task_for_each_thread) {
    for (int32_t threads = 1; threads <= MOST_THREADS_TESTED; threads++) {
        sluice_pool *pool;
        begin_case(first_seed(), "%d threads", threads);
        expect(sluice_pool_start(threads, &pool) == SLUICE_OK, "no pool");
        ledger *l = new_ledger(threads, threads);
        sluice_pool_run_on_each(pool, note_worker, l);
        sluice_pool_run_on_each(pool, note_worker, l);
        sluice_pool_stop(pool);
        expect_each_once(l, 2);
    }
}

STATEMENT(a_pool_without_a_thread_is_refused) {
    static const int32_t threads[] = {-1, 0, 1025};
    for (int32_t i = 0; i < 3; i++) {
        sluice_pool *pool;
        begin_case(first_seed(), "%d threads", threads[i]);
        expect(sluice_kernels()->pool_create(threads[i], NULL, &pool) == SLUICE_INVALID,
               "the pool is made");
        expect(strstr(sluice_kernels()->message(), "threads") != NULL, "the message is \"%s\"",
               sluice_kernels()->message());
    }
}
