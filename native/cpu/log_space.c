#include "log_space.h"

#include <math.h>
#include <string.h>

#include "../common/philox.h"

#define HALF_LOG_TWO_PI 0.91893853320467274178

/* A sum relative to the largest element loses terms below this; it is then summed edge by edge. */
#define SMALLEST_SAFE_LINEAR_SUM 1e-250

/* exp of more than this times a flow may leave the range of a float64. */
#define LARGEST_SAFE_EXPONENT 600.0

int64_t log_scratch_bytes(const sluice_plan *plan) {
    return 2 * aligned_bytes((int64_t)plan->maximum_fan_in * (int64_t)sizeof(double))
           + aligned_bytes((int64_t)LOG_ROWS * plan->maximum_nodes * (int64_t)sizeof(double))
           + aligned_bytes((int64_t)plan->maximum_nodes * (int64_t)sizeof(double))
           + aligned_bytes((int64_t)plan->blocks * (int64_t)sizeof(int32_t));
}

log_scratch log_scratch_at(const sluice_plan *plan, void *memory) {
    const int64_t fan_in = aligned_bytes((int64_t)plan->maximum_fan_in * (int64_t)sizeof(double));
    char *at = memory;
    log_scratch scratch;
    scratch.element = (double *)at;
    at += fan_in;
    scratch.linear = (double *)at;
    at += fan_in;
    scratch.rows = (double *)at;
    at += aligned_bytes((int64_t)LOG_ROWS * plan->maximum_nodes * (int64_t)sizeof(double));
    scratch.flow = (double *)at;
    at += aligned_bytes((int64_t)plan->maximum_nodes * (int64_t)sizeof(double));
    scratch.chosen = (int32_t *)at;
    return scratch;
}

static double *block_row(const sluice_plan *plan, double *buffer, int32_t b, int32_t block) {
    return buffer + (int64_t)b * plan->block_nodes_total + plan->block_first[block];
}

static double *element_row(const sluice_plan *plan, const sluice_state *state, int32_t b,
                           int32_t element) {
    return state->element_flows + (int64_t)b * plan->flow_nodes + plan->element_flow[element];
}

static void input_forward(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                          int32_t b, int32_t input) {
    const int32_t block = plan->input_block[input];
    const int32_t nodes = plan->block_nodes[block];
    const int32_t table = plan->input_table[input];
    const int32_t cell = *variable_cells(state, capacity, plan->input_variable[input], b);
    const float *row = state->parameters + plan->table_parameter[table] + plan->input_first[input];
    double *value = block_row(plan, state->log_values, b, block);
    if (plan->table_kind[table] != SLUICE_GAUSSIAN) {
        const int probabilities = plan->table_kind[table] == SLUICE_FINITE;
        row += cell < 0 ? 0 : (int64_t)cell * plan->table_nodes[table];
        const float *rest = row + (probabilities ? 0 : table_entries(plan, table));
        for (int32_t n = 0; n < nodes; n++) {
            value[n] = cell < 0 ? 0 : probabilities ? log(row[n]) : (double)row[n] + rest[n];
        }
        return;
    }
    const double x = cell_value(cell);
    const float *deviation = row + plan->table_nodes[table];
    for (int32_t n = 0; n < nodes; n++) {
        const double z = (x - row[n]) / deviation[n];
        value[n] = x != x ? 0 : -0.5 * z * z - log(deviation[n]) - HALF_LOG_TWO_PI;
    }
}

