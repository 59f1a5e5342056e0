#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 4, BEFORE = 1, AFTER = 2 };

typedef struct {
    int32_t nodes, rows, tiles;
    int32_t children[3];
    int keep; /* the pass before has formed the elements in their buffer */
    int same_scale;
} shape;

/*
 * A sum over up to three elements: of a stored block and a table, of one stored block, of two stored
 * blocks.
 */
static buffers *one_sum(const shape *s) {
    circuit *c = new_circuit();
    int32_t factor[3][2];
    int32_t element[3];
    for (int32_t i = 0; i < s->tiles; i++) {
        const int finite = i == 0;
        for (int32_t f = 0; f < 2; f++) {
            const int in_place = finite && f == 0;
            const int32_t table = add_table(c, in_place ? SLUICE_FINITE : SLUICE_GAUSSIAN,
                                            in_place ? CATEGORIES : 0, s->children[i]);
            factor[i][f] = add_input(c, table, 0, 2 * i + f, s->children[i]);
        }
    }
    for (int32_t i = 0; i < s->tiles; i++) element[i] = add_element(c, i == 1 ? 1 : 2, factor[i]);
    add_sum(c, s->nodes, s->tiles, element, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, BEFORE + s->rows + AFTER, 1, 1);
    fill_parameters(b);
    fill_values(b, BEFORE, s->rows);
    fill_cells(b, BEFORE, s->rows, 1);
    cut_edges(b);
    fill_prepared(b);
    make_read_only(b->state.parameters);
    make_read_only(b->state.prepared);
    make_read_only(b->state.cells);
    memset(b->state.skipped, ROW_COUNTS, (size_t)b->state.capacity);
    /* The sum's own values and scales are its results. */
    const int32_t block = b->plan->root;
    memset(block_values(b->plan, b->state.values, b->state.capacity, block, 0), 0xFF,
           sizeof(float) * (size_t)b->state.capacity * (size_t)s->nodes);
    memset(block_scales(&b->state, block, 0), 0xFF, sizeof(int32_t) * (size_t)b->state.capacity);
    return b;
}

static void sum_up(const linear_kernels *kernels, const buffers *b, const shape *s, bound bounded) {
    int32_t item[4];
    int32_t items = 0;
    for (int32_t i = 0; s->keep && i < s->tiles; i++) item[items++] = item_of_element(b->plan, i);
    item[items++] = 0;
    run_items(
            kernels, b, 0, items, item,
            (linear_pass){.first = BEFORE, .count = s->rows, .keep = s->keep, .bounded = bounded});
}

static double expected_sum(const buffers *b, int32_t slot, int32_t node) {
    const sluice_plan *p = b->plan;
    double sum = 0;
    for (int32_t t = 0; t < p->tiles; t++) {
        const int32_t element = p->tile_element[t];
        const int32_t children = p->element_nodes[element];
        for (int32_t c = 0; c < children; c++) {
            sum += b->state.parameters[p->tile_parameter[t] + (int64_t)node * children + c]
                   * element_value(b, element, slot, c);
        }
    }
    return sum;
}

static void expect_weighted_sum(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_sum(s);
    const int32_t block = b->plan->root;
    const int32_t fan_in = s->children[0] + s->children[1] + s->children[2];
    float *values = block_values(b->plan, b->state.values, b->state.capacity, block, BEFORE);
    const int32_t *scales = block_scales(&b->state, block, BEFORE);
    sum_up(kernels, b, s, BOUND_FROM_ABOVE);
    for (int32_t i = 0; i < s->rows; i++) {
        double best = 0;
        for (int32_t n = 0; n < s->nodes; n++) {
            const double expected = expected_sum(b, BEFORE + i, n);
            const float value = values[i * s->nodes + n];
            best = value > best ? value : best;
            expect_near(ldexp(value, scales[i]), expected, expected * roundings(fan_in + 5),
                        "sum[%d][%d]", i, n);
        }
        expect(best >= 0.5 && best < 1, "the largest value of row %d is %g", i, best);
        expect(b->state.skipped[BEFORE + i] == ROW_COUNTS, "row %d is in doubt", i);
    }
    expect_untouched(values - BEFORE * s->nodes, (int64_t)sizeof(float) * BEFORE * s->nodes,
                     "sums before the rows");
    expect_untouched(values + s->rows * s->nodes, (int64_t)sizeof(float) * AFTER * s->nodes,
                     "sums after the rows");
}

