#define _DEFAULT_SOURCE
#include "runs.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "spin.h"

/*
 * Number of runs per thread, about. More would make claiming them expensive; fewer would make threads
 * wait for the last one. Costs are in the units of schedule.c.
 */
enum { RUNS_PER_THREAD = 128 };
#define LEAST_COST_OF_RUN 5000.0

/* Cost of a result that moves from one core's cache to another's. */
#define COST_OF_TRANSFER 300.0

/* In `missing`, in place of a count. */
enum { CLAIMED = -1 };

/* A thread that looks for a run of its own examines at most this many unclaimed ones. */
enum { RUNS_TO_EXAMINE = 64 };

int sluice_relation_invert(int32_t count, const relation *from, relation *to) {
    int failed = 0;
    to->begin = reserve((size_t)count + 1, sizeof *to->begin, &failed);
    to->items = reserve((size_t)from->begin[count], sizeof *to->items, &failed);
    int64_t *next = reserve((size_t)count + 1, sizeof *next, &failed);
    if (!failed) {
        for (int64_t i = 0; i < from->begin[count]; i++) to->begin[from->items[i] + 1]++;
        for (int32_t i = 0; i < count; i++) to->begin[i + 1] += to->begin[i];
        memcpy(next, to->begin, sizeof *next * ((size_t)count + 1));
        for (int32_t i = 0; i < count; i++) {
            for (int64_t j = from->begin[i]; j < from->begin[i + 1]; j++) {
                to->items[next[from->items[j]]++] = i;
            }
        }
    }
    free(next);
    return !failed;
}

/*
 * Numbers the runs so that each follows those that it reads, and returns their number. An item that
 * only one other item reads joins that item's run, until the run costs enough.
 */
static int32_t number_runs(const item_graph *graph, const double *cost, double enough, double *open,
                           int32_t *run_of) {
    int32_t runs = 0;
    for (int32_t i = 0; i < graph->count; i++) {
        const int32_t item = graph->order[i];
        open[item] = cost[item];
        for (int64_t j = graph->needs.begin[item]; j < graph->needs.begin[item + 1]; j++) {
            const int32_t below = graph->needs.items[j];
            open[item] += run_of[below] < 0 ? open[below] : 0;
        }
        const int64_t readers = graph->serves.begin[item + 1] - graph->serves.begin[item];
        run_of[item] = open[item] >= enough || readers != 1 ? runs++ : -1;
    }
    for (int32_t i = graph->count - 1; i >= 0; i--) {
        const int32_t item = graph->order[i];
        if (run_of[item] < 0) {
            run_of[item] = run_of[graph->serves.items[graph->serves.begin[item]]];
        }
    }
    return runs;
}

static void collect_items(const item_graph *graph, const int32_t *run_of, circuit_runs *r,
                          int *failed) {
    r->item = reserve((size_t)graph->count, sizeof *r->item, failed);
    r->begin = reserve((size_t)r->runs + 2, sizeof *r->begin, failed);
    if (*failed) {
        return;
    }
    int32_t *next = r->begin + 1; /* becomes begin[0] .. begin[runs] below */
    for (int32_t i = 0; i < graph->count; i++) next[run_of[graph->order[i]] + 1]++;
    for (int32_t i = 0; i < r->runs; i++) next[i + 1] += next[i];
    for (int32_t i = 0; i < graph->count; i++) {
        const int32_t item = graph->order[i];
        r->item[next[run_of[item]]++] = item;
    }
}

