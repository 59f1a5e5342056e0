/*
 * EM step: theta <- (1 - step) theta + step (flow + pseudocount / fan_in) / (total + pseudocount),
 * with flow = theta T. A weight of exactly zero is no edge and stays zero; fan_in
 * counts the others. Nodes without any flow or pseudocount keep their parameters. Traffic: one
 * read of theta and T for the totals, then (from cache) one more and one write of theta.
 */
#ifndef SLUICE_UPDATE_H
#define SLUICE_UPDATE_H

#include <math.h>

#include "layout.h"
#include "simd.h"

INLINE double lane_sum(vf a) {
    double sum = 0;
    for (int i = 0; i < LANES; i++) sum += a[i];
    return sum;
}

/* to[c][n] = from[n][c]; rows of `to` lie `stride` apart */
static void transpose(const float *from, int32_t rows, int32_t columns, float *to,
                      int32_t stride) {
    enum { SIDE = 16 };
    for (int32_t r = 0; r < rows; r += SIDE) {
        const int32_t r_end = r + SIDE < rows ? r + SIDE : rows;
        for (int32_t c = 0; c < columns; c += SIDE) {
            const int32_t c_end = c + SIDE < columns ? c + SIDE : columns;
            for (int32_t j = c; j < c_end; j++) {
                for (int32_t i = r; i < r_end; i++) {
                    to[(int64_t)j * stride + i] = from[(int64_t)i * columns + j];
                }
            }
        }
    }
}

static void transpose_group(const sluice_plan *plan, const sluice_state *state, int32_t group,
                            int32_t begin, int32_t end) {
    for (int32_t w = plan->group_weight_begin[group]; w < plan->group_weight_begin[group + 1];
         w++) {
        const int32_t children = plan->weight_nodes[w];
        transpose(state->parameters + plan->weight_parameter[w] + (int64_t)begin * children,
                  end - begin, children,
                  prepared_weights(state) + plan->weight_parameter[w] + begin,
                  plan->group_nodes[group]);
    }
}

/*
 * Of the group's nodes row_begin .. row_end - 1. Returns 0 when some of their statistics are not
 * finite; these nodes' parameters are unchanged.
 */
static int update_group(const sluice_plan *plan, const sluice_state *state, int32_t group,
                        int32_t row_begin, int32_t row_end, double step_size,
                        double pseudocount) {
    const int32_t begin = plan->group_weight_begin[group];
    const int32_t end = plan->group_weight_begin[group + 1];
    int finite = 1;
    for (int32_t n = row_begin; n < row_end; n++) {
        double total = 0;
        int64_t fan_in = 0;
        for (int32_t w = begin; w < end; w++) {
            const int32_t children = plan->weight_nodes[w];
            const int64_t at = plan->weight_parameter[w] + (int64_t)n * children;
            const float *theta = state->parameters + at;
            const float *flow = state->statistics + at;
            vf sum = {0};
            FOR_EACH_VECTOR(c, lanes, children) {
                sum += load_lanes(theta + c, lanes) * load_lanes(flow + c, lanes);
            }
            total += lane_sum(sum);
            for (int32_t c = 0; c < children; c++) fan_in += theta[c] != 0;
        }
        if (!isfinite(total)) {
            finite = 0;
            continue;
        }
        if (!(total + pseudocount > 0) || fan_in == 0) {
            continue;
        }
        const vf keep = splat((float)(1 - step_size));
        const vf gain = splat((float)(step_size / (total + pseudocount)));
        const vf floor = splat(
                (float)(step_size * (pseudocount / (total + pseudocount)) / (double)fan_in));
        for (int32_t w = begin; w < end; w++) {
            const int32_t children = plan->weight_nodes[w];
            const int64_t at = plan->weight_parameter[w] + (int64_t)n * children;
            float *theta = state->parameters + at;
            const float *flow = state->statistics + at;
            FOR_EACH_VECTOR(c, lanes, children) {
                const vf old = load_lanes(theta + c, lanes);
                const vf now = old * (keep + gain * load_lanes(flow + c, lanes)) + floor;
                store_lanes(theta + c, keep_where_nonzero(now, old), lanes);
            }
        }
    }
    transpose_group(plan, state, group, row_begin, row_end);
    return finite;
}

