#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 5 };

typedef struct {
    int32_t nodes, kind;
    int32_t children[2];
    double step_size, pseudocount;
} shape;

/* A sum of two tiles over inputs that read half of a table each. */
static buffers *two_tiles(const shape *s) {
    circuit *c = new_circuit();
    int32_t element[2];
    int32_t input[2];
    const int32_t columns = s->children[0] + s->children[1];
    const int32_t table =
            add_table(c, s->kind, s->kind == SLUICE_GAUSSIAN ? 0 : CATEGORIES, columns);
    for (int32_t i = 0; i < 2; i++) {
        input[i] = add_input(c, table, i * s->children[0], i, s->children[i]);
    }
    for (int32_t i = 0; i < 2; i++) element[i] = add_element(c, 1, &input[i]);
    add_sum(c, s->nodes, 2, element, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, 1, 1, 1);
    fill_parameters(b);
    cut_edges(b);
    normalise_weights(b);
    for (int64_t i = 0; i < b->statistics; i++) {
        b->state.statistics[i] = (float)random_between(0, 3);
    }
    /* Node 0 has no flow at all. */
    for (int32_t i = 0; i < 2; i++) {
        memset(b->state.statistics + c->plan.weight_parameter[i], 0,
               sizeof(float) * (size_t)s->children[i]);
    }
    for (int32_t r = 0; r < table_statistic_rows(&c->plan, 0); r++) {
        b->state.statistics[c->plan.table_statistic[0] + (int64_t)r * columns] = 0;
    }
    return b;
}

static int64_t weight_at(const sluice_plan *p, int32_t weight, int32_t node, int32_t child) {
    return p->weight_parameter[weight] + (int64_t)node * p->weight_nodes[weight] + child;
}

/* Sums over a node's weights: flows, weights, and how many are not zero. */
typedef struct {
    double flow, weight;
    int32_t edges;
} node_sums;

static node_sums node_sums_of(const buffers *b, const float *theta, int32_t node) {
    node_sums sums = {0};
    for (int32_t w = 0; w < 2; w++) {
        for (int32_t c = 0; c < b->plan->weight_nodes[w]; c++) {
            const int64_t at = weight_at(b->plan, w, node, c);
            sums.flow += (double)theta[at] * b->state.statistics[at];
            sums.weight += theta[at];
            sums.edges += theta[at] != 0;
        }
    }
    return sums;
}

static void expect_block_row_update(const linear_kernels *kernels, const shape *s) {
    enum { MOST_NODES = NODES_PER_TASK };
    buffers *b = two_tiles(s);
    const sluice_plan *p = b->plan;
    const float *before = snapshot(b->state.parameters, (int64_t)sizeof(float) * b->parameters);
    fill_prepared(b);
    make_read_only(b->state.statistics);
    const int32_t begin = s->nodes / 4;
    const int32_t end = s->nodes - begin < MOST_NODES ? s->nodes : begin + MOST_NODES;
    expect(kernels->update_block_row(p, &b->state, 0, begin, end, s->step_size, s->pseudocount)
                   == 1,
           "finite statistics are reported as not finite");
    for (int32_t n = 0; n < s->nodes; n++) {
        const node_sums sums = node_sums_of(b, before, n);
        const double total = sums.flow + s->pseudocount;
        for (int32_t w = 0; w < 2; w++) {
            for (int32_t c = 0; c < p->weight_nodes[w]; c++) {
                const int64_t at = weight_at(p, w, n, c);
                const float old = before[at];
                const int moves = n >= begin && n < end && old != 0 && total > 0;
                const double flow = (double)old * b->state.statistics[at];
                const double moved = (1 - s->step_size) * old / sums.weight
                                     + s->step_size * (flow + s->pseudocount / sums.edges) / total;
                const double expected = !moves ? old : fmax(moved, SMALLEST_WEIGHT);
                /* Totals are added in lanes, for each tile; the step rounds six times. */
                const double tolerance =
                        moves ? expected * roundings(p->weight_nodes[0] + p->weight_nodes[1] + 8)
                              : 0;
                expect_near(b->state.parameters[at], expected, tolerance, "weight %d[%d][%d]", w, n,
                            c);
                if (n >= begin && n < end) {
                    const float *prepared = b->state.prepared;
                    const float copy = prepared[p->weight_parameter[w] + (int64_t)c * s->nodes + n];
                    expect(copy == b->state.parameters[at],
                           "the transposed copy of weight %d[%d][%d] is %g instead of %g", w, n, c,
                           copy, b->state.parameters[at]);
                }
            }
        }
    }
    for (int64_t i = p->table_parameter[0]; i < b->parameters; i++) {
        expect(b->state.parameters[i] == before[i], "parameter %lld of the table has changed",
               (long long)i);
    }
}