/* Log-densities of an input's nodes at their modes; `row` is the row's index in the batch. */
static void input_modes(const sluice_plan *plan, const sluice_state *state, int32_t b, int32_t row,
                        int32_t input) {
    const int32_t block = plan->input_block[input];
    const int32_t nodes = plan->block_nodes[block];
    const int32_t table = plan->input_table[input];
    const int64_t stride = plan->table_nodes[table];
    const float *from = state->parameters + plan->table_parameter[table] + plan->input_first[input];
    double *value = block_row(plan, state->log_values, b, block);
    if (plan->table_kind[table] == SLUICE_GAUSSIAN) {
        for (int32_t n = 0; n < nodes; n++) value[n] = -log(from[stride + n]) - HALF_LOG_TWO_PI;
        return;
    }
    const int by_row = plan->table_kind[table] == SLUICE_LOG_ROWS;
    const int probabilities = plan->table_kind[table] == SLUICE_FINITE;
    const int32_t begin = by_row ? row : 0;
    const int32_t end = by_row ? row + 1 : plan->table_categories[table];
    const int64_t rest = probabilities ? 0 : table_entries(plan, table);
    for (int32_t n = 0; n < nodes; n++) value[n] = probabilities ? 0 : -INFINITY;
    for (int32_t k = begin; k < end; k++) {
        const float *entry = from + k * stride;
        for (int32_t n = 0; n < nodes; n++) {
            const double density = probabilities ? entry[n] : (double)entry[n] + entry[rest + n];
            value[n] = density > value[n] ? density : value[n];
        }
    }
    if (probabilities) {
        for (int32_t n = 0; n < nodes; n++) value[n] = log(value[n]);
    }
}

static void element_forward(const sluice_plan *plan, const sluice_state *state, int32_t b,
                            int32_t element, double *value) {
    const int32_t nodes = plan->element_nodes[element];
    for (int32_t c = 0; c < nodes; c++) value[c] = 0;
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        const double *factor = block_row(plan, state->log_values, b, plan->element_factor[f]);
        for (int32_t c = 0; c < nodes; c++) value[c] += factor[c];
    }
}

/* Writes the elements of a sum block one after the other; returns the number of their nodes. */
static int32_t elements_forward(const sluice_plan *plan, const sluice_state *state, int32_t b,
                                int32_t sum, double *value) {
    int32_t fan_in = 0;
    for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
        element_forward(plan, state, b, plan->tile_element[t], value + fan_in);
        fan_in += plan->element_nodes[plan->tile_element[t]];
    }
    return fan_in;
}

static double maximum(const double *value, int32_t count) {
    double best = -INFINITY;
    for (int32_t i = 0; i < count; i++) best = value[i] > best ? value[i] : best;
    return best;
}

/* log of the sum, or the maximum, over the edges of a node, edge by edge */
static double log_sum_of_edges(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                               int32_t node, const double *element, int want_sum) {
    double best = -INFINITY;
    for (int pass = 0; pass < 2; pass++) {
        double total = 0;
        int32_t at = 0;
        for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
            const int32_t children = plan->element_nodes[plan->tile_element[t]];
            const float *theta =
                    state->parameters + plan->tile_parameter[t] + (int64_t)node * children;
            for (int32_t c = 0; c < children; c++, at++) {
                if (theta[c] == 0) {
                    continue;
                }
                const double term = log(theta[c]) + element[at];
                if (pass == 0) {
                    best = term > best ? term : best;
                } else {
                    total += exp(term - best);
                }
            }
        }
        if (best == -INFINITY || !want_sum) {
            return best;
        }
        if (pass == 1) {
            return best + log(total);
        }
    }
    return best;
}

static void sum_forward(const sluice_plan *plan, const sluice_state *state, int32_t b, int32_t sum,
                        const log_scratch *scratch) {
    const int32_t block = plan->sum_block[sum];
    const int32_t nodes = plan->block_nodes[block];
    double *value = block_row(plan, state->log_values, b, block);
    const int32_t fan_in = elements_forward(plan, state, b, sum, scratch->element);
    const double shift = maximum(scratch->element, fan_in);
    if (shift == -INFINITY) {
        for (int32_t n = 0; n < nodes; n++) value[n] = -INFINITY;
        return;
    }
    for (int32_t c = 0; c < fan_in; c++) scratch->linear[c] = exp(scratch->element[c] - shift);
    for (int32_t n = 0; n < nodes; n++) {
        double total = 0;
        const double *linear = scratch->linear;
        for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
            const int32_t children = plan->element_nodes[plan->tile_element[t]];
            const float *theta =
                    state->parameters + plan->tile_parameter[t] + (int64_t)n * children;
            for (int32_t c = 0; c < children; c++) total += theta[c] * linear[c];
            linear += children;
        }
        value[n] = total >= SMALLEST_SAFE_LINEAR_SUM
                           ? shift + log(total)
                           : log_sum_of_edges(plan, state, sum, n, scratch->element, 1);
    }
}

