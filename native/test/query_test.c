/* Conditionals, draws and maxima through the library's functions. */
#include <math.h>
#include <string.h>

#include "guarded.h"
#include "pool.h"
#include "statements.h"
#include "tree.h"

typedef struct {
    tree tree;
    int32_t rows, capacity, threads;
} shape;

static shape shape_of(int32_t number) {
    static const int32_t nodes[] = {1, 3, 8, 17};
    return (shape){.tree = {.variables = 1 + number % 6,
                            .nodes = nodes[number % 4],
                            .blocks = 1 + number / 2 % 2,
                            .mixed = number / 3 % 2,
                            .tied = number / 5 % 2,
                            .sparse = number / 7 % 2},
                   .rows = number % 10,
                   .capacity = 4 + number % 3,
                   .threads = 1 + number % 3};
}

static int32_t shapes(void) { return is_thorough() ? 100 : 50; }

static shape begin_shape(uint64_t seed, int32_t number) {
    const shape s = shape_of(number);
    begin_case(seed,
               "%d variables, %d blocks of %d nodes, mixed %d, tied %d, sparse %d, %d rows, %d at"
               " a time, %d threads",
               s.tree.variables, s.tree.blocks, s.tree.nodes, s.tree.mixed, s.tree.tied,
               s.tree.sparse, s.rows, s.capacity, s.threads);
    place_buffers((placement)(number % 2));
    return s;
}

typedef struct {
    buffers *b;
    sluice_pool *pool;
    rows *data;
} engine;

static engine new_engine(const shape *s) {
    engine e = {.b = new_tree_buffers(&s->tree, s->capacity, s->capacity, s->threads)};
    e.data = new_rows(e.b, s->rows, 1);
    expect(sluice_kernels()->pool_create(s->threads, NULL, &e.pool) == SLUICE_OK, "no pool");
    sluice_kernels()->prepare(e.pool, e.b->plan, &e.b->state);
    make_read_only(e.b->state.parameters);
    make_read_only(e.b->state.prepared);
    return e;
}

static void end_engine(const engine *e) { sluice_kernels()->pool_destroy(e->pool); }

static int32_t length_of(const buffers *b, int32_t variable) {
    const sluice_plan *p = b->plan;
    int32_t nodes = 0;
    if (p->variable_kind[variable] == SLUICE_FINITE) {
        return CATEGORIES_OF_TREE;
    }
    for (int32_t i = p->variable_input_begin[variable]; i < p->variable_input_begin[variable + 1];
         i++) {
        nodes += p->block_nodes[p->input_block[p->variable_input[i]]];
    }
    return nodes;
}

/*
 * p(cell = x, other cells) / p(other cells), from likelihoods. The probabilities of categories sum to
 * one only up to the rounding of parameters, so the denominator is the sum over the categories.
 */
static double conditional_of(const buffers *b, double *cells, int32_t variable, double x) {
    double rest = 0;
    if (b->plan->variable_kind[variable] == SLUICE_FINITE) {
        for (int32_t k = 0; k < CATEGORIES_OF_TREE; k++) {
            cells[variable] = k;
            rest += likelihood(b, cells);
        }
    } else {
        cells[variable] = NAN;
        rest = likelihood(b, cells);
    }
    cells[variable] = x;
    const double both = likelihood(b, cells);
    cells[variable] = NAN;
    return both / rest;
}

/* The density of a mixture of a variable's nodes at a value. */
static double mixture_at(const buffers *b, const double *weight, int32_t variable, double x) {
    const sluice_plan *p = b->plan;
    double sum = 0;
    for (int32_t i = p->variable_input_begin[variable]; i < p->variable_input_begin[variable + 1];
         i++) {
        const int32_t input = p->variable_input[i];
        for (int32_t n = 0; n < p->block_nodes[p->input_block[input]]; n++) {
            sum += *weight++ * density_of(b, input, n, x);
        }
    }
    return sum;
}

