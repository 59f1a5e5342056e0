#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { BEFORE = 1, AFTER = 1 };

typedef struct {
    int32_t nodes, children, rows;
    int32_t readers; /* sums that read element 0 */
    int in_place;    /* gradients overwrite values, flows overwrite elements */
} shape;

/*
 * Inputs x and y -> element 0 = x y -> `readers` sums, the middle blocks. Each middle block is the only
 * factor of an element, which the root reads. No sums share weights.
 */
static buffers *middle_blocks(const shape *s) {
    circuit *c = new_circuit();
    const int32_t x =
            add_input(c, add_table(c, SLUICE_GAUSSIAN, 0, s->children), 0, 0, s->children);
    const int32_t y =
            add_input(c, add_table(c, SLUICE_GAUSSIAN, 0, s->children), 0, 1, s->children);
    const int32_t element = add_element(c, 2, (const int32_t[]){x, y});
    int32_t above[MOST_LINKS];
    for (int32_t i = 0; i < s->readers; i++) {
        const int32_t middle = add_sum(c, s->nodes + i, 1, &element, OWN_WEIGHTS);
        above[i] = add_element(c, 1, &middle);
    }
    add_sum(c, 1, s->readers, above, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, BEFORE + s->rows + AFTER, 1, 1);
    fill_parameters(b);
    make_read_only(b->state.parameters);
    fill_values(b, BEFORE, s->rows);
    if (s->in_place) {
        b->state.gradients = b->state.values;
        b->state.flows = b->state.elements;
    }
    memset(b->state.skipped, ROW_COUNTS, (size_t)b->state.capacity);
    return b;
}

static void fill_random(float *to, int64_t count, double low, double high) {
    for (int64_t i = 0; i < count; i++) to[i] = (float)random_between(low, high);
}

static void sweep(const linear_kernels *kernels, int32_t most_readers,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < row_counts(); j++) {
                for (int32_t readers = 1; readers <= most_readers; readers++) {
                    const shape s = {
                            .nodes = node_count(i),
                            .children = node_count((i + j + (int32_t)seed) % node_counts()),
                            .rows = row_count(j),
                            .readers = readers,
                            .in_place = (i + readers) % 2};
                    begin_case(seed, "%d nodes, %d children, %d rows, %d readers, in place %d",
                               s.nodes, s.children, s.rows, readers, s.in_place);
                    place_buffers((placement)((i + j) % 2));
                    expect_of(kernels, &s);
                }
            }
        }
    }
}

static void expect_gradient(const linear_kernels *kernels, const shape *s) {
    buffers *b = middle_blocks(s);
    const sluice_plan *p = b->plan;
    const int32_t capacity = b->state.capacity;
    const int32_t block = p->sum_block[0];
    const int32_t above = p->block_element[p->block_element_begin[block]];
    float *values = block_values(p, b->state.values, capacity, block, BEFORE);
    float *flows = element_flows(p, &b->state, above, BEFORE);
    fill_random(flows, (int64_t)s->rows * s->nodes, 0, 1);
    for (int32_t i = 0; i < s->rows * s->nodes; i += 5) values[i] = 0;
    const int64_t bytes = (int64_t)sizeof(float) * s->rows * s->nodes;
    const float *value = snapshot(values, bytes);
    const float *flow = snapshot(flows, bytes);
    const int32_t item = 0;
    run_items(kernels, b, 1, 1, &item, (linear_pass){.first = BEFORE, .count = s->rows});
    const float *gradients = block_values(p, b->state.gradients, capacity, block, BEFORE);
    for (int32_t i = 0; i < s->rows * s->nodes; i++) {
        const double expected = value[i] != 0 ? (double)flow[i] / value[i] : 0;
        expect_near(gradients[i], expected, expected * roundings(2), "gradient[%d]", i);
    }
    if (!s->in_place) {
        expect_untouched(gradients - BEFORE * s->nodes, (int64_t)sizeof(float) * BEFORE * s->nodes,
                         "gradients before the rows");
        expect_untouched(gradients + s->rows * s->nodes, (int64_t)sizeof(float) * AFTER * s->nodes,
                         "gradients after the rows");
    }
}

KERNEL_STATEMENT(a_gradient_is_flow_over_value_and_zero_where_the_value_is) {
    sweep(kernels, 1, expect_gradient);
}

static void expect_root_gradient(const linear_kernels *kernels, const shape *s) {
    buffers *b = middle_blocks(s);
    const sluice_plan *p = b->plan;
    const int32_t capacity = b->state.capacity;
    const float *value = snapshot(block_values(p, b->state.values, capacity, p->root, BEFORE),
                                  (int64_t)sizeof(float) * s->rows);
    for (int32_t i = 0; i < s->rows; i += 3) b->state.skipped[BEFORE + i] = ROW_IMPOSSIBLE;
    const int32_t item = p->sums - 1;
    run_items(kernels, b, 1, 1, &item, (linear_pass){.first = BEFORE, .count = s->rows});
    const float *gradients = block_values(p, b->state.gradients, capacity, p->root, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        expect(gradients[i] == (i % 3 == 0 ? 0 : 1 / value[i]), "gradient[%d] is %g", i,
               gradients[i]);
    }
}

