#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 4, UNUSED_ROWS = 1 };

typedef struct {
    int32_t nodes, children, rows;
    int32_t kind; /* of the inputs */
    int add;
    int several; /* two sums read each element */
} shape;

/*
 * Two variables that share a table, each with an element. Two sums that share weights; with `several`
 * both sums read both elements.
 */
static buffers *shared_parameters(const shape *s) {
    circuit *c = new_circuit();
    const int32_t categories = s->kind == SLUICE_GAUSSIAN ? 0 : CATEGORIES;
    const int32_t table = add_table(c, s->kind, categories, s->children + 2);
    int32_t element[2];
    int32_t input[2];
    for (int32_t v = 0; v < 2; v++) input[v] = add_input(c, table, v, v, s->children);
    for (int32_t v = 0; v < 2; v++) element[v] = add_element(c, 1, &input[v]);
    const int32_t tiles = s->several ? 2 : 1;
    const int32_t left = add_sum(c, s->nodes, tiles, element, OWN_WEIGHTS);
    const int32_t right =
            add_sum(c, s->nodes, tiles, s->several ? element : element + 1, sum_of(c, left));
    const int32_t product = add_element(c, 2, (const int32_t[]){left, right});
    add_sum(c, 1, 1, &product, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, s->rows + UNUSED_ROWS, 1, 1);
    fill_parameters(b);
    make_read_only(b->state.parameters);
    fill_cells(b, 0, s->rows, 1);
    make_read_only(b->state.cells);
    fill_values(b, 0, s->rows);
    for (int32_t i = 0; i < s->rows; i++) {
        b->state.skipped[i] = i % 5 == 4 ? ROW_IMPOSSIBLE : ROW_COUNTS;
    }
    make_read_only(b->state.values);
    make_read_only(b->state.scales);
    make_read_only(b->state.skipped);
    for (int64_t i = 0; i < b->values; i++) {
        ((float *)b->state.gradients)[i] = (float)random_between(0.1, 2);
    }
    for (int64_t i = 0; i < b->flows; i++) {
        ((float *)b->state.flows)[i] = (float)random_between(0, 1);
        ((float *)b->state.elements)[i] = (float)random_between(0, 1);
    }
    make_read_only(b->state.gradients);
    make_read_only(b->state.flows);
    make_read_only(b->state.elements);
    return b;
}

/* The statistics before the kernel: random ones if it adds, poison if it replaces them. */
static const float *statistics_before(const buffers *b, const shape *s) {
    for (int64_t i = 0; s->add && i < b->statistics; i++) {
        b->state.statistics[i] = (float)random_between(0, 1);
    }
    return snapshot(b->state.statistics, (int64_t)sizeof(float) * b->statistics);
}

static void expect_others_unchanged(const buffers *b, const float *before, int64_t begin,
                                    int64_t end) {
    expect(memcmp(b->state.statistics, before, sizeof(float) * (size_t)begin) == 0,
           "statistics before entry %lld have changed", (long long)begin);
    expect(memcmp(b->state.statistics + end, before + end,
                  sizeof(float) * (size_t)(b->statistics - end))
                   == 0,
           "statistics from entry %lld on have changed", (long long)end);
}

static double expected_weight_statistic(const buffers *b, const shape *s, int32_t weight,
                                        int32_t node, int32_t child) {
    const sluice_plan *p = b->plan;
    double sum = 0;
    for (int32_t i = p->weight_tile_begin[weight]; i < p->weight_tile_begin[weight + 1]; i++) {
        const int32_t t = p->weight_tile[i];
        const int32_t element = p->tile_element[t];
        const int32_t block = p->sum_block[p->tile_sum[t]];
        for (int32_t row = 0; row < s->rows; row++) {
            const float gradient =
                    block_values(p, b->state.gradients, b->state.capacity, block, row)[node];
            const int alone =
                    p->element_tile_begin[element + 1] - p->element_tile_begin[element] == 1;
            if (alone) { /* the backward pass leaves the scaled values in the buffer */
                sum += (double)gradient * element_values(p, &b->state, element, row)[child];
            } else if (b->state.skipped[row] == ROW_COUNTS) {
                const int32_t factor = p->element_factor[p->element_factor_begin[element]];
                const float *operand =
                        p->block_value[factor] >= 0
                                ? block_values(p, b->state.values, b->state.capacity, factor, row)
                                : element_values(p, &b->state, element, row);
                sum += gradient
                       * ldexp(operand[child], element_scale(b, element, row)
                                                       - *block_scales(&b->state, block, row));
            }
        }
    }
    return sum;
}