static void sweep(const linear_kernels *kernels, int32_t most_tiles,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < row_counts(); j++) {
                for (int32_t tiles = 1; tiles <= most_tiles; tiles++) {
                    for (int keep = 0; keep < 2; keep++) {
                        shape s = {.nodes = node_count(i),
                                   .rows = row_count(j),
                                   .tiles = tiles,
                                   .keep = keep};
                        for (int32_t t = 0; t < tiles; t++) {
                            s.children[t] =
                                    node_count((i + j + 3 * t + (int32_t)seed) % node_counts());
                        }
                        begin_case(seed, "%d nodes, %d rows, tiles of %d %d %d children, keep %d",
                                   s.nodes, s.rows, s.children[0], s.children[1], s.children[2],
                                   keep);
                        place_buffers((placement)((i + tiles) % 2));
                        expect_of(kernels, &s);
                    }
                }
            }
        }
    }
}

KERNEL_STATEMENT(a_sum_is_the_weighted_sum_of_its_elements) {
    sweep(kernels, 3, expect_weighted_sum);
}

static void expect_certain_zeros(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_sum(s);
    for (int32_t input = 0; input < b->plan->inputs; input++) {
        if (b->plan->block_value[input] >= 0) {
            memset(block_values(b->plan, b->state.values, b->state.capacity, input, BEFORE), 0,
                   sizeof(float) * (size_t)s->rows * (size_t)b->plan->block_nodes[input]);
        }
    }
    sum_up(kernels, b, s, BOUND_FROM_ABOVE);
    const int32_t block = b->plan->root;
    const float *values = block_values(b->plan, b->state.values, b->state.capacity, block, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            expect(values[i * s->nodes + n] == 0, "sum[%d][%d] is %g", i, n,
                   values[i * s->nodes + n]);
        }
        expect(block_scales(&b->state, block, BEFORE)[i] <= SCALE_OF_ZERO,
               "scale %d of a row of zeros", block_scales(&b->state, block, BEFORE)[i]);
        expect(b->state.skipped[BEFORE + i] == ROW_COUNTS, "row %d is in doubt", i);
    }
}

KERNEL_STATEMENT(a_sum_over_zeros_is_zero_for_certain) { sweep(kernels, 3, expect_certain_zeros); }

/* All weights are 2^-100: every sum is below the safe range. */
static buffers *one_small_sum(const shape *s) {
    buffers *b = one_sum(s);
    const int64_t weights = b->plan->table_parameter[0];
    make_writable(b->state.parameters);
    for (int64_t i = 0; i < weights; i++) b->state.parameters[i] = 0x1p-100f;
    make_writable(b->state.prepared);
    fill_prepared(b);
    for (int32_t block = 0; block < b->plan->inputs; block++) {
        if (b->plan->block_value[block] >= 0) {
            memset(block_scales(&b->state, block, 0), 0,
                   sizeof(int32_t) * (size_t)b->state.capacity);
        }
    }
    return b;
}

static void expect_bounds(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_small_sum(s);
    const int32_t block = b->plan->root;
    const float *values = block_values(b->plan, b->state.values, b->state.capacity, block, BEFORE);
    const int32_t *scales = block_scales(&b->state, block, BEFORE);
    sum_up(kernels, b, s, BOUND_FROM_ABOVE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            expect(ldexp(values[i * s->nodes + n], scales[i]) >= expected_sum(b, BEFORE + i, n),
                   "sum[%d][%d] is no upper bound", i, n);
        }
        expect(b->state.skipped[BEFORE + i] == ROW_UNSURE, "row %d is not in doubt", i);
    }
    sum_up(kernels, b, s, BOUND_FROM_BELOW);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            expect(ldexp(values[i * s->nodes + n], scales[i]) <= expected_sum(b, BEFORE + i, n),
                   "sum[%d][%d] is no lower bound", i, n);
        }
    }
}

KERNEL_STATEMENT(a_sum_below_the_safe_range_is_bounded_from_both_sides) {
    sweep(kernels, 1, expect_bounds);
}
