/* Whole plans through the library's functions. */
#include <math.h>
#include <string.h>

#include "guarded.h"
#include "pool.h"
#include "statements.h"
#include "tree.h"

enum { MOST_THREADS_TESTED = 3 };

/* What a case varies; its number determines it. */
typedef struct {
    tree tree;
    int32_t rows, capacity, log_capacity, threads;
    int missing;
    int in_place; /* gradients overwrite values; flows overwrite elements, unless tiles share weights */
} shape;

static shape shape_of(int32_t number) {
    static const int32_t variables[] = {1, 2, 5, 8};
    static const int32_t nodes[] = {1, 3, 8, 17, 33};
    static const int32_t rows[] = {1, 0, 7, 40};
    shape s = {.tree = {.variables = variables[number % 4],
                        .nodes = nodes[number % 5],
                        .blocks = 1 + number % 3,
                        .mixed = number % 2,
                        .tied = number / 2 % 2,
                        .sparse = number / 3 % 2},
               .rows = rows[number / 4 % 4],
               .threads = 1 + number % MOST_THREADS_TESTED,
               .missing = number / 5 % 2,
               .in_place = number / 7 % 2};
    s.capacity = s.threads + number % 23;
    s.log_capacity = s.threads + number % 5;
    return s;
}

static int32_t shapes(void) { return is_thorough() ? 120 : 60; }

static shape begin_shape(uint64_t seed, int32_t number) {
    const shape s = shape_of(number);
    begin_case(seed,
               "%d variables, %d blocks of %d nodes, mixed %d, tied %d, sparse %d, %d rows,"
               " %d and %d at a time, %d threads, missing %d, in place %d",
               s.tree.variables, s.tree.blocks, s.tree.nodes, s.tree.mixed, s.tree.tied,
               s.tree.sparse, s.rows, s.capacity, s.log_capacity, s.threads, s.missing, s.in_place);
    place_buffers((placement)(number % 2));
    return s;
}

/* An engine: buffers, a pool, a batch, and its results. */
typedef struct {
    buffers *b;
    sluice_pool *pool;
    rows *data;
    double *log_likelihood;
    uint8_t *flagged;
    int32_t flagged_rows;
} engine;

static engine new_engine(const shape *s, int32_t threads) {
    engine e = {.b = new_tree_buffers(&s->tree, s->capacity, s->log_capacity, threads)};
    e.data = new_rows(e.b, s->rows, s->missing);
    e.log_likelihood = guarded("log_likelihood", (int64_t)sizeof(double) * s->rows);
    e.flagged = guarded("flagged", s->rows);
    if (s->in_place) {
        e.b->state.gradients = e.b->state.values;
        e.b->state.flows = s->tree.tied ? e.b->state.flows : e.b->state.elements;
    }
    expect(sluice_kernels()->pool_create(threads, NULL, &e.pool) == SLUICE_OK, "no pool");
    expect(sluice_kernels()->prepare(e.pool, e.b->plan, &e.b->state) == SLUICE_OK, "prepare: %s",
           sluice_kernels()->message());
    make_read_only(e.b->state.parameters);
    make_read_only(e.b->state.prepared);
    return e;
}

static void end_engine(const engine *e) { sluice_kernels()->pool_destroy(e->pool); }

static void forward(engine *e, int32_t arithmetic) {
    expect(sluice_kernels()->forward(e->pool, e->b->plan, &e->b->state, &e->data->batch, arithmetic,
                                     e->log_likelihood, e->flagged, &e->flagged_rows)
                   == SLUICE_OK,
           "forward: %s", sluice_kernels()->message());
}

static void accumulate(engine *e, int32_t arithmetic, int add) {
    expect(sluice_kernels()->accumulate(e->pool, e->b->plan, &e->b->state, &e->data->batch,
                                        arithmetic, SLUICE_STAGE_ALL, add, e->log_likelihood,
                                        e->flagged, &e->flagged_rows)
                   == SLUICE_OK,
           "accumulate: %s", sluice_kernels()->message());
}

