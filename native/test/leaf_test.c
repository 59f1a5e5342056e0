#include "leaf.h"

#include <math.h>
#include <string.h>

#include "buffers.h"
#include "guarded.h"
#include "statements.h"

enum { CATEGORIES = 4, NODES = 3, DRAWS = 20000, STANDARD_ERRORS = 5 };

/* One variable, two inputs that divide a table. */
static buffers *one_variable(int32_t kind, int32_t nodes) {
    circuit *c = new_circuit();
    const int32_t categories = kind == SLUICE_GAUSSIAN ? 0 : CATEGORIES;
    const int32_t table = add_table(c, kind, categories, 2 * nodes);
    int32_t input[2];
    int32_t element[2];
    for (int32_t i = 0; i < 2; i++) input[i] = add_input(c, table, i * nodes, 0, nodes);
    for (int32_t i = 0; i < 2; i++) element[i] = add_element(c, 1, &input[i]);
    add_sum(c, 1, 2, element, OWN_WEIGHTS);
    finish(c);
    buffers *b = new_buffers(c, 1, 1, 1);
    fill_parameters(b);
    make_read_only(b->state.parameters);
    return b;
}

static const float *entry(const buffers *b, int32_t row, int32_t input, int32_t node) {
    const sluice_plan *p = b->plan;
    return b->state.parameters + p->table_parameter[0] + (int64_t)row * p->table_nodes[0]
           + p->input_first[input] + node;
}

STATEMENT(draws_of_a_finite_node_have_its_frequencies) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        begin_case(seed, "%d draws", DRAWS);
        buffers *b = one_variable(SLUICE_FINITE, NODES);
        make_writable(b->state.parameters);
        for (int32_t n = 0; n < NODES; n++) *(float *)entry(b, 1, 1, n) = 0;
        for (int32_t n = 0; n < NODES; n++) {
            int32_t drawn[CATEGORIES] = {0};
            double total = 0;
            for (int32_t k = 0; k < CATEGORIES; k++) total += *entry(b, k, 1, n);
            for (int32_t i = 0; i < DRAWS; i++) {
                const float value = leaf_draw(b->plan, &b->state, 1, n, seed, (uint64_t)i);
                expect(value >= 0 && value < CATEGORIES && value == floorf(value), "a draw of %g",
                       value);
                drawn[(int32_t)value]++;
            }
            expect(drawn[1] == 0, "a category without probability was drawn %d times", drawn[1]);
            for (int32_t k = 0; k < CATEGORIES; k++) {
                const double p = *entry(b, k, 1, n) / total;
                expect_near((double)drawn[k] / DRAWS, p,
                            STANDARD_ERRORS * sqrt(p * (1 - p) / DRAWS),
                            "frequency of category %d at node %d", k, n);
            }
        }
    }
}

STATEMENT(draws_of_a_gaussian_node_have_its_moments) {
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        begin_case(seed, "%d draws", DRAWS);
        buffers *b = one_variable(SLUICE_GAUSSIAN, NODES);
        for (int32_t n = 0; n < NODES; n++) {
            const double mean = *entry(b, 0, 0, n);
            const double deviation = *entry(b, 1, 0, n);
            double first = 0;
            double second = 0;
            for (int32_t i = 0; i < DRAWS; i++) {
                const double z =
                        (leaf_draw(b->plan, &b->state, 0, n, seed, (uint64_t)i) - mean) / deviation;
                first += z / DRAWS;
                second += z * z / DRAWS;
            }
            expect_near(first, 0, STANDARD_ERRORS / sqrt(DRAWS), "mean of node %d", n);
            expect_near(second, 1, STANDARD_ERRORS * sqrt(2.0 / DRAWS), "variance of node %d", n);
        }
    }
}

STATEMENT(the_mode_of_a_node_is_the_first_of_its_most_probable_values) {
    for (int32_t i = 0; i < node_counts(); i++) {
        const int32_t nodes = node_count(i);
        begin_case(first_seed(), "%d nodes", nodes);
        buffers *b = one_variable(SLUICE_FINITE, nodes);
        make_writable(b->state.parameters);
        for (int32_t n = 0; n < nodes; n++) {
            for (int32_t k = 0; k < CATEGORIES; k++) {
                *(float *)entry(b, k, 1, n) =
                        k % CATEGORIES == n % CATEGORIES || k == 2 ? 0.4f : 0.1f;
            }
            const float mode = leaf_mode(b->plan, &b->state, 1, n);
            const int32_t first = n % CATEGORIES < 2 ? n % CATEGORIES : 2;
            expect(mode == (float)first, "the mode of node %d is %g, expected %d", n, mode, first);
        }
        buffers *g = one_variable(SLUICE_GAUSSIAN, nodes);
        for (int32_t n = 0; n < nodes; n++) {
            expect(leaf_mode(g->plan, &g->state, 1, n) == *entry(g, 0, 1, n),
                   "the mode of Gaussian %d is not its mean", n);
        }
    }
}

STATEMENT(a_tabulated_node_is_named_by_its_number) {
    begin_case(first_seed(), "%d nodes", NODES);
    buffers *b = one_variable(SLUICE_LOG_TABLE, NODES);
    for (int32_t n = 0; n < NODES; n++) {
        expect(cell_of_value(leaf_mode(b->plan, &b->state, 1, n)) == NODES + n, "mode of %d", n);
        expect(cell_of_value(leaf_draw(b->plan, &b->state, 1, n, 1, 1)) == NODES + n, "draw of %d",
               n);
    }
}

/* Mixes two inputs with random flows; `expected` is the mixture before its division by the total. */
static int32_t mix(const buffers *b, int32_t nodes, double *result, double *expected) {
    leaf_mixture mixture = leaf_mixture_start(b->plan, 0, result);
    const int finite = b->plan->table_kind[0] == SLUICE_FINITE;
    double *flow = guarded("flow of the input", (int64_t)sizeof(double) * nodes);
    for (int32_t k = 0; k < CATEGORIES; k++) expected[k] = 0;
    for (int32_t input = 0; input < 2; input++) {
        for (int32_t n = 0; n < nodes; n++) {
            flow[n] = random_between(0, 1);
            for (int32_t k = 0; finite && k < CATEGORIES; k++) {
                expected[k] += flow[n] * *entry(b, k, input, n);
            }
            if (!finite) {
                expected[input * nodes + n] = flow[n];
            }
        }
        leaf_mixture_add(b->plan, &b->state, &mixture, input, flow);
    }
    leaf_mixture_finish(&mixture);
    return finite ? CATEGORIES : 2 * nodes;
}

STATEMENT(a_mixture_of_nodes_is_their_average_weighted_by_flow) {
    static const int32_t kinds[] = {SLUICE_FINITE, SLUICE_GAUSSIAN, SLUICE_LOG_TABLE};
    for (int32_t i = 0; i < node_counts() * 3; i++) {
        const int32_t nodes = node_count(i / 3);
        const int32_t kind = kinds[i % 3];
        begin_case(first_seed(), "%d nodes, kind %d", nodes, kind);
        buffers *b = one_variable(kind, nodes);
        const int32_t length = kind == SLUICE_FINITE ? CATEGORIES : 2 * nodes;
        double *result = guarded("result", (int64_t)sizeof(double) * length);
        double expected[MOST_PARTS];
        double total = 0;
        expect(mix(b, nodes, result, expected) == length, "a mixture of another length");
        for (int32_t k = 0; k < length; k++) total += expected[k];
        for (int32_t k = 0; k < length; k++) {
            expect_near(result[k], expected[k] / total, 1e-13, "result[%d]", k);
        }
    }
}
