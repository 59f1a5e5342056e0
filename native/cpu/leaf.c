#include "leaf.h"

#include <math.h>

#include "../common/philox.h"

#define TWO_PI 6.28318530717958647693

static const float *node_parameters(const sluice_plan *plan, const sluice_state *state,
                                    int32_t input) {
    return state->parameters + plan->table_parameter[plan->input_table[input]]
           + plan->input_first[input];
}

leaf_mixture leaf_mixture_start(const sluice_plan *plan, int32_t variable, double *result) {
    const int32_t input = plan->variable_input[plan->variable_input_begin[variable]];
    const int32_t table = plan->input_table[input];
    leaf_mixture mixture = {.kind = plan->table_kind[table],
                            .categories = plan->table_categories[table],
                            .result = result};
    if (mixture.kind == SLUICE_FINITE) {
        mixture.length = mixture.categories;
        for (int32_t k = 0; k < mixture.categories; k++) result[k] = 0;
    }
    return mixture;
}

void leaf_mixture_add(const sluice_plan *plan, const sluice_state *state, leaf_mixture *mixture,
                      int32_t input, const double *flow) {
    const int32_t nodes = plan->block_nodes[plan->input_block[input]];
    const int64_t stride = plan->table_nodes[plan->input_table[input]];
    const float *parameters = node_parameters(plan, state, input);
    if (mixture->kind == SLUICE_FINITE) {
        for (int32_t k = 0; k < mixture->categories; k++) {
            double sum = 0;
            for (int32_t n = 0; n < nodes; n++) sum += flow[n] * parameters[k * stride + n];
            mixture->result[k] += sum;
            mixture->total += sum;
        }
        return;
    }
    for (int32_t n = 0; n < nodes; n++) {
        mixture->result[mixture->length++] = flow[n];
        mixture->total += flow[n];
    }
}

void leaf_mixture_finish(leaf_mixture *mixture) {
    for (int64_t i = 0; i < mixture->length; i++) mixture->result[i] /= mixture->total;
}

/* The node's index among the nodes of all blocks: the caller knows its distribution. */
static float node_index(const sluice_plan *plan, int32_t input, int32_t node) {
    return cell_value((int32_t)(plan->block_first[plan->input_block[input]] + node));
}

static int is_tabulated(const sluice_plan *plan, int32_t table) {
    return plan->table_kind[table] == SLUICE_LOG_TABLE
           || plan->table_kind[table] == SLUICE_LOG_ROWS;
}

float leaf_draw(const sluice_plan *plan, const sluice_state *state, int32_t input, int32_t node,
                uint64_t seed, uint64_t draw) {
    const int32_t table = plan->input_table[input];
    const int64_t stride = plan->table_nodes[table];
    if (is_tabulated(plan, table)) {
        return node_index(plan, input, node);
    }
    const float *parameters = node_parameters(plan, state, input) + node;
    const philox_block random = philox(seed, draw, (uint32_t)plan->input_block[input], 1);
    const double u = uniform_from(random.word[0], random.word[1]);
    if (plan->table_kind[table] == SLUICE_GAUSSIAN) {
        /* Box and Muller 1958 */
        const double angle = TWO_PI * uniform_from(random.word[2], random.word[3]);
        return (float)(parameters[0] + parameters[stride] * sqrt(-2 * log(u)) * cos(angle));
    }
    double total = 0;
    for (int32_t k = 0; k < plan->table_categories[table]; k++) total += parameters[k * stride];
    double sum = 0;
    int32_t last = 0;
    for (int32_t k = 0; k < plan->table_categories[table]; k++) {
        if (parameters[k * stride] > 0) {
            last = k;
            sum += parameters[k * stride];
            if (sum > u * total) {
                return (float)k;
            }
        }
    }
    return (float)last;
}

float leaf_mode(const sluice_plan *plan, const sluice_state *state, int32_t input, int32_t node) {
    const int32_t table = plan->input_table[input];
    const int64_t stride = plan->table_nodes[table];
    if (is_tabulated(plan, table)) {
        return node_index(plan, input, node);
    }
    const float *parameters = node_parameters(plan, state, input) + node;
    if (plan->table_kind[table] == SLUICE_GAUSSIAN) {
        return parameters[0];
    }
    int32_t best = 0;
    for (int32_t k = 1; k < plan->table_categories[table]; k++) {
        if (parameters[k * stride] > parameters[best * stride]) {
            best = k;
        }
    }
    return (float)best;
}