/* Finds the runs that each run reads; each occurs once. */
static void relate_runs(const item_graph *graph, const int32_t *run_of, circuit_runs *r,
                        int *failed) {
    int32_t *last = reserve((size_t)r->runs, sizeof *last, failed);
    r->reads.begin = reserve((size_t)r->runs + 1, sizeof *r->reads.begin, failed);
    r->reads.items =
            reserve((size_t)graph->needs.begin[graph->items], sizeof *r->reads.items, failed);
    int64_t count = 0;
    for (int32_t run = 0; !*failed && run < r->runs; run++) {
        for (int32_t i = r->begin[run]; i < r->begin[run + 1]; i++) {
            const int32_t item = r->item[i];
            for (int64_t j = graph->needs.begin[item]; j < graph->needs.begin[item + 1]; j++) {
                const int32_t below = run_of[graph->needs.items[j]];
                if (below != run && last[below] != run + 1) {
                    last[below] = run + 1;
                    r->reads.items[count++] = below;
                }
            }
        }
        r->reads.begin[run + 1] = count;
    }
    free(last);
    if (!*failed) {
        *failed |= !sluice_relation_invert(r->runs, &r->reads, &r->read_by);
    }
}

typedef struct {
    double path;
    int32_t run;
} path_end;

static int compare_paths(const void *a, const void *b) {
    const path_end *left = a;
    const path_end *right = b;
    if (left->path != right->path) {
        return left->path > right->path ? -1 : 1;
    }
    return left->run - right->run;
}

/*
 * Orders the runs of a pass, the longest path to its end first, and counts what each one waits for.
 * `after` relates a run to those that wait for it. Their numbers are higher in the forward pass and
 * lower in the backward pass, so their paths are known when they are needed.
 */
static void order_pass(const circuit_runs *r, const double *cost, int backward, run_order *order,
                       int *failed) {
    const relation *after = backward ? &r->reads : &r->read_by;
    const relation *before = backward ? &r->read_by : &r->reads;
    path_end *ends = reserve((size_t)r->runs, sizeof *ends, failed);
    order->run = reserve((size_t)r->runs, sizeof *order->run, failed);
    order->needs = reserve((size_t)r->runs, sizeof *order->needs, failed);
    if (!*failed) {
        for (int32_t i = 0; i < r->runs; i++) {
            const int32_t run = backward ? i : r->runs - 1 - i;
            double longest = 0;
            for (int64_t j = after->begin[run]; j < after->begin[run + 1]; j++) {
                const double path = ends[after->items[j]].path;
                longest = path > longest ? path : longest;
            }
            ends[run] = (path_end){.path = longest + cost[run], .run = run};
            order->needs[run] = (int32_t)(before->begin[run + 1] - before->begin[run]);
        }
        qsort(ends, (size_t)r->runs, sizeof *ends, compare_paths);
        for (int32_t i = 0; i < r->runs; i++) order->run[i] = ends[i].run;
    }
    free(ends);
}

/* Assigns each run, in the order of the forward pass, to the thread that can begin it first. */
static void choose_homes(circuit_runs *r, const double *cost, int32_t threads, int *failed) {
    double *end = reserve((size_t)r->runs, sizeof *end, failed);
    double *time = reserve((size_t)threads, sizeof *time, failed);
    r->home = reserve((size_t)r->runs, sizeof *r->home, failed);
    for (int32_t i = 0; !*failed && i < r->runs; i++) {
        const int32_t run = r->forward.run[i];
        double first = 0;
        for (int32_t t = 0; t < threads; t++) {
            double begin = time[t];
            for (int64_t j = r->reads.begin[run]; j < r->reads.begin[run + 1]; j++) {
                const int32_t below = r->reads.items[j];
                const double there = end[below] + (r->home[below] == t ? 0 : COST_OF_TRANSFER);
                begin = there > begin ? there : begin;
            }
            if (t == 0 || begin < first) {
                first = begin;
                r->home[run] = t;
            }
        }
        end[run] = first + cost[run];
        time[r->home[run]] = end[run];
    }
    free(end);
    free(time);
}

