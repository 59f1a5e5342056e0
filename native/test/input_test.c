#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 6, BEFORE = 1, AFTER = 1 };

typedef struct {
    int32_t kind, nodes, rows;
} shape;

/* One input, which reads its table from the second column on. */
static buffers *one_input(const shape *s) {
    circuit *c = new_circuit();
    const int32_t categories = s->kind == SLUICE_GAUSSIAN   ? 0
                               : s->kind == SLUICE_LOG_ROWS ? BEFORE + s->rows + AFTER
                                                            : CATEGORIES;
    const int32_t table = add_table(c, s->kind, categories, s->nodes + 2);
    const int32_t input = add_input(c, table, 1, 0, s->nodes);
    const int32_t element = add_element(c, 1, &input);
    add_sum(c, 1, 1, &element, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, BEFORE + s->rows + AFTER, 1, 1);
    float *parameters = b->state.parameters + c->plan.table_parameter[0];
    const int64_t entries = b->parameters - c->plan.table_parameter[0];
    for (int64_t i = 0; i < entries; i++) {
        const int deviation = s->kind == SLUICE_GAUSSIAN && i >= c->plan.table_nodes[0];
        const int rest = s->kind != SLUICE_GAUSSIAN && i >= entries / 2;
        parameters[i] = (float)(deviation ? random_between(0.5, 2)
                                : rest    ? random_between(-1e-6, 1e-6)
                                          : random_between(-3, 3));
    }
    make_read_only(b->state.parameters);
    fill_cells(b, BEFORE, s->rows, 1);
    return b;
}

static void compute(const linear_kernels *kernels, const buffers *b, const shape *s) {
    const int32_t item = item_of_input(b->plan, 0);
    make_read_only(b->state.cells);
    run_items(kernels, b, 0, 1, &item, (linear_pass){.first = BEFORE, .count = s->rows});
}

/* Log-density of a node in a slot; 0 where the cell is missing. */
static double log_density(const buffers *b, int32_t slot, int32_t node) {
    const sluice_plan *p = b->plan;
    const int32_t stride = p->table_nodes[0];
    const float *parameters = b->state.parameters + p->table_parameter[0] + 1 + node;
    const int32_t cell = b->state.cells[slot];
    if (p->table_kind[0] == SLUICE_GAUSSIAN) {
        const double x = cell_value(cell);
        const double z = (x - parameters[0]) / parameters[stride];
        return isnan(x) ? 0 : -0.5 * z * z - log(parameters[stride]) - 0.5 * log(2 * acos(-1));
    }
    return cell < 0 ? 0
                    : (double)parameters[(int64_t)cell * stride]
                              + parameters[(int64_t)(p->table_categories[0] + cell) * stride];
}

static void expect_densities(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_input(s);
    compute(kernels, b, s);
    const float *values = block_values(b->plan, b->state.values, b->state.capacity, 0, BEFORE);
    const int32_t *scales = block_scales(&b->state, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            const double expected = exp(log_density(b, BEFORE + i, n));
            expect_near(ldexp(values[i * s->nodes + n], scales[i]), expected,
                        expected * roundings(2), "density[%d][%d]", i, n);
        }
    }
    expect_untouched(values - BEFORE * s->nodes, (int64_t)sizeof(float) * BEFORE * s->nodes,
                     "values before the rows");
    expect_untouched(values + s->rows * s->nodes, (int64_t)sizeof(float) * AFTER * s->nodes,
                     "values after the rows");
    expect_untouched(scales - BEFORE, (int64_t)sizeof(int32_t) * BEFORE, "scales before the rows");
    expect_untouched(scales + s->rows, (int64_t)sizeof(int32_t) * AFTER, "scales after the rows");
}

static void sweep(const linear_kernels *kernels, int32_t kind,
                  void (*expect_of)(const linear_kernels *, const shape *)) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < row_counts(); j++) {
                const shape s = {.kind = kind, .nodes = node_count(i), .rows = row_count(j)};
                begin_case(seed, "%d nodes, %d rows", s.nodes, s.rows);
                place_buffers((placement)((i + j) % 2));
                expect_of(kernels, &s);
            }
        }
    }
}

KERNEL_STATEMENT(a_gaussian_input_has_its_density) {
    sweep(kernels, SLUICE_GAUSSIAN, expect_densities);
}

KERNEL_STATEMENT(a_tabulated_input_has_the_density_of_its_entry) {
    sweep(kernels, SLUICE_LOG_TABLE, expect_densities);
}

KERNEL_STATEMENT(an_input_with_a_row_for_each_row_has_the_density_of_its_entry) {
    sweep(kernels, SLUICE_LOG_ROWS, expect_densities);
}

/* Category 0 has no density in any node, category 1 in every second one. */
static void expect_zero_densities(const linear_kernels *kernels, const shape *s) {
    buffers *b = one_input(s);
    const sluice_plan *p = b->plan;
    float *parameters = b->state.parameters + p->table_parameter[0] + 1;
    make_writable(b->state.parameters);
    for (int32_t n = 0; n < s->nodes; n++) {
        parameters[n] = -INFINITY;
        if (n % 2 == 1) {
            parameters[p->table_nodes[0] + n] = -INFINITY;
        }
    }
    for (int32_t i = 0; i < s->rows; i++) b->state.cells[BEFORE + i] = i % 2;
    compute(kernels, b, s);
    const float *values = block_values(p, b->state.values, b->state.capacity, 0, BEFORE);
    for (int32_t i = 0; i < s->rows; i++) {
        for (int32_t n = 0; n < s->nodes; n++) {
            const float value = values[i * s->nodes + n];
            expect((value == 0) == (i % 2 == 0 || n % 2 == 1), "density[%d][%d] is %g", i, n,
                   value);
        }
        if (i % 2 == 0) {
            expect(block_scales(&b->state, 0, BEFORE)[i] <= SCALE_OF_ZERO,
                   "scale %d of a row without density", block_scales(&b->state, 0, BEFORE)[i]);
        }
    }
}

KERNEL_STATEMENT(a_density_of_zero_is_exactly_zero) {
    sweep(kernels, SLUICE_LOG_TABLE, expect_zero_densities);
}
