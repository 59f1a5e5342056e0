/*
 * Flows, top down, and the statistics that only one element adds to: their operands are in the cache
 * then. F is the flow of a node, d log p / d log node; g = F / v is the gradient of a sum node:
 *
 *   sum      F_n = sum over elements that contain it of F_e,n          g_n = F_n / v_n
 *   element  F_e,c = p_c 2^(s_e - s) sum_n g_n theta_nc, summed over the tiles that read it
 *   tile     T_nc += sum_b g[b][n] 2^(s_e - s) p[b][c]                 (edge flow = theta T)
 *
 * The root's flow is 1, or 0 for a row that does not count. A node of value zero has flow zero.
 * Gradients may overwrite values, and flows may overwrite elements, unless tiles share their weights.
 * The statistics of shared weights (statistics.h) need both, and the scaled values of an element that
 * only one tile reads stay in its buffer.
 *
 * Traffic per row: value and element are read; gradient, element and flow are written, in place
 * where possible.
 */
#ifndef SLUICE_FLOW_H
#define SLUICE_FLOW_H

#include "matmul.h"
#include "product.h"

static void sum_gradient(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                         int32_t first, int32_t count) {
    const int32_t block = plan->sum_block[sum];
    const int32_t nodes = plan->block_nodes[block];
    const float *values = block_values(plan, state->values, state->capacity, block, first);
    float *gradients = block_values(plan, state->gradients, state->capacity, block, first);
    if (block == plan->root) {
        for (int32_t b = 0; b < count; b++) {
            gradients[b] = state->skipped[first + b] == ROW_COUNTS ? 1 / values[b] : 0;
        }
        return;
    }
    const int32_t begin = plan->block_element_begin[block];
    const int32_t end = plan->block_element_begin[block + 1];
    const int64_t size = (int64_t)count * nodes;
    if (begin == end) { /* nothing reads the block */
        memset(gradients, 0, sizeof *gradients * (size_t)size);
        return;
    }
    int64_t c = 0;
    for (; c + LANES <= size; c += LANES) {
        vf flow = load(element_flows(plan, state, plan->block_element[begin], first) + c);
        for (int32_t i = begin + 1; i < end; i++) {
            flow += load(element_flows(plan, state, plan->block_element[i], first) + c);
        }
        const vf value = load(values + c);
        store(gradients + c, keep_where_nonzero(flow / value, value));
    }
    for (; c < size; c++) {
        float flow = element_flows(plan, state, plan->block_element[begin], first)[c];
        for (int32_t i = begin + 1; i < end; i++) {
            flow += element_flows(plan, state, plan->block_element[i], first)[c];
        }
        gradients[c] = values[c] != 0 ? flow / values[c] : 0;
    }
}

/* factor[b] = 2^(s_e - s) of an element and a sum block that reads it; 0 where row b does not count */
static void edge_factors(const sluice_state *state, const int32_t *element_scale, int32_t sum_block,
                         int32_t first, int32_t count, float *factor) {
    const int32_t *scale = block_scales(state, sum_block, first);
    for (int32_t b = 0; b < count; b++) {
        factor[b] = state->skipped[first + b] == ROW_COUNTS
                            ? power_of_two(element_scale[b] - scale[b])
                            : 0;
    }
}

/* Which statistics the backward pass adds. */
typedef struct {
    const schedule_owners *owners;
    int gather; /* whether it adds those that have one owner */
    int add;    /* 0: it replaces the present ones */
} gathering;

static void add_tile_statistics(const sluice_plan *plan, const sluice_state *state, int32_t tile,
                                int32_t nodes, int32_t children, int32_t count,
                                const float *gradients, const float *operand, int add) {
    matmul(nodes, children, count, gradients, 1, nodes, operand, children,
           state->statistics + plan->tile_parameter[tile], children, add);
}

static void element_backward(const sluice_plan *plan, const sluice_state *state, int32_t element,
                             int32_t first, int32_t count, const gathering *gathered,
                             const linear_scratch *scratch) {
    const int32_t begin = plan->element_tile_begin[element];
    const int32_t end = plan->element_tile_begin[element + 1];
    const int32_t children = plan->element_nodes[element];
    const float *operand = kept_element(plan, state, element, first);
    float *flows = element_flows(plan, state, element, first);
    element_scales(plan, state, element, first, count, scratch->scale);
    for (int32_t i = begin; i < end; i++) {
        const int32_t t = plan->element_tile[i];
        const int32_t block = plan->sum_block[plan->tile_sum[t]];
        const int32_t nodes = plan->block_nodes[block];
        const float *gradients =
                block_values(plan, state->gradients, state->capacity, block, first);
        edge_factors(state, scratch->scale, block, first, count, scratch->factor);
        if (end - begin > 1) {
            scale_rows(gradients, scratch->factor, count, nodes, scratch->scaled);
            gradients = scratch->scaled;
            if (gathered->gather && gathered->owners->tile_weight[t] >= 0) {
                add_tile_statistics(plan, state, t, nodes, children, count, gradients, operand,
                                    gathered->add);
            }
        }
        matmul(count, children, nodes, gradients, nodes, 1,
               state->parameters + plan->tile_parameter[t], children, scratch->flow, children,
               i > begin);
    }
    if (end - begin > 1) {
        multiply_rows(operand, scratch->flow, (int64_t)count * children, flows);
        return;
    }
    /* The statistics of the only tile need the scaled values, too. */
    const int32_t t = plan->element_tile[begin];
    const int32_t weight = gathered->owners->tile_weight[t];
    float *values = weight == WEIGHT_IS_SHARED ? element_values(plan, state, element, first)
                                               : scratch->formed;
    for (int32_t b = 0; b < count; b++) {
        const vf factor = splat(scratch->factor[b]);
        const int64_t at = (int64_t)b * children;
        FOR_EACH_VECTOR(c, lanes, children) {
            const vf scaled = load_lanes(operand + at + c, lanes) * factor;
            const vf flow = scaled * load_lanes(scratch->flow + at + c, lanes);
            store_lanes(values + at + c, scaled, lanes);
            store_lanes(flows + at + c, flow, lanes);
        }
    }
    if (gathered->gather && weight >= 0) {
        const int32_t block = plan->sum_block[plan->tile_sum[t]];
        add_tile_statistics(plan, state, t, plan->block_nodes[block], children, count,
                            block_values(plan, state->gradients, state->capacity, block, first),
                            values, gathered->add);
    }
}

#endif