/* Rounding operations of float32 between a leaf and the root: the fan-in of each level's sum. */
static double roundings_of_pass(const shape *s) {
    double levels = 0;
    for (int32_t wide = s->tree.variables; wide > 1; wide = (wide + 1) / 2) levels++;
    return (levels + 1) * (s->tree.nodes * s->tree.blocks + 6) + 2;
}

static void expect_log_likelihoods(engine *e, const shape *s, int32_t arithmetic) {
    double cells[MOST_VARIABLES_OF_TREE];
    const double tolerance =
            arithmetic == SLUICE_LINEAR ? 2 * roundings(roundings_of_pass(s)) + 1e-12 : 1e-12;
    expect(e->flagged_rows == 0, "%d rows are flagged", e->flagged_rows);
    for (int32_t i = 0; i < s->rows; i++) {
        row_of(e->data, e->b, i, cells);
        const double expected = log(likelihood(e->b, cells));
        expect(e->flagged[i] == 0, "row %d is flagged", i);
        expect_near(e->log_likelihood[i], expected, tolerance + 1e-13 * fabs(expected),
                    "log-likelihood %d, arithmetic %d", i, arithmetic);
    }
}

STATEMENT(log_likelihoods_are_those_of_a_plain_loop) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < shapes(); number++) {
            const shape s = begin_shape(seed, number);
            engine e = new_engine(&s, s.threads);
            for (int32_t arithmetic = SLUICE_LINEAR; arithmetic <= SLUICE_LOG; arithmetic++) {
                forward(&e, arithmetic);
                expect_log_likelihoods(&e, &s, arithmetic);
                accumulate(&e, arithmetic, 0);
                expect_log_likelihoods(&e, &s, arithmetic);
            }
            end_engine(&e);
        }
    }
}

/* An upper bound of a Gaussian's moments, which may have any sign, by its flow. */
static double size_of_statistic(const buffers *b, const float *statistics, int64_t at) {
    enum { FARTHEST = 10 }; /* deviations between a cell and a mean */
    const sluice_plan *p = b->plan;
    for (int32_t t = 0; t < p->tables; t++) {
        const int64_t entry = at - p->table_statistic[t];
        if (p->table_kind[t] == SLUICE_GAUSSIAN && entry >= 0
            && entry < 3 * (int64_t)p->table_nodes[t]) {
            const int64_t row = entry / p->table_nodes[t];
            return statistics[p->table_statistic[t] + entry % p->table_nodes[t]]
                   * pow(FARTHEST, (double)row);
        }
    }
    return fabs(statistics[at]);
}

STATEMENT(linear_statistics_are_those_of_log_space) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < shapes(); number++) {
            const shape s = begin_shape(seed, number);
            engine e = new_engine(&s, s.threads);
            const int64_t bytes = (int64_t)sizeof(float) * e.b->statistics;
            accumulate(&e, SLUICE_LOG, 0);
            accumulate(&e, SLUICE_LOG, 1);
            const float *expected = snapshot(e.b->state.statistics, bytes);
            memset(e.b->state.statistics, 0xFF, (size_t)bytes);
            accumulate(&e, SLUICE_LINEAR, 0);
            accumulate(&e, SLUICE_LINEAR, 1);
            const double relative =
                    roundings(4 * roundings_of_pass(&s) + 4 * s.rows * (s.tree.variables + 1));
            for (int64_t i = 0; i < e.b->statistics; i++) {
                /* Statistics of weights that are no edges are unspecified. */
                if (i < e.b->plan->table_parameter[0] && e.b->state.parameters[i] == 0) {
                    continue;
                }
                expect_near(e.b->state.statistics[i], expected[i],
                            size_of_statistic(e.b, expected, i) * relative + 1e-30,
                            "statistic %lld of %lld", (long long)i, (long long)e.b->statistics);
            }
            end_engine(&e);
        }
    }
}