/*
 * Columns column_begin .. column_end - 1, at most COLUMNS_A_TASK, row by row as they lie in
 * memory.
 */
static int update_finite_table(const sluice_plan *plan, const sluice_state *state, int32_t table,
                               int32_t column_begin, int32_t column_end, double step_size,
                               double pseudocount) {
    const int64_t stride = plan->table_nodes[table];
    const int32_t nodes = column_end - column_begin;
    const int32_t categories = plan->table_categories[table];
    float *parameters = state->parameters + plan->table_parameter[table] + column_begin;
    const float *statistics = state->statistics + plan->table_statistic[table] + column_begin;
    float total[COLUMNS_A_TASK] = {0};
    float keep[COLUMNS_A_TASK];
    float gain[COLUMNS_A_TASK];
    float extra[COLUMNS_A_TASK];
    int finite = 1;
    for (int32_t k = 0; k < categories; k++) {
        const float *flow = statistics + k * stride;
        FOR_EACH_VECTOR(n, lanes, nodes) {
            store_lanes(total + n, load_lanes(total + n, lanes) + load_lanes(flow + n, lanes),
                        lanes);
        }
    }
    for (int32_t n = 0; n < nodes; n++) {
        const double all = (double)total[n] + pseudocount;
        const int moves = all > 0 && isfinite(all);
        finite &= isfinite(total[n]) != 0;
        keep[n] = moves ? (float)(1 - step_size) : 1;
        gain[n] = moves ? (float)(step_size / all) : 0;
        extra[n] = moves ? (float)(step_size * (pseudocount / all) / categories) : 0;
    }
    for (int32_t k = 0; k < categories; k++) {
        float *theta = parameters + k * stride;
        const float *flow = statistics + k * stride;
        FOR_EACH_VECTOR(n, lanes, nodes) {
            const vf now = load_lanes(theta + n, lanes) * load_lanes(keep + n, lanes)
                           + load_lanes(flow + n, lanes) * load_lanes(gain + n, lanes)
                           + load_lanes(extra + n, lanes);
            store_lanes(theta + n, now, lanes);
        }
    }
    return finite;
}

/*
 * Means and second moments move like the weights; the pseudocount stands for that many
 * observations distributed as the node is now. Deviations are kept above the table's floor. The
 * statistics are moments about the mean m, about which the step is
 *
 *   m <- m + shift, shift = step T1 / (T0 + pseudocount)
 *   variance <- (1 - step) variance + step (T2 + pseudocount variance) / (T0 + pseudocount) - shift^2
 */
static int update_gaussian_table(const sluice_plan *plan, const sluice_state *state, int32_t table,
                                 int32_t column_begin, int32_t column_end, double step_size,
                                 double pseudocount) {
    const int32_t nodes = plan->table_nodes[table];
    const double floor = plan->table_floor[table];
    float *mean = state->parameters + plan->table_parameter[table];
    float *deviation = mean + nodes;
    const float *flow = state->statistics + plan->table_statistic[table];
    int finite = 1;
    for (int32_t n = column_begin; n < column_end; n++) {
        const double total = flow[n];
        const double first = flow[nodes + n];
        const double second = flow[2 * (int64_t)nodes + n];
        if (!isfinite(total) || !isfinite(first) || !isfinite(second)) {
            finite = 0;
            continue;
        }
        if (total > 0) {
            const double old = (double)deviation[n] * deviation[n];
            const double all = total + pseudocount;
            const double shift = step_size * first / all;
            const double variance = (1 - step_size) * old
                                    + step_size * (second / all + pseudocount / all * old)
                                    - shift * shift;
            mean[n] = (float)(mean[n] + shift);
            deviation[n] = (float)sqrt(variance > floor * floor ? variance : floor * floor);
        }
    }
    return finite;
}

static int update_table(const sluice_plan *plan, const sluice_state *state, int32_t table,
                        int32_t column_begin, int32_t column_end, double step_size,
                        double pseudocount) {
    switch (plan->table_family[table]) {
        case SLUICE_FINITE:
            return update_finite_table(plan, state, table, column_begin, column_end, step_size,
                                       pseudocount);
        case SLUICE_GAUSSIAN:
            return update_gaussian_table(plan, state, table, column_begin, column_end, step_size,
                                         pseudocount);
        default: /* tables of log-densities are the caller's */
            return 1;
    }
}

#endif
