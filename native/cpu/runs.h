/*
 * A circuit divided into runs: items that follow each other, of which only the last has a result
 * that others read, so that a thread computes a run without waiting. Threads take runs as they
 * become computable, those first from which the longest path leads to the end of the pass. So a
 * thread waits only where there is nothing to compute, however long a run takes on the others.
 *
 * A run has a home, the thread that takes it when nothing comes between: the caches of that thread
 * find its weights again in the next pass.
 */
#ifndef SLUICE_RUNS_H
#define SLUICE_RUNS_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct {
    int64_t *begin; /* [items + 1] */
    int32_t *items; /* item i is related to items[begin[i]] .. items[begin[i + 1] - 1] */
} relation;

/* What is computed, and what it reads. */
typedef struct {
    int32_t items;
    int32_t count;
    int32_t *order;  /* [count] children before parents, depth first */
    relation needs;  /* items that an item reads */
    relation serves; /* items that read an item */
} item_graph;

/* The runs in one direction. */
typedef struct {
    int32_t *order; /* [runs] as they are to be taken */
    int32_t *needs; /* [runs] how many others each waits for */
} run_way;

typedef struct {
    int32_t runs;
    int32_t *item;  /* run after run, each in the order of the way up */
    int32_t *begin; /* [runs + 1] */
    int32_t *home;  /* [runs] */
    relation reads; /* runs that a run reads, on the way up */
    relation read_by;
    run_way up;
    run_way down;
    _Atomic int32_t *missing; /* [runs] of those a run waits for, not done yet; or taken */
} circuit_runs;

/* to[i] = the j with i in from[j]; returns 0 where the system has no memory. */
int sluice_relation_invert(int32_t count, const relation *from, relation *to);

/* cost: [items]; returns 0 where the system has no memory. */
int sluice_runs_divide(const item_graph *graph, const double *cost, int32_t threads,
                       circuit_runs *runs);
void sluice_runs_free(circuit_runs *runs);

/* Before a pass, by one thread. */
void sluice_runs_begin(circuit_runs *runs, int down);

/*
 * A run that can be computed, or -1 when all are taken. `cursor` is the thread's own, 0 at first.
 */
int32_t sluice_runs_take(const circuit_runs *runs, int down, int32_t thread, int32_t *cursor);
void sluice_runs_done(const circuit_runs *runs, int down, int32_t run);

#endif