/* Takes a training step; returns a copy of the parameters after it. */
static const float *train(engine *e, int32_t arithmetic) {
    const double step[] = {0.5, 0.1};
    int32_t failed = -1;
    accumulate(e, arithmetic, 0);
    make_writable(e->b->state.parameters);
    make_writable(e->b->state.prepared);
    expect(sluice_kernels()->update(e->pool, e->b->plan, &e->b->state, step, NULL, &failed)
                   == SLUICE_OK,
           "update: %s", sluice_kernels()->message());
    expect(failed == 0, "the update failed");
    return snapshot(e->b->state.parameters, (int64_t)sizeof(float) * e->b->parameters);
}

STATEMENT(a_training_step_is_the_same_to_the_bit_for_any_number_of_threads) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < 2 * shapes(); number++) {
            const int32_t arithmetic = number % 2;
            shape s = begin_shape(seed, number / 2);
            s.capacity += MOST_THREADS_TESTED;
            s.log_capacity += MOST_THREADS_TESTED;
            const float *expected = NULL;
            double *alone = NULL;
            for (int32_t threads = 1; threads <= MOST_THREADS_TESTED; threads++) {
                begin_shape(seed, number / 2);
                engine e = new_engine(&s, threads);
                const float *parameters = train(&e, arithmetic);
                const size_t bytes = sizeof(float) * (size_t)e.b->parameters;
                static float first[1 << 16];
                static double first_likelihood[64];
                expect(bytes <= sizeof first && s.rows <= 64, "the test's circuit is too large");
                if (threads == 1) {
                    memcpy(first, parameters, bytes);
                    memcpy(first_likelihood, e.log_likelihood, sizeof(double) * (size_t)s.rows);
                    expected = first;
                    alone = first_likelihood;
                }
                expect(memcmp(expected, parameters, bytes) == 0,
                       "parameters of %d threads differ, arithmetic %d", threads, arithmetic);
                expect(memcmp(alone, e.log_likelihood, sizeof(double) * (size_t)s.rows) == 0,
                       "log-likelihoods of %d threads differ, arithmetic %d", threads, arithmetic);
                end_engine(&e);
            }
        }
    }
}

STATEMENT(an_update_leaves_every_distribution_normalised) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < shapes(); number++) {
            const shape s = begin_shape(seed, number);
            engine e = new_engine(&s, s.threads);
            train(&e, number % 2);
            const sluice_plan *p = e.b->plan;
            for (int32_t g = 0; g < p->block_rows; g++) {
                for (int32_t n = 0; n < p->block_row_nodes[g]; n++) {
                    double total = 0;
                    double fan_in = 0;
                    for (int32_t w = p->block_row_weight_begin[g];
                         w < p->block_row_weight_begin[g + 1]; w++) {
                        for (int32_t c = 0; c < p->weight_nodes[w]; c++) {
                            total += e.b->state.parameters[p->weight_parameter[w]
                                                           + (int64_t)n * p->weight_nodes[w] + c];
                            fan_in++;
                        }
                    }
                    expect_near(total, 1, roundings(2 * fan_in + 10),
                                "the sum of node %d's weights", n);
                }
            }
            end_engine(&e);
        }
    }
}

STATEMENT(a_batch_without_rows_replaces_statistics_by_zeros) {
    for (int32_t number = 0; number < 2 * shapes(); number++) {
        const shape found = begin_shape(first_seed(), number / 2);
        shape s = found;
        s.rows = 0;
        engine e = new_engine(&s, s.threads);
        accumulate(&e, number % 2, 0);
        for (int64_t i = 0; i < e.b->statistics; i++) {
            if (e.b->state.statistics[i] != 0) {
                fail("statistic %lld is %g", (long long)i, e.b->state.statistics[i]);
            }
        }
        end_engine(&e);
    }
}

