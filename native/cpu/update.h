/*
 * EM step. Let flow be theta T of a weight, or T of a category; total, the sum of the node's flows;
 * and sum, the sum of the node's parameters, which is one up to rounding:
 *
 *   theta <- (1 - step) theta / sum + step (flow + pseudocount / n) / (total + pseudocount)
 *
 * n is the number of weights that are not zero, or of categories. Dividing by `sum` keeps rounding
 * from adding up over many small steps. A weight of zero is no edge and stays zero. No other
 * parameter becomes zero: it stays at least SMALLEST_WEIGHT (range.h). A node keeps its parameters
 * when total + pseudocount is under SMALLEST_FLOW.
 *
 * Traffic: theta and T are read for the totals, and read again, from the cache, when theta is written.
 * Weights are written a second time, transposed for the forward pass. Each of these loops prefetches
 * what the next one needs.
 */
#ifndef SLUICE_UPDATE_H
#define SLUICE_UPDATE_H

#include <float.h>
#include <math.h>

#include "layout.h"
#include "simd.h"
#include "transpose.h"

static void transpose_block_row(const sluice_plan *plan, const sluice_state *state,
                                int32_t block_row, int32_t begin, int32_t end) {
    for (int32_t w = plan->block_row_weight_begin[block_row];
         w < plan->block_row_weight_begin[block_row + 1]; w++) {
        const int32_t children = plan->weight_nodes[w];
        transpose(state->parameters + plan->weight_parameter[w] + (int64_t)begin * children,
                  end - begin, children,
                  prepared_weights(state) + plan->weight_parameter[w] + begin,
                  plan->block_row_nodes[block_row]);
    }
}

/* Prefetch distance in weights, which are contiguous. */
enum { FLOATS_AHEAD = 512 };

/*
 * At most this many parameters of a node are added up in float32; their sum is then added in float64.
 * So the error does not grow with the fan-in.
 */
enum { TERMS_PER_SUM = 512 };

/* How a node's parameters move, if they do: theta <- keep theta + gain flow + extra. */
typedef struct {
    float keep;
    float gain;
    float extra;
    int moves;
} node_step;

INLINE node_step step_of(double total, double sum, double entries, double step_size,
                         double pseudocount) {
    const double all = total + pseudocount;
    const int moves = isfinite(all) && all >= SMALLEST_FLOW && sum > 0;
    return (node_step){.keep = moves ? (float)((1 - step_size) / sum) : 1,
                       .gain = moves ? (float)(step_size / all) : 0,
                       .extra = moves ? (float)(step_size * (pseudocount / all) / entries) : 0,
                       .moves = moves};
}

/* Sums over the weights of some nodes. */
typedef struct {
    double flow[NODES_PER_TASK];
    double weight[NODES_PER_TASK];
    double edges[NODES_PER_TASK]; /* weights that are not zero */
} node_totals;

/* The same sums, lane by lane. */
typedef struct {
    float flow[NODES_PER_TASK][LANES];
    float weight[NODES_PER_TASK][LANES];
    float edges[NODES_PER_TASK][LANES];
} lane_totals;

/* to[n] += the sum of row n's lanes, in float64 and in the order of the lanes */
INLINE void add_lane_sums(const float *rows, double *to) {
    float lane[LANES][NODES_PER_TASK];
    double sum[NODES_PER_TASK] = {0};
    transpose(rows, NODES_PER_TASK, LANES, lane[0], NODES_PER_TASK);
    for (int i = 0; i < LANES; i++) {
        for (int n = 0; n < NODES_PER_TASK; n++) sum[n] += lane[i][n];
    }
    for (int n = 0; n < NODES_PER_TASK; n++) to[n] += sum[n];
}

INLINE void move_lane_sums(lane_totals *from, node_totals *to) {
    add_lane_sums(from->flow[0], to->flow);
    add_lane_sums(from->weight[0], to->weight);
    add_lane_sums(from->edges[0], to->edges);
    memset(from, 0, sizeof *from);
}