KERNEL_STATEMENT(the_flow_of_the_root_is_one_for_rows_that_count) {
    sweep(kernels, 1, expect_root_gradient);
}

/* Copies of what an element's backward pass reads, because it may overwrite it. */
typedef struct {
    const float *operand;
    const float *gradients[MOST_LINKS];
    double *scale[MOST_LINKS]; /* 2^(s_e - s) or 0 */
} operands;

static operands operands_of(const buffers *b, const shape *s) {
    const sluice_plan *p = b->plan;
    operands o;
    fill_random(element_values(p, &b->state, 0, BEFORE), (int64_t)s->rows * s->children, 0.1, 1);
    o.operand = snapshot(element_values(p, &b->state, 0, BEFORE),
                         (int64_t)sizeof(float) * s->rows * s->children);
    for (int32_t r = 0; r < s->readers; r++) {
        const int32_t block = p->sum_block[r];
        float *gradients = block_values(p, b->state.gradients, b->state.capacity, block, BEFORE);
        fill_random(gradients, (int64_t)s->rows * p->block_nodes[block], 0.1, 2);
        o.gradients[r] =
                snapshot(gradients, (int64_t)sizeof(float) * s->rows * p->block_nodes[block]);
        o.scale[r] = snapshot(guarded("expected scales", (int64_t)sizeof(double) * s->rows),
                              (int64_t)sizeof(double) * s->rows);
        for (int32_t i = 0; i < s->rows; i++) {
            const int counts = b->state.skipped[BEFORE + i] == ROW_COUNTS;
            o.scale[r][i] = counts ? ldexp(1, element_scale(b, 0, BEFORE + i)
                                                      - block_scales(&b->state, block, BEFORE)[i])
                                   : 0;
        }
    }
    return o;
}

static void expect_element_flows(const buffers *b, const shape *s, const operands *o) {
    const sluice_plan *p = b->plan;
    const float *flows = element_flows(p, &b->state, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t c = 0; c < s->children; c++) {
            double sum = 0;
            double terms = 3;
            for (int32_t r = 0; r < s->readers; r++) {
                const int32_t nodes = p->block_nodes[p->sum_block[r]];
                terms += nodes + 1;
                for (int32_t n = 0; n < nodes; n++) {
                    sum += o->scale[r][i] * o->gradients[r][i * nodes + n]
                           * b->state.parameters[p->tile_parameter[r] + (int64_t)n * s->children
                                                 + c];
                }
            }
            sum *= o->operand[i * s->children + c];
            expect_near(flows[i * s->children + c], sum, sum * roundings(terms), "flow[%d][%d]", i,
                        c);
        }
    }
}

static void expect_tile_statistics(const buffers *b, const shape *s, const operands *o,
                                   const float *before) {
    const sluice_plan *p = b->plan;
    for (int32_t r = 0; r < s->readers; r++) {
        const int32_t nodes = p->block_nodes[p->sum_block[r]];
        for (int32_t n = 0; n < nodes; n++) {
            for (int32_t c = 0; c < s->children; c++) {
                const int64_t at = p->tile_parameter[r] + (int64_t)n * s->children + c;
                double sum = before[at];
                for (int32_t i = 0; i < s->rows; i++) {
                    sum += o->scale[r][i] * o->gradients[r][i * nodes + n]
                           * o->operand[i * s->children + c];
                }
                expect_near(b->state.statistics[at], sum, sum * roundings(s->rows + 4),
                            "statistic %d[%d][%d]", r, n, c);
            }
        }
    }
}

static void expect_backward(const linear_kernels *kernels, const shape *s, int gather) {
    buffers *b = middle_blocks(s);
    const int64_t bytes = (int64_t)sizeof(float) * b->statistics;
    if (gather) {
        fill_random(b->state.statistics, b->statistics, 0, 1);
    }
    const float *before = snapshot(b->state.statistics, bytes);
    for (int32_t i = 0; i < s->rows; i += 4) b->state.skipped[BEFORE + i] = ROW_FLAGGED;
    const operands o = operands_of(b, s);
    const int32_t item = item_of_element(b->plan, 0);
    run_items(kernels, b, 1, 1, &item,
              (linear_pass){.first = BEFORE, .count = s->rows, .gather = gather, .add = 1});
    expect_element_flows(b, s, &o);
    if (!gather) {
        expect_untouched(b->state.statistics, bytes, "statistics");
    } else if (s->rows > 0) {
        expect_tile_statistics(b, s, &o, before);
    }
}

static void expect_flows_alone(const linear_kernels *kernels, const shape *s) {
    expect_backward(kernels, s, 0);
}

KERNEL_STATEMENT(the_flow_of_an_element_comes_from_all_sums_that_read_it) {
    sweep(kernels, 3, expect_flows_alone);
}

static void expect_flows_and_statistics(const linear_kernels *kernels, const shape *s) {
    expect_backward(kernels, s, 1);
}

KERNEL_STATEMENT(tiles_that_share_no_weights_get_their_statistics_with_the_flows) {
    sweep(kernels, 3, expect_flows_and_statistics);
}