static void inputs_forward(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                           int32_t b) {
    for (int32_t i = 0; i < plan->inputs; i++) {
        input_forward(plan, state, capacity, b, i);
    }
}

double log_forward(const sluice_plan *plan, const sluice_state *state, int32_t capacity, int32_t b,
                   const log_scratch *scratch) {
    inputs_forward(plan, state, capacity, b);
    for (int32_t i = 0; i < plan->operations; i++) {
        if (plan->operation[i] >= 0) {
            sum_forward(plan, state, b, plan->operation[i], scratch);
        }
    }
    return *block_row(plan, state->log_values, b, plan->root);
}

double log_forward_maximum(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                           int32_t b, int32_t row, const log_scratch *scratch) {
    for (int32_t i = 0; i < plan->inputs; i++) {
        if (is_missing(plan, state, capacity, plan->input_variable[i], b)) {
            input_modes(plan, state, b, row, i);
        } else {
            input_forward(plan, state, capacity, b, i);
        }
    }
    for (int32_t i = 0; i < plan->operations; i++) {
        const int32_t sum = plan->operation[i];
        if (sum < 0) {
            continue;
        }
        elements_forward(plan, state, b, sum, scratch->element);
        double *value = block_row(plan, state->log_values, b, plan->sum_block[sum]);
        for (int32_t n = 0; n < plan->block_nodes[plan->sum_block[sum]]; n++) {
            value[n] = log_sum_of_edges(plan, state, sum, n, scratch->element, 0);
        }
    }
    return *block_row(plan, state->log_values, b, plan->root);
}

/*
 * F_e,c += sum_n F_n theta_nc exp(e_c - l_n), computed as
 * exp(e_c - shift) sum_n theta_nc F_n exp(shift - l_n) if the last factor is in range.
 */
static void tile_backward(const sluice_plan *plan, const sluice_state *state, int32_t b, int32_t t,
                          const log_scratch *scratch) {
    const int32_t element = plan->tile_element[t];
    const int32_t children = plan->element_nodes[element];
    const int32_t block = plan->sum_block[plan->tile_sum[t]];
    const double *value = block_row(plan, state->log_values, b, block);
    const double *flow = block_row(plan, state->log_flows, b, block);
    double *to = element_row(plan, state, b, element);
    element_forward(plan, state, b, element, scratch->element);
    const double shift = maximum(scratch->element, children);
    if (shift == -INFINITY) {
        return;
    }
    memset(scratch->linear, 0, sizeof(double) * (size_t)children);
    for (int32_t n = 0; n < plan->block_nodes[block]; n++) {
        if (flow[n] == 0) {
            continue;
        }
        const float *theta = state->parameters + plan->tile_parameter[t] + (int64_t)n * children;
        if (shift - value[n] < LARGEST_SAFE_EXPONENT) {
            const double ratio = flow[n] * exp(shift - value[n]);
            for (int32_t c = 0; c < children; c++) scratch->linear[c] += theta[c] * ratio;
        } else {
            for (int32_t c = 0; c < children; c++) {
                if (theta[c] != 0) {
                    to[c] += flow[n] * exp(log(theta[c]) + scratch->element[c] - value[n]);
                }
            }
        }
    }
    for (int32_t c = 0; c < children; c++) {
        to[c] += exp(scratch->element[c] - shift) * scratch->linear[c];
    }
}

void log_backward(const sluice_plan *plan, const sluice_state *state, int32_t b,
                  const log_scratch *scratch) {
    memset(state->log_flows + (int64_t)b * plan->block_nodes_total, 0,
           sizeof(double) * (size_t)plan->block_nodes_total);
    memset(state->element_flows + (int64_t)b * plan->flow_nodes, 0,
           sizeof(double) * (size_t)plan->flow_nodes);
    if (state->skipped[b] != ROW_COUNTS) {
        return;
    }
    *block_row(plan, state->log_flows, b, plan->root) = 1;
    for (int32_t i = plan->operations - 1; i >= 0; i--) {
        const int32_t operation = plan->operation[i];
        if (operation >= 0) {
            for (int32_t t = plan->sum_tile_begin[operation];
                 t < plan->sum_tile_begin[operation + 1]; t++) {
                tile_backward(plan, state, b, t, scratch);
            }
            continue;
        }
        const double *flow = element_row(plan, state, b, ~operation);
        for (int32_t f = plan->element_factor_begin[~operation];
             f < plan->element_factor_begin[~operation + 1]; f++) {
            double *to = block_row(plan, state->log_flows, b, plan->element_factor[f]);
            for (int32_t c = 0; c < plan->element_nodes[~operation]; c++) to[c] += flow[c];
        }
    }
}