static void sweep(const linear_kernels *kernels, int32_t kind,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    static const double steps[] = {1, 0.25, 0.01};
    static const double pseudocounts[] = {0, 0.1, 10};
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < node_counts(); j++) {
                const shape s = {.nodes = node_count(i),
                                 .kind = kind,
                                 .children = {node_count(j), node_count((i + j) % node_counts())},
                                 .step_size = steps[(i + j) % 3],
                                 .pseudocount = pseudocounts[(i + 2 * j + (int32_t)seed) % 3]};
                begin_case(seed, "%d nodes, %d and %d children, step size %g, pseudocount %g",
                           s.nodes, s.children[0], s.children[1], s.step_size, s.pseudocount);
                place_buffers((placement)((i + j) % 2));
                expect_of(kernels, &s);
            }
        }
    }
}

KERNEL_STATEMENT(an_update_moves_weights_towards_their_share_of_the_flow) {
    sweep(kernels, SLUICE_FINITE, expect_block_row_update);
}

static void expect_nothing_moves(const linear_kernels *kernels, const shape *s) {
    buffers *b = two_tiles(s);
    const sluice_plan *p = b->plan;
    const int32_t node = s->nodes - 1;
    const int32_t child = s->children[1] - 1;
    b->state.statistics[weight_at(p, 1, node, child)] = INFINITY;
    b->state.parameters[weight_at(p, 1, node, child)] = 0.5f; /* an edge, even if it was cut */
    const float *before = snapshot(b->state.parameters, (int64_t)sizeof(float) * b->parameters);
    expect(kernels->update_block_row(p, &b->state, 0, node, node + 1, s->step_size, s->pseudocount)
                   == 0,
           "an infinite statistic goes unnoticed");
    expect(memcmp(before, b->state.parameters, sizeof(float) * (size_t)b->parameters) == 0,
           "parameters have changed");
}

KERNEL_STATEMENT(weights_whose_statistics_are_not_finite_stay) {
    sweep(kernels, SLUICE_FINITE, expect_nothing_moves);
}

/* The columns of one task, and their parameters before the update. */
typedef struct {
    buffers *b;
    const float *before;
    const float *statistics;
    int32_t columns, begin, end;
} table_task;

static table_task update_columns(const linear_kernels *kernels, const shape *s) {
    table_task t = {.b = two_tiles(s)};
    const sluice_plan *p = t.b->plan;
    t.columns = p->table_nodes[0];
    t.begin = t.columns / 5;
    t.end = t.columns - t.begin < COLUMNS_PER_TASK ? t.columns : t.begin + COLUMNS_PER_TASK;
    t.before = snapshot(t.b->state.parameters, (int64_t)sizeof(float) * t.b->parameters);
    t.statistics = t.b->state.statistics + p->table_statistic[0];
    make_read_only(t.b->state.statistics);
    expect(kernels->update_table(p, &t.b->state, 0, t.begin, t.end, s->step_size, s->pseudocount)
                   == 1,
           "finite statistics are reported as not finite");
    expect(memcmp(t.before, t.b->state.parameters, sizeof(float) * (size_t)p->table_parameter[0])
                   == 0,
           "weights have changed");
    return t;
}

