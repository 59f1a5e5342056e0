/*
 * A circuit divided into runs. A run is a sequence of items of which only the last has a result that
 * other runs read, so a thread computes a run without waiting. Threads claim runs whose inputs are
 * complete; a run with a longer path to the end of the pass comes first. So a thread waits only when
 * there is nothing to compute, however long the other threads take.
 *
 * Each run has a home: the thread that prefers it, because its cache still holds the run's weights
 * from the pass before.
 */
#ifndef SLUICE_RUNS_H
#define SLUICE_RUNS_H

#include <stdatomic.h>
#include <stdint.h>

typedef struct {
    int64_t *begin; /* [items + 1] */
    int32_t *items; /* item i is related to items[begin[i]] .. items[begin[i + 1] - 1] */
} relation;

/* The items of a circuit, and what each of them reads. */
typedef struct {
    int32_t items;
    int32_t count;
    int32_t *order;  /* [count] children before parents, depth first */
    relation needs;  /* items that an item reads */
    relation serves; /* items that read an item */
} item_graph;

/* The runs in the order of one pass. */
typedef struct {
    int32_t *run;   /* [runs] the longest path to the end of the pass first */
    int32_t *needs; /* [runs] number of runs that each one waits for */
} run_order;

typedef struct {
    int32_t runs;
    int32_t *item;  /* run after run, each in the order of the forward pass */
    int32_t *begin; /* [runs + 1] */
    int32_t *home;  /* [runs] */
    relation reads; /* runs that a run reads in the forward pass */
    relation read_by;
    run_order forward;
    run_order backward;
    _Atomic int32_t *missing; /* [runs] unfinished runs that each one waits for, or CLAIMED */
} circuit_runs;

/* to[i] = the j with i in from[j]; returns 0 where the system has no memory. */
int sluice_relation_invert(int32_t count, const relation *from, relation *to);

/* cost: [items]; returns 0 where the system has no memory. */
int sluice_runs_divide(const item_graph *graph, const double *cost, int32_t threads,
                       circuit_runs *runs);
void sluice_runs_free(circuit_runs *runs);

/* Prepares a pass; one thread calls it. */
void sluice_runs_begin(circuit_runs *runs, int backward);

/*
 * Claims a run whose inputs are complete, and waits for one if necessary; -1 when all are claimed.
 * Each thread has a cursor of its own, which is 0 before the pass.
 */
int32_t sluice_runs_claim(const circuit_runs *runs, int backward, int32_t thread, int32_t *cursor);
void sluice_runs_done(const circuit_runs *runs, int backward, int32_t run);

#endif