void log_weight_statistics(const sluice_plan *plan, const sluice_state *state, int32_t weight,
                           int32_t row_begin, int32_t row_end, int32_t count, int add,
                           const log_scratch *scratch) {
    const int32_t children = plan->weight_nodes[weight];
    const int32_t rows = row_end - row_begin;
    memset(scratch->rows, 0, sizeof(double) * (size_t)rows * (size_t)children);
    for (int32_t i = plan->weight_tile_begin[weight]; i < plan->weight_tile_begin[weight + 1];
         i++) {
        const int32_t t = plan->weight_tile[i];
        const int32_t block = plan->sum_block[plan->tile_sum[t]];
        for (int32_t b = 0; b < count; b++) {
            if (state->skipped[b] != ROW_COUNTS) {
                continue;
            }
            const double *value = block_row(plan, state->log_values, b, block) + row_begin;
            const double *flow = block_row(plan, state->log_flows, b, block) + row_begin;
            element_forward(plan, state, b, plan->tile_element[t], scratch->element);
            const double shift = maximum(scratch->element, children);
            if (shift == -INFINITY) {
                continue;
            }
            for (int32_t c = 0; c < children; c++) {
                scratch->linear[c] = exp(scratch->element[c] - shift);
            }
            for (int32_t n = 0; n < rows; n++) {
                if (flow[n] == 0) {
                    continue;
                }
                double *to = scratch->rows + (int64_t)n * children;
                if (shift - value[n] < LARGEST_SAFE_EXPONENT) {
                    const double ratio = flow[n] * exp(shift - value[n]);
                    for (int32_t c = 0; c < children; c++) to[c] += ratio * scratch->linear[c];
                } else {
                    /* Edges only: elsewhere the exponent may be out of range. */
                    const float *theta = state->parameters + plan->weight_parameter[weight]
                                         + (int64_t)(row_begin + n) * children;
                    for (int32_t c = 0; c < children; c++) {
                        if (theta[c] != 0) to[c] += flow[n] * exp(scratch->element[c] - value[n]);
                    }
                }
            }
        }
    }
    /* Edges only: elsewhere nothing bounds the sum, which may leave the range of a float. */
    const int64_t first = plan->weight_parameter[weight] + (int64_t)row_begin * children;
    const float *theta = state->parameters + first;
    float *statistics = state->statistics + first;
    for (int64_t i = 0; i < (int64_t)rows * children; i++) {
        const float old = add ? statistics[i] : 0;
        statistics[i] = theta[i] != 0 ? (float)(old + scratch->rows[i]) : old;
    }
}

void log_table_statistics(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                          int32_t table, int32_t column_begin, int32_t column_end, int32_t count,
                          int add) {
    const int64_t stride = plan->table_nodes[table];
    if (!add) {
        clear_table_columns(plan, state, table, column_begin, column_end);
    }
    const int32_t last = plan->table_input_begin[table + 1];
    for (int32_t i = plan->table_input_begin[table];
         (i = next_table_input(plan, table, column_begin, column_end, i)) < last; i++) {
        const int32_t input = plan->table_input[i];
        const int32_t block = plan->input_block[input];
        const int32_t shift = plan->input_first[input];
        const int32_t begin = column_begin > shift ? column_begin - shift : 0;
        const int32_t nodes = plan->block_nodes[block];
        const int32_t end = column_end - shift < nodes ? column_end - shift : nodes;
        float *to = state->statistics + plan->table_statistic[table] + shift;
        const float *mean = state->parameters + plan->table_parameter[table] + shift;
        for (int32_t b = 0; b < count; b++) {
            if (state->skipped[b] != ROW_COUNTS) {
                continue;
            }
            const int32_t cell = *variable_cells(state, capacity, plan->input_variable[input], b);
            const double *flow = block_row(plan, state->log_flows, b, block);
            if (plan->table_kind[table] != SLUICE_GAUSSIAN) {
                for (int32_t n = begin; n < end && cell >= 0; n++) {
                    to[cell * stride + n] = (float)(to[cell * stride + n] + flow[n]);
                }
                continue;
            }
            const double x = cell_value(cell);
            for (int32_t n = begin; n < end && x == x; n++) {
                const double z = (x - mean[n]) / mean[stride + n];
                to[n] = (float)(to[n] + flow[n]);
                to[stride + n] = (float)(to[stride + n] + flow[n] * z);
                to[2 * stride + n] = (float)(to[2 * stride + n] + flow[n] * z * z);
            }
        }
    }
}