/* Category 0 of variable 0 is impossible. */
STATEMENT(rows_of_probability_zero_add_nothing) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t number = 0; number < 2 * shapes(); number++) {
            shape s = begin_shape(seed, number / 2);
            s.missing = 0;
            s.tree.mixed = 0;
            engine e = new_engine(&s, s.threads);
            const sluice_plan *p = e.b->plan;
            make_writable(e.b->state.parameters);
            for (int32_t n = 0; n < p->table_nodes[0]; n++) {
                e.b->state.parameters[p->table_parameter[0] + n] = 0;
            }
            make_writable(e.data->cells);
            for (int32_t i = 0; i < e.data->data_rows; i++) {
                e.data->cells[(int64_t)i * p->variables] = 0;
            }
            accumulate(&e, number % 2, 0);
            for (int32_t i = 0; i < s.rows; i++) {
                expect(e.log_likelihood[i] == -INFINITY, "log-likelihood %d is %g", i,
                       e.log_likelihood[i]);
            }
            for (int64_t i = 0; i < e.b->statistics; i++) {
                if (e.b->state.statistics[i] != 0) {
                    fail("statistic %lld is %g", (long long)i, e.b->state.statistics[i]);
                }
            }
            end_engine(&e);
        }
    }
}

/*
 * One node of every block has weights of 2^-100, so its sums are below the safe range in several
 * blocks of a row at once. The results of such rows are correct, or the rows are flagged.
 */
STATEMENT(rows_with_sums_below_the_safe_range_are_right_or_flagged) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t threads = 1; threads <= MOST_THREADS_TESTED; threads++) {
            const shape s = {.tree = {.variables = 8, .nodes = 9, .blocks = 4},
                             .rows = 20,
                             .capacity = 20,
                             .log_capacity = 20};
            begin_case(seed, "%d threads", threads);
            engine e = new_engine(&s, threads);
            const sluice_plan *p = e.b->plan;
            make_writable(e.b->state.parameters);
            make_writable(e.b->state.prepared);
            for (int32_t w = 0; w < p->weights; w++) {
                for (int32_t c = 0; c < p->weight_nodes[w]; c++) {
                    e.b->state.parameters[p->weight_parameter[w] + c] *=
                            w + 1 < p->weights - s.tree.blocks ? 0x1p-100f : 1;
                }
            }
            sluice_kernels()->prepare(e.pool, p, &e.b->state);
            accumulate(&e, SLUICE_LOG, 0);
            const double *expected = snapshot(e.log_likelihood, (int64_t)sizeof(double) * s.rows);
            for (int32_t gather = 0; gather < 2; gather++) {
                if (gather) {
                    accumulate(&e, SLUICE_LINEAR, 0);
                } else {
                    forward(&e, SLUICE_LINEAR);
                }
                for (int32_t i = 0; i < s.rows; i++) {
                    expect(e.flagged[i] || fabs(e.log_likelihood[i] - expected[i]) < 1e-4,
                           "log-likelihood %d is %.9g, expected %.9g", i, e.log_likelihood[i],
                           expected[i]);
                }
            }
            end_engine(&e);
        }
    }
}

/* More rows than fit the buffers at once: each thread computes row groups of its own. */
STATEMENT(many_rows_pass_through_in_row_groups) {
    static const int32_t nodes[] = {3, 17};
    for (int32_t i = 0; i < 4; i++) {
        const shape s = {.tree = {.variables = 5, .nodes = nodes[i % 2], .blocks = 2, .mixed = 1},
                         .rows = 700,
                         .capacity = i < 2 ? 600 : 101,
                         .log_capacity = 7,
                         .threads = 1 + i,
                         .missing = 1};
        begin_case(first_seed(), "%d nodes, %d rows, %d at a time, %d threads", s.tree.nodes,
                   s.rows, s.capacity, s.threads);
        engine e = new_engine(&s, s.threads);
        forward(&e, SLUICE_LINEAR);
        expect_log_likelihoods(&e, &s, SLUICE_LINEAR);
        accumulate(&e, SLUICE_LINEAR, 0);
        expect_log_likelihoods(&e, &s, SLUICE_LINEAR);
        end_engine(&e);
    }
}