/* Totals of the `count` nodes from `begin` on. */
static void total_nodes(const sluice_plan *plan, const sluice_state *state, int32_t block_row,
                        int32_t begin, int32_t count, node_totals *totals) {
    lane_totals lanes_of = {.flow = {{0}}};
    int32_t terms = 0; /* in the lanes */
    memset(totals, 0, sizeof *totals);
    for (int32_t w = plan->block_row_weight_begin[block_row];
         w < plan->block_row_weight_begin[block_row + 1]; w++) {
        const int32_t children = plan->weight_nodes[w];
        for (int32_t first = 0; first < children; first += TERMS_PER_SUM) {
            const int32_t part =
                    children - first < TERMS_PER_SUM ? children - first : TERMS_PER_SUM;
            if (terms + part > TERMS_PER_SUM) {
                move_lane_sums(&lanes_of, totals);
                terms = 0;
            }
            terms += part;
            for (int32_t n = 0; n < count; n++) {
                const int64_t at =
                        plan->weight_parameter[w] + (int64_t)(begin + n) * children + first;
                const float *theta = state->parameters + at;
                const float *statistics = state->statistics + at;
                vf flow = load(lanes_of.flow[n]);
                vf weight = load(lanes_of.weight[n]);
                vf edges = load(lanes_of.edges[n]);
                FOR_EACH_VECTOR(c, lanes, part) {
                    __builtin_prefetch(theta + c + FLOATS_AHEAD, 1);
                    __builtin_prefetch(statistics + c + FLOATS_AHEAD);
                    const vf old = load_lanes(theta + c, lanes);
                    flow += old * load_lanes(statistics + c, lanes);
                    weight += old;
                    edges += keep_where_nonzero(splat(1), old);
                }
                store(lanes_of.flow[n], flow);
                store(lanes_of.weight[n], weight);
                store(lanes_of.edges[n], edges);
            }
        }
    }
    move_lane_sums(&lanes_of, totals);
}

/* Prefetches some columns of the transposed copy, for writing. */
INLINE void prefetch_transposed(const sluice_plan *plan, const sluice_state *state,
                                int32_t block_row, int32_t weight, int32_t node, int64_t begin,
                                int64_t end) {
    const float *to = prepared_weights(state) + plan->weight_parameter[weight] + node;
    for (int64_t c = begin; c < end; c++) {
        for (int n = 0; n < NODES_PER_TASK; n += FLOATS_PER_LINE) {
            __builtin_prefetch(to + c * plan->block_row_nodes[block_row] + n, 1);
        }
    }
}

/*
 * Moves the weights of nodes row_begin .. row_end - 1 of the block row, at most NODES_PER_TASK.
 * Returns 0 if some statistics are not finite; nodes with such statistics keep their weights.
 */
static int update_block_row(const sluice_plan *plan, const sluice_state *state, int32_t block_row,
                            int32_t row_begin, int32_t row_end, double step_size,
                            double pseudocount) {
    const int32_t count = row_end - row_begin;
    node_totals totals;
    node_step steps[NODES_PER_TASK];
    int finite = 1;
    int moves = 0;
    total_nodes(plan, state, block_row, row_begin, count, &totals);
    for (int32_t n = 0; n < count; n++) {
        finite &= isfinite(totals.flow[n]) != 0;
        steps[n] =
                step_of(totals.flow[n], totals.weight[n], totals.edges[n], step_size, pseudocount);
        moves |= steps[n].moves;
    }
    if (!moves) {
        return finite;
    }
    const vf smallest = splat(SMALLEST_WEIGHT);
    for (int32_t w = plan->block_row_weight_begin[block_row];
         w < plan->block_row_weight_begin[block_row + 1]; w++) {
        const int64_t children = plan->weight_nodes[w];
        for (int32_t n = 0; n < count; n++) {
            prefetch_transposed(plan, state, block_row, w, row_begin, n * children / count,
                                (n + 1) * children / count);
            if (!steps[n].moves) {
                continue;
            }
            const int64_t at = plan->weight_parameter[w] + (row_begin + n) * children;
            float *theta = state->parameters + at;
            const float *statistics = state->statistics + at;
            const vf keep = splat(steps[n].keep);
            const vf gain = splat(steps[n].gain);
            const vf extra = splat(steps[n].extra);
            FOR_EACH_VECTOR(c, lanes, children) {
                const vf old = load_lanes(theta + c, lanes);
                const vf now = old * (keep + gain * load_lanes(statistics + c, lanes)) + extra;
                store_lanes(theta + c, keep_where_nonzero(larger(now, smallest), old), lanes);
            }
        }
    }
    transpose_block_row(plan, state, block_row, row_begin, row_end);
    return finite;
}

/* Column sums in registers; `vectors` is a constant. */
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

/* total[n] += sum_k from[k][n] in the order of k; prefetches `ahead`, of the same layout, unless NULL. */
static void add_column_sums(const float *from, int64_t stride, int32_t rows, int32_t columns,
                            double *total, const float *ahead) {
    float sum[COLUMNS_PER_TASK];
    for (int32_t n = 0; n < columns; n += 4 * LANES) {
        const int32_t left = columns - n < 4 * LANES ? columns - n : 4 * LANES;
        const int tail = left % LANES;
        const float *there = ahead != NULL ? ahead + n : NULL;
        switch ((left + LANES - 1) / LANES) {
            case 4:
                totals_of(from + n, stride, rows, 4, tail, sum + n, there);
                break;
            case 3:
                totals_of(from + n, stride, rows, 3, tail, sum + n, there);
                break;
            case 2:
                totals_of(from + n, stride, rows, 2, tail, sum + n, there);
                break;
            default:
                totals_of(from + n, stride, rows, 1, tail, sum + n, there);
                break;
        }
    }
    for (int32_t n = 0; n < columns; n++) total[n] += sum[n];
}

