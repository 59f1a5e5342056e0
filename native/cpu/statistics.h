/*
 * Statistics of parameters over the rows of a row group. The backward pass adds the statistics of
 * weights that only one tile uses and of table columns that only one element reads, while it computes
 * their flows. The others are added afterwards: each thread owns some rows of a weight, or some
 * columns of a table. Either way, rows are added in order and threads share no sums, so the result is
 * the same for any number of threads. Without `add` the sums replace the present ones: those of a
 * tile start from zero in registers, and the owner of a table's columns clears them first.
 *
 *   tile     T[n][c] += sum_b g[b][n] 2^(s_e - s) p[b][c]      (edge flow = theta T)
 *   finite   T[category of b][n] += F_n[b]; the same for the rows of tables of log-densities
 *   Gaussian T[0][n] += F_n[b], T[1][n] += F_n[b] z, T[2][n] += F_n[b] z^2
 *            with z = (x_b - mean_n) / deviation_n. Moments about zero would lose a deviation that
 *            is small relative to the mean; moments in the variable's unit would overflow with it
 */
#ifndef SLUICE_STATISTICS_H
#define SLUICE_STATISTICS_H

#include "flow.h"

static void weight_statistics(const sluice_plan *plan, const sluice_state *state, int32_t weight,
                              int32_t row_begin, int32_t row_end, int32_t count, int add,
                              const linear_scratch *scratch) {
    const int32_t children = plan->weight_nodes[weight];
    float *statistics =
            state->statistics + plan->weight_parameter[weight] + (int64_t)row_begin * children;
    for (int32_t i = plan->weight_tile_begin[weight]; i < plan->weight_tile_begin[weight + 1];
         i++) {
        const int32_t t = plan->weight_tile[i];
        const int32_t element = plan->tile_element[t];
        const int32_t block = plan->sum_block[plan->tile_sum[t]];
        const int32_t nodes = plan->block_nodes[block];
        for (int32_t first = 0; first < count; first += ROWS_PER_CALL) {
            const int32_t rows = count - first < ROWS_PER_CALL ? count - first : ROWS_PER_CALL;
            const float *operand = element_values(plan, state, element, first);
            if (plan->element_tile_begin[element + 1] - plan->element_tile_begin[element] > 1) {
                element_scales(plan, state, element, first, rows, scratch->scale);
                edge_factors(state, scratch->scale, block, first, rows, scratch->factor);
                scale_rows(kept_element(plan, state, element, first), scratch->factor, rows,
                           children, scratch->formed);
                operand = scratch->formed;
            }
            const float *gradients =
                    block_values(plan, state->gradients, state->capacity, block, first);
            matmul(row_end - row_begin, children, rows, gradients + row_begin, 1, nodes, operand,
                   children, statistics, children, add);
            add = 1;
        }
    }
    if (!add) { /* no rows */
        memset(statistics, 0,
               sizeof *statistics * (size_t)(row_end - row_begin) * (size_t)children);
    }
}

INLINE void add_row(float *to, const float *from, int32_t nodes) {
    FOR_EACH_VECTOR(n, lanes, nodes) {
        store_lanes(to + n, load_lanes(to + n, lanes) + load_lanes(from + n, lanes), lanes);
    }
}

/*
 * Adds the flows of an element to the columns of a table that one of its factors, an input, reads.
 */
static void add_input_statistics(const sluice_plan *plan, const sluice_state *state, int32_t input,
                                 int32_t element, int32_t begin, int32_t end, int32_t first,
                                 int32_t count) {
    const int32_t table = plan->input_table[input];
    const int64_t stride = plan->table_nodes[table];
    const int32_t nodes = plan->block_nodes[plan->input_block[input]];
    const int32_t *cells =
            variable_cells(state, state->capacity, plan->input_variable[input], first);
    const float *flows = element_flows(plan, state, element, first);
    const int finite = plan->table_kind[table] != SLUICE_GAUSSIAN;
    float *to = state->statistics + plan->table_statistic[table] + plan->input_first[input] + begin;
    for (int32_t b = 0; b < count; b++) {
        const float *row = flows + (int64_t)b * nodes + begin;
        if (state->skipped[first + b] != ROW_COUNTS) {
            continue;
        }
        if (finite) {
            if (b + ROWS_AHEAD < count && cells[b + ROWS_AHEAD] >= 0) {
                __builtin_prefetch(to + cells[b + ROWS_AHEAD] * stride, 1);
            }
            if (cells[b] >= 0) {
                add_row(to + cells[b] * stride, row, end - begin);
            }
            continue;
        }
        const double x = cell_value(cells[b]);
        if (x != x) {
            continue;
        }
        const float *mean =
                state->parameters + plan->table_parameter[table] + plan->input_first[input] + begin;
        for (int32_t n = 0; n < end - begin; n++) {
            const float z = (float)((x - mean[n]) / mean[stride + n]);
            to[n] += row[n];
            to[stride + n] += row[n] * z;
            to[2 * stride + n] += row[n] * (z * z);
        }
    }
}

/* Adds, in the backward pass, the statistics of table columns that only this element reads. */
static void own_table_statistics(const sluice_plan *plan, const sluice_state *state,
                                 int32_t element, int32_t first, int32_t count,
                                 const gathering *gathered) {
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        const int32_t block = plan->element_factor[f];
        const int32_t input = plan->block_input[block];
        if (input < 0 || !gathered->owners->table_alone[plan->input_table[input]]) {
            continue;
        }
        const int32_t nodes = plan->block_nodes[block];
        if (!gathered->add) {
            const int32_t column = plan->input_first[input];
            clear_table_columns(plan, state, plan->input_table[input], column, column + nodes);
        }
        add_input_statistics(plan, state, input, element, 0, nodes, first, count);
    }
}

static void table_statistics(const sluice_plan *plan, const sluice_state *state, int32_t table,
                             int32_t column_begin, int32_t column_end, int32_t count, int add) {
    if (!add) {
        clear_table_columns(plan, state, table, column_begin, column_end);
    }
    const int32_t last = plan->table_input_begin[table + 1];
    for (int32_t i = plan->table_input_begin[table];
         (i = next_table_input(plan, table, column_begin, column_end, i)) < last; i++) {
        const int32_t input = plan->table_input[i];
        const int32_t block = plan->input_block[input];
        const int32_t nodes = plan->block_nodes[block];
        const int32_t shift = plan->input_first[input];
        const int32_t begin = column_begin > shift ? column_begin - shift : 0;
        const int32_t end = column_end - shift < nodes ? column_end - shift : nodes;
        for (int32_t e = plan->block_element_begin[block]; e < plan->block_element_begin[block + 1];
             e++) {
            add_input_statistics(plan, state, input, plan->block_element[e], begin, end, 0, count);
        }
    }
}

#endif