static void expect_finite_update(const linear_kernels *kernels, const shape *s) {
    const table_task t = update_columns(kernels, s);
    const int64_t at = t.b->plan->table_parameter[0];
    for (int32_t n = 0; n < t.columns; n++) {
        double total = s->pseudocount;
        double sum = 0;
        for (int32_t k = 0; k < CATEGORIES; k++) {
            total += t.statistics[k * t.columns + n];
            sum += t.before[at + k * t.columns + n];
        }
        const int moves = n >= t.begin && n < t.end && total > 0;
        for (int32_t k = 0; k < CATEGORIES; k++) {
            const double old = t.before[at + k * t.columns + n];
            const double flow = t.statistics[k * t.columns + n];
            const double moved = (1 - s->step_size) * old / sum
                                 + s->step_size * (flow + s->pseudocount / CATEGORIES) / total;
            const double expected = !moves ? old : fmax(moved, SMALLEST_WEIGHT);
            expect_near(t.b->state.parameters[at + k * t.columns + n], expected,
                        moves ? expected * roundings(CATEGORIES + 6) : 0, "probability[%d][%d]", k,
                        n);
        }
    }
}

KERNEL_STATEMENT(an_update_moves_probabilities_towards_their_share_of_the_flow) {
    sweep(kernels, SLUICE_FINITE, expect_finite_update);
}

static void expect_gaussian_update(const linear_kernels *kernels, const shape *s) {
    const table_task t = update_columns(kernels, s);
    const float *parameters = t.b->state.parameters + t.b->plan->table_parameter[0];
    const float *before = t.before + t.b->plan->table_parameter[0];
    const double floor = t.b->plan->table_floor[0];
    for (int32_t n = 0; n < t.columns; n++) {
        const double flow = t.statistics[n];
        double mean = before[n];
        double deviation = before[t.columns + n];
        const int moves = n >= t.begin && n < t.end && flow > 0;
        if (moves) {
            const double all = flow + s->pseudocount;
            const double shift = s->step_size * deviation * t.statistics[t.columns + n] / all;
            const double variance =
                    deviation * deviation
                            * (1 - s->step_size
                               + s->step_size * (t.statistics[2 * t.columns + n] + s->pseudocount)
                                         / all)
                    - shift * shift;
            mean += shift;
            deviation = variance > floor * floor ? sqrt(variance) : floor;
        }
        /* Computed in float64; rounded once. The root magnifies what variance loses by cancelling. */
        expect_near(parameters[n], mean, moves ? fabs(mean) * roundings(1) + 1e-12 : 0, "mean[%d]",
                    n);
        expect_near(parameters[t.columns + n], deviation,
                    moves ? deviation * roundings(1) + 1e-10 : 0, "deviation[%d]", n);
    }
}

KERNEL_STATEMENT(an_update_moves_means_and_deviations_towards_the_moments) {
    sweep(kernels, SLUICE_GAUSSIAN, expect_gaussian_update);
}

static void expect_copies(const linear_kernels *kernels, const shape *s) {
    buffers *b = two_tiles(s);
    const sluice_plan *p = b->plan;
    const int32_t begin = s->nodes / 3;
    make_read_only(b->state.parameters);
    kernels->transpose_block_row(p, &b->state, 0, begin, s->nodes);
    const float *prepared = b->state.prepared;
    for (int32_t w = 0; w < 2; w++) {
        for (int32_t c = 0; c < p->weight_nodes[w]; c++) {
            const float *row = prepared + p->weight_parameter[w] + (int64_t)c * s->nodes;
            expect_untouched(row, (int64_t)sizeof(float) * begin, "copies of other nodes");
            for (int32_t n = begin; n < s->nodes; n++) {
                expect(row[n] == b->state.parameters[weight_at(p, w, n, c)],
                       "the copy of weight %d[%d][%d] is %g", w, n, c, row[n]);
            }
        }
    }
}

KERNEL_STATEMENT(the_copies_of_weights_are_their_tiles_transposed) {
    sweep(kernels, SLUICE_FINITE, expect_copies);
}