static void expect_conditional(const engine *e, int32_t row, int32_t variable, const double *result,
                               double tolerance) {
    double cells[MOST_VARIABLES_OF_TREE];
    row_of(e->data, e->b, row, cells);
    for (int32_t k = 0; k < CATEGORIES_OF_TREE; k++) {
        const double expected = conditional_of(e->b, cells, variable, k);
        const double actual = e->b->plan->variable_kind[variable] == SLUICE_FINITE
                                      ? result[k]
                                      : mixture_at(e->b, result, variable, k);
        expect_near(actual, expected, expected * tolerance, "P(cell[%d][%d] = %d)", row, variable,
                    k);
    }
}

static void expect_conditionals(const engine *e, const shape *s, int32_t arithmetic) {
    const int32_t variables = s->tree.variables;
    int64_t *offset = guarded("offset", (int64_t)sizeof(int64_t) * s->rows * variables);
    double *log_likelihood = guarded("log_likelihood", (int64_t)sizeof(double) * s->rows);
    uint8_t *flagged = guarded("flagged", s->rows);
    int32_t flagged_rows;
    int64_t length = 0;
    double cells[MOST_VARIABLES_OF_TREE];
    for (int32_t i = 0; i < s->rows; i++) {
        row_of(e->data, e->b, i, cells);
        for (int32_t v = 0; v < variables; v++) {
            offset[i * variables + v] = isnan(cells[v]) ? length : -1;
            length += isnan(cells[v]) ? length_of(e->b, v) : 0;
        }
    }
    make_read_only(offset);
    double *result = guarded("result", (int64_t)sizeof(double) * length);
    expect(sluice_kernels()->conditional(e->pool, e->b->plan, &e->b->state, &e->data->batch,
                                         arithmetic, offset, result, log_likelihood, flagged,
                                         &flagged_rows)
                   == SLUICE_OK,
           "conditional: %s", sluice_kernels()->message());
    expect(flagged_rows == 0, "%d rows are flagged", flagged_rows);
    const double pass = 4 * (s->tree.nodes * s->tree.blocks + 6);
    const double tolerance = arithmetic == SLUICE_LINEAR ? roundings(4 * pass) : 1e-11;
    for (int32_t i = 0; i < s->rows * variables; i++) {
        if (offset[i] >= 0) {
            expect_conditional(e, i / variables, i % variables, result + offset[i], tolerance);
        }
    }
}

STATEMENT(a_conditional_is_the_ratio_of_two_likelihoods) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < 2 * shapes(); number++) {
            const shape s = begin_shape(seed, number / 2);
            const engine e = new_engine(&s);
            expect_conditionals(&e, &s, number % 2);
            end_engine(&e);
        }
    }
}

static float *draw(const engine *e, const sluice_batch *batch, int32_t per_row,
                   int64_t first_draw) {
    const int64_t cells = (int64_t)batch->count * per_row * e->b->plan->variables;
    float *result = guarded("result", (int64_t)sizeof(float) * cells);
    double *log_likelihood = guarded("log_likelihood", (int64_t)sizeof(double) * batch->count);
    expect(sluice_kernels()->sample(e->pool, e->b->plan, &e->b->state, batch, per_row, 42,
                                    first_draw, result, log_likelihood)
                   == SLUICE_OK,
           "sample: %s", sluice_kernels()->message());
    return result;
}

STATEMENT(draws_keep_observed_cells_and_fill_missing_ones) {
    enum { PER_ROW = 3 };
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < shapes(); number++) {
            const shape s = begin_shape(seed, number);
            const engine e = new_engine(&s);
            const float *drawn = draw(&e, &e.data->batch, PER_ROW, 0);
            double cells[MOST_VARIABLES_OF_TREE];
            for (int32_t i = 0; i < s.rows * PER_ROW; i++) {
                row_of(e.data, e.b, i / PER_ROW, cells);
                for (int32_t v = 0; v < s.tree.variables; v++) {
                    const float cell = drawn[i * s.tree.variables + v];
                    const int32_t kind = e.b->plan->variable_kind[v];
                    if (!isnan(cells[v])) {
                        /* The result for an observed cell of a log table is unspecified. */
                        expect(kind == SLUICE_LOG_TABLE || cell == (float)cells[v],
                               "observed cell[%d][%d] became %g", i, v, cell);
                    } else if (kind == SLUICE_FINITE) {
                        expect(cell >= 0 && cell < CATEGORIES_OF_TREE && cell == floorf(cell),
                               "drawn cell[%d][%d] is %g", i, v, cell);
                    } else if (kind == SLUICE_GAUSSIAN) {
                        expect(isfinite(cell), "drawn cell[%d][%d] is %g", i, v, cell);
                    } else {
                        const int32_t number_of_node = cell_of_value(cell);
                        expect(number_of_node >= 0 && number_of_node < e.b->plan->block_nodes_total,
                               "drawn cell[%d][%d] is node %d", i, v, number_of_node);
                    }
                }
            }
            end_engine(&e);
        }
    }
}