static void visit_element(const sluice_plan *plan, int32_t element, int32_t node, int32_t *chosen) {
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        chosen[plan->element_factor[f]] = node;
    }
}

static void start_at_root(const sluice_plan *plan, int32_t *chosen) {
    for (int32_t i = 0; i < plan->blocks; i++) chosen[i] = -1;
    chosen[plan->root] = 0;
}

/* Visits the first edge at which the running sum of the terms exceeds `threshold`. */
static void draw_edge(const sluice_plan *plan, const sluice_state *state, int32_t b, int32_t sum,
                      int32_t node, double threshold, const log_scratch *scratch) {
    const double value = block_row(plan, state->log_values, b, plan->sum_block[sum])[node];
    elements_forward(plan, state, b, sum, scratch->element);
    const double *element = scratch->element;
    double total = 0;
    int32_t last_element = -1;
    int32_t last_node = 0;
    for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
        const int32_t children = plan->element_nodes[plan->tile_element[t]];
        const float *theta = state->parameters + plan->tile_parameter[t] + (int64_t)node * children;
        for (int32_t c = 0; c < children; c++) {
            const double term = theta[c] == 0 ? 0 : exp(log(theta[c]) + element[c] - value);
            if (term > 0) {
                last_element = plan->tile_element[t];
                last_node = c;
                total += term;
                if (total > threshold) {
                    visit_element(plan, last_element, last_node, scratch->chosen);
                    return;
                }
            }
        }
        element += children;
    }
    /* Rounding left the total just under one. */
    if (last_element >= 0) {
        visit_element(plan, last_element, last_node, scratch->chosen);
    }
}

void log_draw_nodes(const sluice_plan *plan, const sluice_state *state, int32_t b, uint64_t seed,
                    uint64_t draw, const log_scratch *scratch) {
    start_at_root(plan, scratch->chosen);
    for (int32_t i = plan->operations - 1; i >= 0; i--) {
        const int32_t sum = plan->operation[i];
        if (sum < 0 || scratch->chosen[plan->sum_block[sum]] < 0) {
            continue;
        }
        const int32_t block = plan->sum_block[sum];
        const philox_block random = philox(seed, draw, (uint32_t)block, 0);
        draw_edge(plan, state, b, sum, scratch->chosen[block],
                  uniform_from(random.word[0], random.word[1]), scratch);
    }
}

void log_trace_maximum(const sluice_plan *plan, const sluice_state *state, int32_t b,
                       const log_scratch *scratch) {
    start_at_root(plan, scratch->chosen);
    for (int32_t i = plan->operations - 1; i >= 0; i--) {
        const int32_t sum = plan->operation[i];
        if (sum < 0 || scratch->chosen[plan->sum_block[sum]] < 0) {
            continue;
        }
        const int32_t node = scratch->chosen[plan->sum_block[sum]];
        elements_forward(plan, state, b, sum, scratch->element);
        const double *element = scratch->element;
        double best = -INFINITY;
        int32_t best_element = plan->tile_element[plan->sum_tile_begin[sum]];
        int32_t best_node = 0;
        for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
            const int32_t children = plan->element_nodes[plan->tile_element[t]];
            const float *theta =
                    state->parameters + plan->tile_parameter[t] + (int64_t)node * children;
            for (int32_t c = 0; c < children; c++) {
                const double term = theta[c] == 0 ? -INFINITY : log(theta[c]) + element[c];
                if (term > best) {
                    best = term;
                    best_element = plan->tile_element[t];
                    best_node = c;
                }
            }
            element += children;
        }
        visit_element(plan, best_element, best_node, scratch->chosen);
    }
}
