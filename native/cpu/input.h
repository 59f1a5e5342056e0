/*
 * Input blocks that are not read in place. A node's log-density l_n is log N(x; mu_n, sigma_n) of a
 * Gaussian, or an entry of a table of log-densities. Its value is v_n = exp(l_n - s log 2), where 2^s
 * is the smallest power of two that is not below the largest density. The value of a density that is
 * not zero is at least the smallest normal float; sum.h marks rows that this could distort.
 */
#ifndef SLUICE_INPUT_H
#define SLUICE_INPUT_H

#include <math.h>

#include "layout.h"
#include "simd.h"

#define HALF_LOG_TWO_PI 0.91893853320467274178
#define LOG_TWO 0.69314718055994530942
#define SMALLEST_NORMAL 0x1p-126f

static void missing_row(int32_t nodes, float *row, int32_t *scale) {
    for (int32_t n = 0; n < nodes; n++) row[n] = 0.5f;
    *scale = 1;
}

/* Values and scale of a row from its log-densities, of which `best` is the largest. */
static void store_densities(const double *density, double best, int32_t nodes, float *row,
                            int32_t *scale) {
    if (best == -INFINITY) {
        for (int32_t n = 0; n < nodes; n++) row[n] = 0;
        *scale = SCALE_OF_ZERO;
        return;
    }
    const int32_t exponent = (int32_t)fmax(ceil(best / LOG_TWO), -8000000.0);
    for (int32_t n = 0; n < nodes; n++) {
        const float value = (float)exp(density[n] - exponent * LOG_TWO);
        const float least = density[n] > -INFINITY ? SMALLEST_NORMAL : 0;
        row[n] = value > least ? value : least;
    }
    *scale = exponent;
}

static void gaussian_forward(const sluice_plan *plan, const sluice_state *state, int32_t input,
                             int32_t first, int32_t count, const linear_scratch *scratch) {
    const int32_t block = plan->input_block[input];
    const int32_t nodes = plan->block_nodes[block];
    const int32_t table = plan->input_table[input];
    const float *mean = state->parameters + plan->table_parameter[table] + plan->input_first[input];
    const float *deviation = mean + plan->table_nodes[table];
    const int32_t *cells =
            variable_cells(state, state->capacity, plan->input_variable[input], first);
    int32_t *scale = block_scales(state, block, first);
    float *values = block_values(plan, state->values, state->capacity, block, first);
    double *density = (double *)scratch->formed;
    double *peak = (double *)scratch->scaled;
    for (int32_t n = 0; n < nodes; n++) peak[n] = -log(deviation[n]) - HALF_LOG_TWO_PI;
    for (int32_t b = 0; b < count; b++) {
        float *row = values + (int64_t)b * nodes;
        const double x = cell_value(cells[b]);
        if (x != x) {
            missing_row(nodes, row, scale + b);
            continue;
        }
        double best = -INFINITY;
        for (int32_t n = 0; n < nodes; n++) {
            double z = (x - mean[n]) / deviation[n];
            density[n] = peak[n] - 0.5 * z * z;
            best = density[n] > best ? density[n] : best;
        }
        store_densities(density, best, nodes, row, scale + b);
    }
}

static void tabulated_forward(const sluice_plan *plan, const sluice_state *state, int32_t input,
                              int32_t first, int32_t count, const linear_scratch *scratch) {
    const int32_t block = plan->input_block[input];
    const int32_t nodes = plan->block_nodes[block];
    const int32_t table = plan->input_table[input];
    const float *entries =
            state->parameters + plan->table_parameter[table] + plan->input_first[input];
    const int32_t *cells =
            variable_cells(state, state->capacity, plan->input_variable[input], first);
    int32_t *scale = block_scales(state, block, first);
    float *values = block_values(plan, state->values, state->capacity, block, first);
    double *density = (double *)scratch->formed;
    for (int32_t b = 0; b < count; b++) {
        float *row = values + (int64_t)b * nodes;
        if (cells[b] < 0) {
            missing_row(nodes, row, scale + b);
            continue;
        }
        const float *from = entries + (int64_t)cells[b] * plan->table_nodes[table];
        const float *rest = from + table_entries(plan, table);
        double best = -INFINITY;
        for (int32_t n = 0; n < nodes; n++) {
            density[n] = (double)from[n] + rest[n];
            best = density[n] > best ? density[n] : best;
        }
        store_densities(density, best, nodes, row, scale + b);
    }
}

static void input_forward(const sluice_plan *plan, const sluice_state *state, int32_t input,
                          int32_t first, int32_t count, const linear_scratch *scratch) {
    switch (plan->table_kind[plan->input_table[input]]) {
        case SLUICE_FINITE: /* read in place */
            return;
        case SLUICE_GAUSSIAN:
            gaussian_forward(plan, state, input, first, count, scratch);
            return;
        default:
            tabulated_forward(plan, state, input, first, count, scratch);
    }
}

#endif