/*
 * Moves the columns column_begin .. column_end - 1, at most COLUMNS_PER_TASK, row by row, which is
 * the order of memory.
 */
static int update_finite_table(const sluice_plan *plan, const sluice_state *state, int32_t table,
                               int32_t column_begin, int32_t column_end, double step_size,
                               double pseudocount) {
    const int64_t stride = plan->table_nodes[table];
    const int32_t nodes = column_end - column_begin;
    const int32_t categories = plan->table_categories[table];
    float *parameters = state->parameters + plan->table_parameter[table] + column_begin;
    const float *statistics = state->statistics + plan->table_statistic[table] + column_begin;
    double total[COLUMNS_PER_TASK] = {0};
    double sum[COLUMNS_PER_TASK] = {0};
    float keep[COLUMNS_PER_TASK];
    float gain[COLUMNS_PER_TASK];
    float extra[COLUMNS_PER_TASK];
    float moves[COLUMNS_PER_TASK];
    int finite = 1;
    for (int32_t k = 0; k < categories; k += TERMS_PER_SUM) {
        const int32_t rows = categories - k < TERMS_PER_SUM ? categories - k : TERMS_PER_SUM;
        add_column_sums(statistics + k * stride, stride, rows, nodes, total,
                        parameters + k * stride);
        add_column_sums(parameters + k * stride, stride, rows, nodes, sum, NULL);
    }
    for (int32_t n = 0; n < nodes; n++) {
        const node_step step = step_of(total[n], sum[n], categories, step_size, pseudocount);
        finite &= isfinite(total[n]) != 0;
        keep[n] = step.keep;
        gain[n] = step.gain;
        extra[n] = step.extra;
        moves[n] = (float)step.moves;
    }
    const vf smallest = splat(SMALLEST_WEIGHT);
    for (int32_t k = 0; k < categories; k++) {
        float *theta = parameters + k * stride;
        const float *flow = statistics + k * stride;
        FOR_EACH_VECTOR(n, lanes, nodes) {
            const vf old = load_lanes(theta + n, lanes);
            const vf now = old * load_lanes(keep + n, lanes)
                           + load_lanes(flow + n, lanes) * load_lanes(gain + n, lanes)
                           + load_lanes(extra + n, lanes);
            const vf moved = keep_where_nonzero(larger(now, smallest), old + now);
            const vf_mask moving = load_lanes(moves + n, lanes) != splat(0);
            store_lanes(theta + n, masked(moved, moving) + masked(old, ~moving), lanes);
        }
    }
    return finite;
}

/* The nearest finite float32. */
INLINE float finite_float(double value) {
    return (float)(value < -FLT_MAX ? -FLT_MAX : value > FLT_MAX ? FLT_MAX : value);
}

/*
 * Means and second moments move like weights. The pseudocount stands for as many observations that
 * are distributed like the node is now. Deviations stay at or above the table's floor. The
 * statistics are moments of z = (x - m) / d, about the mean m in units of the deviation d, so
 *
 *   m <- m + shift, shift = step d T1 / (T0 + pseudocount)
 *   variance <- (1 - step) d^2 + step d^2 (T2 + pseudocount) / (T0 + pseudocount) - shift^2
 *
 * A node with T0 under SMALLEST_FLOW has seen nothing and keeps its parameters.
 */
static int update_gaussian_table(const sluice_plan *plan, const sluice_state *state, int32_t table,
                                 int32_t column_begin, int32_t column_end, double step_size,
                                 double pseudocount) {
    const int64_t nodes = plan->table_nodes[table];
    const double floor = plan->table_floor[table] > FLT_MIN ? plan->table_floor[table] : FLT_MIN;
    float *mean = state->parameters + plan->table_parameter[table];
    float *deviation = mean + nodes;
    const float *flow = state->statistics + plan->table_statistic[table];
    int finite = 1;
    for (int64_t n = column_begin; n < column_end; n++) {
        const double total = flow[n];
        const double first = flow[nodes + n];
        const double second = flow[2 * nodes + n];
        if (!isfinite(total) || !isfinite(first) || !isfinite(second)) {
            finite = 0;
            continue;
        }
        if (total >= SMALLEST_FLOW) {
            const double old = deviation[n];
            const double all = total + pseudocount;
            const double shift = step_size * old * first / all;
            const double variance =
                    old * old * (1 - step_size + step_size * (second / all + pseudocount / all))
                    - shift * shift;
            mean[n] = finite_float(mean[n] + shift);
            deviation[n] = finite_float(variance > floor * floor ? sqrt(variance) : floor);
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
        default: /* the caller updates tables of log-densities */
            return 1;
    }
}

#endif
