#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 5, BEFORE = 2, AFTER = 1 };

typedef struct {
    int32_t nodes, rows, tables, stored;
    int missing;
} shape;

/* One element of `tables` factors that are read in place and `stored` that are not, and its sum. */
static buffers *one_element(const shape *s) {
    circuit *c = new_circuit();
    int32_t factor[MOST_LINKS];
    for (int32_t i = 0; i < s->tables + s->stored; i++) {
        const int finite = i < s->tables;
        const int32_t table = add_table(c, finite ? SLUICE_FINITE : SLUICE_GAUSSIAN,
                                        finite ? CATEGORIES : 0, s->nodes + 2);
        factor[i] = add_input(c, table, 1, i, s->nodes);
    }
    const int32_t element = add_element(c, s->tables + s->stored, factor);
    add_sum(c, 1, 1, &element, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, BEFORE + s->rows + AFTER, 1, 1);
    fill_parameters(b);
    fill_values(b, BEFORE, s->rows);
    fill_cells(b, BEFORE, s->rows, s->missing);
    make_read_only(b->state.parameters);
    make_read_only(b->state.cells);
    make_read_only(b->state.values);
    memset(b->state.skipped, ROW_COUNTS, (size_t)b->state.capacity);
    return b;
}

static void form(const linear_kernels *kernels, const buffers *b, int32_t rows) {
    const int32_t item = item_of_element(b->plan, 0);
    run_items(kernels, b, 0, 1, &item, (linear_pass){.first = BEFORE, .count = rows, .keep = 1});
}

static void expect_neighbours_untouched(const buffers *b, const shape *s) {
    const float *all = b->state.elements;
    expect_untouched(all, (int64_t)sizeof(float) * BEFORE * s->nodes, "elements before the rows");
    expect_untouched(all + (int64_t)(BEFORE + s->rows) * s->nodes,
                     (int64_t)sizeof(float) * AFTER * s->nodes, "elements after the rows");
}

static void expect_product_of_factors(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_element(s);
    form(kernels, b, s->rows);
    const float *values = element_values(b->plan, &b->state, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            const double expected =
                    ldexp(element_value(b, 0, BEFORE + i, n), -element_scale(b, 0, BEFORE + i));
            expect_near(values[i * s->nodes + n], expected,
                        expected * roundings(s->tables + s->stored), "element[%d][%d]", i, n);
        }
    }
    expect_neighbours_untouched(b, s);
}

static void sweep(const linear_kernels *kernels, int32_t tables, int32_t stored,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < row_counts(); j++) {
                const shape s = {.nodes = node_count(i),
                                 .rows = row_count(j),
                                 .tables = tables,
                                 .stored = stored,
                                 .missing = (int)(i + j + (int32_t)seed) % 2};
                begin_case(seed,
                           "%d nodes, %d rows, %d factors read in place, %d stored, missing %d",
                           s.nodes, s.rows, tables, stored, s.missing);
                place_buffers((placement)((i + j) / 2 % 2));
                expect_of(kernels, &s);
            }
        }
    }
}

KERNEL_STATEMENT(an_element_is_the_product_of_its_factors) {
    static const int32_t factors[][2] = {{1, 0}, {3, 0}, {0, 2}, {0, 3}, {1, 1}, {2, 3}, {4, 4}};
    for (int32_t i = 0; i < (int32_t)(sizeof factors / sizeof *factors); i++) {
        sweep(kernels, factors[i][0], factors[i][1], expect_product_of_factors);
    }
}

static void expect_nothing_written(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_element(s);
    form(kernels, b, s->rows);
    expect_untouched(b->state.elements, (int64_t)sizeof(float) * b->flows, "elements");
}

KERNEL_STATEMENT(an_element_of_one_stored_block_is_that_block) {
    sweep(kernels, 0, 1, expect_nothing_written);
}

/* value * 2^scale: the element has a scale of its own. */
static void expect_scaled_product(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_element(s);
    form(kernels, b, s->rows);
    const float *values = element_values(b->plan, &b->state, 0, BEFORE);
    const int32_t *scales = element_scales_at(b->plan, &b->state, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        double best = 0;
        for (int32_t n = 0; n < s->nodes; n++) {
            const double expected = element_value(b, 0, BEFORE + i, n);
            const float value = values[i * s->nodes + n];
            best = value > best ? value : best;
            expect_near(ldexp(value, scales[i]), expected,
                        expected * roundings(s->tables + s->stored), "element[%d][%d]", i, n);
        }
        expect(best >= 0.5 && best < 1, "the largest value of row %d is %g", i, best);
        expect(b->state.skipped[BEFORE + i] == ROW_COUNTS, "row %d is in doubt", i);
    }
    expect_neighbours_untouched(b, s);
}

KERNEL_STATEMENT(a_product_of_many_factors_has_a_scale_of_its_own) {
    static const int32_t factors[][2] = {{5, 0}, {9, 0}, {0, 9}, {5, 2}, {7, 7}};
    for (int32_t i = 0; i < (int32_t)(sizeof factors / sizeof *factors); i++) {
        sweep(kernels, factors[i][0], factors[i][1], expect_scaled_product);
    }
}

static void expect_zero_where_a_factor_is(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_element(s);
    make_writable(b->state.values);
    for (int32_t i = 0; i < s->rows; i++) {
        float *row =
                block_values(b->plan, b->state.values, b->state.capacity, s->tables, BEFORE + i);
        for (int32_t n = i % 2; n < s->nodes; n += 2) row[n] = 0;
    }
    form(kernels, b, s->rows);
    const float *values = element_values(b->plan, &b->state, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            expect((values[i * s->nodes + n] == 0) == (n % 2 == i % 2), "element[%d][%d] is %g", i,
                   n, values[i * s->nodes + n]);
        }
        expect(b->state.skipped[BEFORE + i] == ROW_COUNTS, "row %d is in doubt", i);
    }
}

KERNEL_STATEMENT(a_product_with_a_zero_factor_is_zero_for_certain) {
    sweep(kernels, 1, 2, expect_zero_where_a_factor_is);
    sweep(kernels, 6, 4, expect_zero_where_a_factor_is);
}
