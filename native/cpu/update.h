/*
 * EM step: theta <- (1 - step) theta + step (flow + pseudocount / fan_in) / (total + pseudocount),
 * with flow = theta T. A weight of exactly zero is no edge and stays zero; fan_in
 * counts the others. Nodes without any flow or pseudocount keep their parameters. Traffic: one
 * read of theta and T for the totals, then (from cache) one more and one write of theta; sum weights
 * are written once more, transposed for the way up. What the next pass needs is asked for by the one
 * before, so that memory has something to do all the time.
 */
#ifndef SLUICE_UPDATE_H
#define SLUICE_UPDATE_H

#include <math.h>

#include "layout.h"
#include "simd.h"
#include "transpose.h"

static void transpose_group(const sluice_plan *plan, const sluice_state *state, int32_t group,
                            int32_t begin, int32_t end) {
    for (int32_t w = plan->block_row_weight_begin[group]; w < plan->block_row_weight_begin[group + 1];
         w++) {
        const int32_t children = plan->weight_nodes[w];
        transpose(state->parameters + plan->weight_parameter[w] + (int64_t)begin * children,
                  end - begin, children,
                  prepared_weights(state) + plan->weight_parameter[w] + begin,
                  plan->block_row_nodes[group]);
    }
}

/* Weights follow each other in memory: so far ahead they are asked for. */
enum { FLOATS_AHEAD = 512 };

/* What becomes of the weights of some nodes: theta <- theta (keep + gain T) + floor */
typedef struct {
    double total[NODES_A_TASK];
    double fan_in[NODES_A_TASK];
    float gain[NODES_A_TASK];
    float floor[NODES_A_TASK];
} node_steps;

/* to[n] += the sum of the row's lanes, in float64 and in their order */
INLINE void add_lane_sums(const float *rows, double *to) {
    float lane[LANES][NODES_A_TASK];
    double sum[NODES_A_TASK] = {0};
    transpose(rows, NODES_A_TASK, LANES, lane[0], NODES_A_TASK);
    for (int i = 0; i < LANES; i++) {
        for (int n = 0; n < NODES_A_TASK; n++) sum[n] += lane[i][n];
    }
    for (int n = 0; n < NODES_A_TASK; n++) to[n] += sum[n];
}

/* Totals of flows, and edges, of nodes `begin` on. */
static void total_nodes(const sluice_plan *plan, const sluice_state *state, int32_t group,
                        int32_t begin, int32_t count, node_steps *steps) {
    float flows[NODES_A_TASK][LANES] = {{0}};
    float edges[NODES_A_TASK][LANES] = {{0}};
    for (int32_t w = plan->block_row_weight_begin[group]; w < plan->block_row_weight_begin[group + 1];
         w++) {
        const int32_t children = plan->weight_nodes[w];
        for (int32_t n = 0; n < count; n++) {
            const int64_t at = plan->weight_parameter[w] + (int64_t)(begin + n) * children;
            const float *theta = state->parameters + at;
            const float *flow = state->statistics + at;
            vf sum = {0};
            vf edge = load(edges[n]);
            FOR_EACH_VECTOR(c, lanes, children) {
                __builtin_prefetch(theta + c + FLOATS_AHEAD, 1);
                __builtin_prefetch(flow + c + FLOATS_AHEAD);
                const vf old = load_lanes(theta + c, lanes);
                sum += old * load_lanes(flow + c, lanes);
                edge += keep_where_nonzero(splat(1), old);
            }
            store(flows[n], sum);
            store(edges[n], edge);
        }
        add_lane_sums(flows[0], steps->total);
    }
    add_lane_sums(edges[0], steps->fan_in);
}

/* Asks for the place of some columns of a weight's task, transposed. */
INLINE void prefetch_turned(const sluice_plan *plan, const sluice_state *state, int32_t group,
                            int32_t weight, int32_t node, int32_t begin, int32_t end) {
    const float *to = prepared_weights(state) + plan->weight_parameter[weight] + node;
    for (int32_t c = begin; c < end; c++) {
        for (int n = 0; n < NODES_A_TASK; n += FLOATS_A_LINE) {
            __builtin_prefetch(to + (int64_t)c * plan->block_row_nodes[group] + n, 1);
        }
    }
}

