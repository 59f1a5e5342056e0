/*
 * Input blocks that are not read in place. Gaussian nodes: l_n = log N(x; mu_n, sigma_n), then
 * v_n = exp(l_n - s log 2) with s the power of two over the largest. A density is never zero, so
 * values are kept at or above the smallest normal float; sum.h flags what that could distort.
 */
#ifndef SLUICE_INPUT_H
#define SLUICE_INPUT_H

#include <math.h>

#include "layout.h"
#include "simd.h"

#define HALF_LOG_TWO_PI 0.91893853320467274178
#define LOG_TWO 0.69314718055994530942
#define SMALLEST_NORMAL 0x1p-126f

static void gaussian_forward(const sluice_plan *plan, const sluice_state *state, int32_t input,
                             int32_t first, int32_t count, const wave_scratch *scratch) {
    const int32_t block = plan->input_block[input];
    const int32_t nodes = plan->block_nodes[block];
    const int32_t table = plan->input_table[input];
    const float *mean =
            state->parameters + plan->table_parameter[table] + plan->input_first[input];
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
            for (int32_t n = 0; n < nodes; n++) row[n] = 0.5f;
            scale[b] = 1;
            continue;
        }
        double best = -INFINITY;
        for (int32_t n = 0; n < nodes; n++) {
            double z = (x - mean[n]) / deviation[n];
            density[n] = peak[n] - 0.5 * z * z;
            best = density[n] > best ? density[n] : best;
        }
        const int32_t exponent = (int32_t)fmax(ceil(best / LOG_TWO), -8000000.0);
        for (int32_t n = 0; n < nodes; n++) {
            float value = (float)exp(density[n] - exponent * LOG_TWO);
            row[n] = value > SMALLEST_NORMAL ? value : SMALLEST_NORMAL;
        }
        scale[b] = exponent;
    }
}

#endif