static void expect_weight_statistics(const linear_kernels *kernels, const shape *s) {
    buffers *b = shared_parameters(s);
    const sluice_plan *p = b->plan;
    const float *before = statistics_before(b, s);
    const int32_t weight = s->several;
    const int32_t begin = s->nodes / 3;
    const int32_t end = s->nodes - s->nodes / 4;
    const linear_scratch scratch = new_linear_scratch(p);
    kernels->weight_statistics(p, &b->state, weight, begin, end, s->rows, s->add, &scratch);
    const int64_t at = p->weight_parameter[weight];
    for (int32_t n = begin; n < end; n++) {
        for (int32_t c = 0; c < s->children; c++) {
            const int64_t entry = at + (int64_t)n * s->children + c;
            const double expected =
                    (s->add ? before[entry] : 0) + expected_weight_statistic(b, s, weight, n, c);
            expect_near(b->state.statistics[entry], expected, expected * roundings(2 * s->rows + 3),
                        "statistic[%d][%d]", n, c);
        }
    }
    expect_others_unchanged(b, before, at + (int64_t)begin * s->children,
                            at + (int64_t)end * s->children);
}

static void sweep(const linear_kernels *kernels, int32_t kind, int most_several,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < row_counts(); j++) {
                for (int way = 0; way < 4; way++) {
                    const shape s = {.nodes = node_count((i + j + (int32_t)seed) % node_counts()),
                                     .children = node_count(i),
                                     .rows = row_count(j),
                                     .kind = kind,
                                     .add = way & 1,
                                     .several = way >> 1};
                    if (s.several > most_several) {
                        continue;
                    }
                    begin_case(seed, "%d nodes, %d children, %d rows, add %d, several tiles %d",
                               s.nodes, s.children, s.rows, s.add, s.several);
                    place_buffers((placement)((i + j) % 2));
                    expect_of(kernels, &s);
                }
            }
        }
    }
}

KERNEL_STATEMENT(statistics_of_shared_weights_are_those_of_all_their_tiles) {
    sweep(kernels, SLUICE_GAUSSIAN, 1, expect_weight_statistics);
    sweep(kernels, SLUICE_FINITE, 1, expect_weight_statistics);
}

/* Entry `row` of the statistics of a table column, and the sum of its terms' magnitudes. */
static double expected_table_statistic(const buffers *b, const shape *s, int32_t row,
                                       int32_t column, double *size) {
    const sluice_plan *p = b->plan;
    double sum = 0;
    *size = 0;
    for (int32_t input = 0; input < p->inputs; input++) {
        const int32_t node = column - p->input_first[input];
        if (node < 0 || node >= s->children) {
            continue;
        }
        for (int32_t i = 0; i < s->rows; i++) {
            const int32_t cell = *variable_cells(&b->state, b->state.capacity, input, i);
            const double flow = element_flows(p, &b->state, input, i)[node];
            double term = flow;
            if (b->state.skipped[i] != ROW_COUNTS) {
                continue;
            }
            if (s->kind == SLUICE_GAUSSIAN) {
                const double x = cell_value(cell);
                const float *mean = b->state.parameters + p->table_parameter[0] + column;
                term = isnan(x) ? 0 : flow * pow((x - mean[0]) / mean[p->table_nodes[0]], row);
            } else if (cell != row) {
                continue;
            }
            sum += term;
            *size += fabs(term);
        }
    }
    return sum;
}

static void expect_table_statistics(const linear_kernels *kernels, const shape *s) {
    buffers *b = shared_parameters(s);
    const sluice_plan *p = b->plan;
    const float *before = statistics_before(b, s);
    const int32_t columns = p->table_nodes[0];
    const int32_t begin = columns / 3;
    const int32_t end = columns - columns / 4;
    kernels->table_statistics(p, &b->state, 0, begin, end, s->rows, s->add);
    const int64_t at = p->table_statistic[0];
    for (int32_t row = 0; row < table_statistic_rows(p, 0); row++) {
        for (int32_t column = 0; column < columns; column++) {
            const int64_t entry = at + (int64_t)row * columns + column;
            const float actual = b->state.statistics[entry];
            if (column < begin || column >= end) {
                expect(memcmp(&actual, before + entry, sizeof actual) == 0,
                       "statistic[%d][%d] has changed", row, column);
                continue;
            }
            double size;
            const double old = s->add ? before[entry] : 0;
            const double sum = expected_table_statistic(b, s, row, column, &size);
            /* The distance from the mean, its square, the product and each addition round. */
            expect_near(actual, old + sum, (old + size) * roundings(2 * s->rows + 6),
                        "statistic[%d][%d]", row, column);
        }
    }
    expect_others_unchanged(b, before, at, b->statistics);
}

KERNEL_STATEMENT(statistics_of_a_shared_table_are_flows_by_category) {
    sweep(kernels, SLUICE_FINITE, 0, expect_table_statistics);
    sweep(kernels, SLUICE_LOG_TABLE, 0, expect_table_statistics);
}

KERNEL_STATEMENT(statistics_of_a_shared_gaussian_table_are_moments_in_units_of_the_deviation) {
    sweep(kernels, SLUICE_GAUSSIAN, 0, expect_table_statistics);
}
