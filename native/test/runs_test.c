#include "runs.h"

#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "pool.h"
#include "statements.h"

enum { MOST_ITEMS = 400, MOST_NEEDS = 4 };

typedef struct {
    item_graph graph;
    double cost[MOST_ITEMS];
    int32_t order[MOST_ITEMS];
    int64_t begin[MOST_ITEMS + 1];
    int32_t needs[MOST_ITEMS * MOST_NEEDS];
} random_graph;

/* Each item reads some of the `reach` items before it: 1 makes a chain, many make a wide graph. */
static random_graph *new_graph(int32_t items, int32_t reach) {
    static random_graph g;
    memset(&g, 0, sizeof g);
    g.graph = (item_graph){.items = items, .count = items, .order = g.order};
    int64_t count = 0;
    for (int32_t i = 0; i < items; i++) {
        g.order[i] = i;
        g.cost[i] = random_between(100, 20000);
        g.begin[i] = count;
        for (int32_t k = random_below(MOST_NEEDS); i > 0 && k > 0; k--) {
            const int32_t before = i - 1 - random_below(i < reach ? i : reach);
            int known = 0;
            for (int64_t j = g.begin[i]; j < count; j++) known |= g.needs[j] == before;
            if (!known) {
                g.needs[count++] = before;
            }
        }
    }
    g.begin[items] = count;
    g.graph.needs = (relation){g.begin, g.needs};
    expect(sluice_relation_invert(items, &g.graph.needs, &g.graph.serves), "no memory");
    return &g;
}

static void free_graph(random_graph *g) {
    free(g->graph.serves.begin);
    free(g->graph.serves.items);
}

STATEMENT(an_inverted_relation_has_every_pair_reversed) {
    for (int32_t items = 0; items < 40; items++) {
        begin_case(first_seed(), "%d items", items);
        random_graph *g = new_graph(items, 10);
        const relation *serves = &g->graph.serves;
        expect(serves->begin[items] == g->begin[items], "%lld pairs became %lld",
               (long long)g->begin[items], (long long)serves->begin[items]);
        for (int32_t i = 0; i < items; i++) {
            for (int64_t j = serves->begin[i]; j < serves->begin[i + 1]; j++) {
                int found = 0;
                for (int64_t k = g->begin[serves->items[j]]; k < g->begin[serves->items[j] + 1];
                     k++) {
                    found |= g->needs[k] == i;
                }
                expect(found, "%d does not read %d", serves->items[j], i);
            }
        }
        free_graph(g);
    }
}

/* The items that a pass has computed. The counts are not atomic: runs synchronise the threads. */
typedef struct {
    const random_graph *graph;
    const circuit_runs *runs;
    int backward;
    int32_t done[MOST_ITEMS];
} pass;

static void compute(pass *p, int32_t item) {
    const relation *reads = p->backward ? &p->graph->graph.serves : &p->graph->graph.needs;
    for (int64_t i = reads->begin[item]; i < reads->begin[item + 1]; i++) {
        expect(p->done[reads->items[i]] == 1, "item %d runs before item %d, which it reads", item,
               reads->items[i]);
    }
    p->done[item]++;
}

static void compute_runs(void *context, int64_t task, int32_t thread) {
    pass *p = context;
    int32_t cursor = 0;
    int32_t run;
    (void)task;
    while ((run = sluice_runs_claim(p->runs, p->backward, thread, &cursor)) >= 0) {
        const int32_t begin = p->runs->begin[run];
        const int32_t end = p->runs->begin[run + 1];
        for (int32_t i = begin; i < end; i++) {
            compute(p, p->runs->item[p->backward ? begin + end - 1 - i : i]);
        }
        sluice_runs_done(p->runs, p->backward, run);
    }
}

static void expect_all_in_order(const random_graph *g, int32_t threads) {
    circuit_runs runs;
    sluice_pool *pool;
    memset(&runs, 0, sizeof runs);
    expect(sluice_runs_divide(&g->graph, g->cost, threads, &runs), "no memory");
    expect(sluice_pool_start(threads, &pool) == SLUICE_OK, "no pool");
    for (int backward = 0; backward < 2; backward++) {
        static pass p;
        p = (pass){.graph = g, .runs = &runs, .backward = backward};
        sluice_runs_begin(&runs, backward);
        sluice_pool_run_on_each(pool, compute_runs, &p);
        for (int32_t i = 0; i < g->graph.items; i++) {
            expect(p.done[i] == 1, "item %d was computed %d times, backward %d", i, p.done[i],
                   backward);
        }
    }
    sluice_pool_stop(pool);
    sluice_runs_free(&runs);
}

STATEMENT(threads_compute_every_run_once_and_after_those_it_reads) {
    static const int32_t items[] = {1, 2, 17, 100, MOST_ITEMS};
    static const int32_t reaches[] = {1, 5, MOST_ITEMS};
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < 5 * 3 * 4; i++) {
            begin_case(seed, "%d items that reach %d back, %d threads", items[i % 5],
                       reaches[i / 5 % 3], 1 + i / 15);
            random_graph *g = new_graph(items[i % 5], reaches[i / 5 % 3]);
            expect_all_in_order(g, 1 + i / 15);
            free_graph(g);
        }
    }
}