int sluice_runs_divide(const item_graph *graph, const double *cost, int32_t threads,
                       circuit_runs *r) {
    int failed = 0;
    double total = 0;
    double *open = reserve((size_t)graph->items, sizeof *open, &failed);
    int32_t *run_of = reserve((size_t)graph->items, sizeof *run_of, &failed);
    for (int32_t i = 0; i < graph->count; i++) total += cost[graph->order[i]];
    if (!failed) {
        const double share = total / ((double)threads * RUNS_PER_THREAD);
        r->runs = number_runs(graph, cost, share > LEAST_COST_OF_RUN ? share : LEAST_COST_OF_RUN,
                              open, run_of);
        collect_items(graph, run_of, r, &failed);
    }
    if (!failed) {
        relate_runs(graph, run_of, r, &failed);
    }
    double *of_run = reserve((size_t)r->runs, sizeof *of_run, &failed);
    r->missing = reserve((size_t)r->runs, sizeof *r->missing, &failed);
    if (!failed) {
        for (int32_t i = 0; i < graph->count; i++) {
            of_run[run_of[graph->order[i]]] += cost[graph->order[i]];
        }
        order_pass(r, of_run, 0, &r->forward, &failed);
        order_pass(r, of_run, 1, &r->backward, &failed);
    }
    if (!failed) {
        choose_homes(r, of_run, threads, &failed);
    }
    free(open);
    free(run_of);
    free(of_run);
    return !failed;
}

void sluice_runs_free(circuit_runs *r) {
    free(r->item);
    free(r->begin);
    free(r->home);
    free(r->reads.begin);
    free(r->reads.items);
    free(r->read_by.begin);
    free(r->read_by.items);
    free(r->forward.run);
    free(r->forward.needs);
    free(r->backward.run);
    free(r->backward.needs);
    free(r->missing);
}

static const run_order *order_of(const circuit_runs *r, int backward) {
    return backward ? &r->backward : &r->forward;
}

void sluice_runs_begin(circuit_runs *r, int backward) {
    const run_order *order = order_of(r, backward);
    for (int32_t i = 0; i < r->runs; i++) atomic_init(r->missing + i, order->needs[i]);
}

static int is_claimed(const circuit_runs *r, int32_t run) {
    return atomic_load_explicit(r->missing + run, memory_order_relaxed) == CLAIMED;
}

/* The first run from here on that can be computed, preferably one of the thread's own; or -1. */
static int32_t find_run(const circuit_runs *r, const int32_t *order, int32_t thread, int32_t from) {
    int32_t found = -1;
    int32_t examined = 0;
    for (int32_t i = from; i < r->runs && examined < RUNS_TO_EXAMINE; i++) {
        const int32_t missing = atomic_load_explicit(r->missing + order[i], memory_order_relaxed);
        examined += missing != CLAIMED;
        if (missing == 0) {
            if (r->home[order[i]] == thread) {
                return order[i];
            }
            found = found < 0 ? order[i] : found;
        }
    }
    return found;
}

int32_t sluice_runs_claim(const circuit_runs *r, int backward, int32_t thread, int32_t *cursor) {
    const int32_t *order = order_of(r, backward)->run;
    int32_t spins = 0;
    for (;;) {
        while (*cursor < r->runs && is_claimed(r, order[*cursor])) ++*cursor;
        if (*cursor == r->runs) {
            return -1;
        }
        const int32_t run = find_run(r, order, thread, *cursor);
        int32_t computable = 0;
        if (run >= 0
            && atomic_compare_exchange_strong_explicit(r->missing + run, &computable, CLAIMED,
                                                       memory_order_acquire,
                                                       memory_order_relaxed)) {
            return run;
        }
        spin(&spins);
    }
}

void sluice_runs_done(const circuit_runs *r, int backward, int32_t run) {
    const relation *after = backward ? &r->reads : &r->read_by;
    for (int64_t i = after->begin[run]; i < after->begin[run + 1]; i++) {
        atomic_fetch_sub_explicit(r->missing + after->items[i], 1, memory_order_release);
    }
}