STATEMENT(a_draw_depends_on_its_number_alone) {
    enum { PER_ROW = 3 };
    for (int32_t number = 0; number < shapes(); number++) {
        const shape s = begin_shape(first_seed(), number);
        const engine e = new_engine(&s);
        const float *together = draw(&e, &e.data->batch, PER_ROW, 7);
        for (int32_t i = 0; i < s.rows; i++) {
            sluice_batch one = e.data->batch;
            one.count = 1;
            one.rows = e.data->batch.rows + i;
            const float *alone = draw(&e, &one, PER_ROW, 7 + i * PER_ROW);
            expect(memcmp(alone, together + i * PER_ROW * s.tree.variables,
                          sizeof(float) * PER_ROW * (size_t)s.tree.variables)
                           == 0,
                   "draws of row %d differ when it is alone", i);
        }
        end_engine(&e);
    }
}

STATEMENT(draws_of_a_missing_cell_have_the_frequencies_of_its_conditional) {
    enum { DRAWS = 20000, STANDARD_ERRORS = 5 };
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        const shape s = {.tree = {.variables = 4, .nodes = 5, .blocks = 2, .sparse = 1},
                         .rows = 4,
                         .capacity = 4,
                         .threads = 2};
        begin_case(seed, "%d draws", DRAWS);
        const engine e = new_engine(&s);
        const float *drawn = draw(&e, &e.data->batch, DRAWS, 0);
        double cells[MOST_VARIABLES_OF_TREE];
        for (int32_t i = 0; i < s.rows; i++) {
            row_of(e.data, e.b, i, cells);
            for (int32_t v = 0; v < s.tree.variables; v++) {
                for (int32_t k = 0; isnan(cells[v]) && k < CATEGORIES_OF_TREE; k++) {
                    int32_t count = 0;
                    for (int32_t j = 0; j < DRAWS; j++) {
                        count += drawn[((int64_t)i * DRAWS + j) * s.tree.variables + v] == (float)k;
                    }
                    const double p = conditional_of(e.b, cells, v, k);
                    expect_near((double)count / DRAWS, p,
                                STANDARD_ERRORS * sqrt(p * (1 - p) / DRAWS),
                                "frequency of cell[%d][%d] = %d", i, v, k);
                }
            }
        }
        end_engine(&e);
    }
}

STATEMENT(a_maximum_is_the_best_tree_and_its_cells_the_modes_of_its_leaves) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < shapes(); number++) {
            const shape s = begin_shape(seed, number);
            const engine e = new_engine(&s);
            const int32_t variables = s.tree.variables;
            float *result = guarded("result", (int64_t)sizeof(float) * s.rows * variables);
            double *value = guarded("log_value", (int64_t)sizeof(double) * s.rows);
            expect(sluice_kernels()->max_product(e.pool, e.b->plan, &e.b->state, &e.data->batch,
                                                 result, value)
                           == SLUICE_OK,
                   "max_product: %s", sluice_kernels()->message());
            for (int32_t i = 0; i < s.rows; i++) {
                double cells[MOST_VARIABLES_OF_TREE];
                row_of(e.data, e.b, i, cells);
                expect_near(value[i], log(maximum_likelihood(e.b, cells)), 1e-12, "maximum %d", i);
                for (int32_t v = 0; v < variables; v++) {
                    const float expected = (float)cells[v];
                    expect(memcmp(&result[i * variables + v], &expected, sizeof expected) == 0,
                           "cell[%d][%d] is %g, expected %g", i, v, result[i * variables + v],
                           cells[v]);
                }
            }
            end_engine(&e);
        }
    }
}