/*
 * Of the group's nodes row_begin .. row_end - 1, at most NODES_A_TASK. Returns 0 when some of their
 * statistics are not finite; these nodes' parameters are unchanged.
 */
static int update_group(const sluice_plan *plan, const sluice_state *state, int32_t group,
                        int32_t row_begin, int32_t row_end, double step_size,
                        double pseudocount) {
    const int32_t count = row_end - row_begin;
    node_steps steps = {.total = {0}, .fan_in = {0}};
    int finite = 1;
    total_nodes(plan, state, group, row_begin, count, &steps);
    for (int n = 0; n < NODES_A_TASK; n++) {
        const double all = steps.total[n] + pseudocount;
        steps.gain[n] = (float)(step_size / all);
        steps.floor[n] = (float)(step_size * (pseudocount / all) / steps.fan_in[n]);
    }
    const vf keep = splat((float)(1 - step_size));
    for (int32_t w = plan->block_row_weight_begin[group]; w < plan->block_row_weight_begin[group + 1];
         w++) {
        const int32_t children = plan->weight_nodes[w];
        for (int32_t n = 0; n < count; n++) {
            finite &= isfinite(steps.total[n]) != 0;
            if (!(isfinite(steps.total[n]) && steps.total[n] + pseudocount > 0
                  && steps.fan_in[n] > 0)) {
                continue;
            }
            const int64_t at = plan->weight_parameter[w] + (int64_t)(row_begin + n) * children;
            float *theta = state->parameters + at;
            const float *flow = state->statistics + at;
            const vf gain = splat(steps.gain[n]);
            const vf floor = splat(steps.floor[n]);
            prefetch_turned(plan, state, group, w, row_begin, n * children / count,
                            (n + 1) * children / count);
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
 * Of so many entries of a table both parameters and statistics stay in the second-level cache: the
 * first pass, which waits for the statistics to arrive, asks for the parameters too.
 */
enum { MOST_ENTRIES_AHEAD = 1 << 16 };

/* totals in registers; all but the pointers and the tail constant */
INLINE void totals_of(const float *from, int64_t stride, int32_t rows, const int vectors, int tail,
                      float *total, const float *ahead) {
    vf sum[4] = {{0}};
    const int whole = tail ? vectors - 1 : vectors;
    for (int32_t k = 0; k < rows; k++) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            const float *at = from + v * LANES;
            sum[v] += v < whole ? load(at) : load_first(at, tail);
        }
        if (ahead != NULL) {
            for (int v = 0; v < vectors; v++) __builtin_prefetch(ahead + v * LANES, 1);
            ahead += stride;
        }
        from += stride;
    }
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
        if (v < whole) {
            store(total + v * LANES, sum[v]);
        } else {
            store_first(total + v * LANES, sum[v], tail);
        }
    }
}

/* total[n] = sum_k from[k][n], k in order; `ahead` lies like `from` and is fetched, unless NULL */
static void column_totals(const float *from, int64_t stride, int32_t rows, int32_t columns,
                          float *total, const float *ahead) {
    for (int32_t n = 0; n < columns; n += 4 * LANES) {
        const int32_t left = columns - n < 4 * LANES ? columns - n : 4 * LANES;
        const int tail = left % LANES;
        const float *there = ahead != NULL ? ahead + n : NULL;
        switch ((left + LANES - 1) / LANES) {
            case 4:
                totals_of(from + n, stride, rows, 4, tail, total + n, there);
                break;
            case 3:
                totals_of(from + n, stride, rows, 3, tail, total + n, there);
                break;
            case 2:
                totals_of(from + n, stride, rows, 2, tail, total + n, there);
                break;
            default:
                totals_of(from + n, stride, rows, 1, tail, total + n, there);
                break;
        }
    }
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
    column_totals(statistics, stride, categories, nodes, total,
                  categories * nodes <= MOST_ENTRIES_AHEAD ? parameters : NULL);
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
    switch (plan->table_kind[table]) {
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
