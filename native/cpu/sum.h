/*
 * Sum blocks forward. With incoming tiles e of scale s_e:
 *
 *   sigma = max_e s_e      acc_n = sum_e 2^(s_e - sigma) (theta_e p_e)_n      k = exponent(max acc)
 *   v_n = acc_n 2^-k       s = sigma + k
 *
 * Scales are whole powers of two, so scaling rounds nothing and needs no exp or log. Values lie in
 * [0, 1) and the largest in [1/2, 1).
 *
 * Underflow. A term that flushes to zero is off by less than 2^-126, so a sum of at least
 * SMALLEST_SAFE_SUM has lost nothing that float32 shows. Smaller sums, and such there are in circuits
 * with few edges or hard zeros, may be anything down to zero, and hardly ever matter: the root is the
 * sum of non-negative terms, and grows with each of them. So a sample that has some goes up twice.
 * First they are replaced by what they can be at most, which gives an upper bound of the root, then by
 * zero, which gives a lower one. (A block that reads nothing but zeros is zero for certain.) Where the bounds agree (stage.c) the second way up is the result, and
 * no flow is off by more than the bounds are apart, relative to the root, as what an edge lacks the
 * root lacks. Where they do not, the sample is flagged.
 * For the backward pass SMALLEST_SAFE_SUM also means that flow / acc stays below 2^90.
 */
#ifndef SLUICE_SUM_H
#define SLUICE_SUM_H

#include "matmul.h"
#include "product.h"

/* Whether a node of an element that the sum block reads has no zero factor. */
static int sum_block_lives(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                           int32_t sample) {
    for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
        const int32_t element = plan->tile_element[t];
        for (int32_t c = 0; c < plan->element_nodes[element]; c++) {
            if (element_node_lives(plan, state, element, sample, c)) {
                return 1;
            }
        }
    }
    return 0;
}

/* Replaces the small sums of a sample by a bound; returns the largest then. */
static float bound_small_sums(float *row, int32_t nodes, bound bounded) {
    const vf safe = splat(SMALLEST_SAFE_SUM);
    vf best = splat(0);
    FOR_EACH_VECTOR(n, lanes, nodes) {
        const vf value = load_lanes(row + n, lanes);
        const vf_mask small = value < safe;
        const vf result = bounded == BOUND_FROM_ABOVE ? value + masked(splat(MOST_LOST), small)
                                                      : masked(value, ~small);
        store_lanes(row + n, result, lanes);
        best = larger(best, result);
    }
    return largest(best);
}

static void normalise_block(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                            int32_t first, int32_t count, bound bounded, const int32_t *sigma) {
    const int32_t block = plan->sum_block[sum];
    const int32_t nodes = plan->block_nodes[block];
    float *values = block_values(plan, state->values, state->capacity, block, first);
    int32_t *scale = block_scales(state, block, first);
    for (int32_t b = 0; b < count; b++) {
        float *row = values + (int64_t)b * nodes;
        float best;
        int small;
        if (nodes < LANES) {
            best = row[0];
            small = !(row[0] >= SMALLEST_SAFE_SUM);
            for (int32_t n = 1; n < nodes; n++) {
                best = row[n] > best ? row[n] : best;
                small |= !(row[n] >= SMALLEST_SAFE_SUM);
            }
        } else {
            vf high = load(row);
            vf low = high;
            int32_t n = LANES;
            for (; n + LANES <= nodes; n += LANES) {
                vf more = load(row + n);
                high = larger(high, more);
                low = smaller(low, more);
            }
            if (n < nodes) {
                vf more = load(row + nodes - LANES);
                high = larger(high, more);
                low = smaller(low, more);
            }
            best = largest(high);
            small = any_below(low, splat(SMALLEST_SAFE_SUM));
        }
        if (small) {
            if (bounded == BOUND_FROM_BELOW) {
                best = bound_small_sums(row, nodes, bounded);
            } else if (best > 0 || sum_block_lives(plan, state, sum, first + b)) {
                best = bound_small_sums(row, nodes, bounded);
                mark_unsure(state, first + b);
            }
            if (best == 0) {
                scale[b] = SCALE_OF_ZERO;
                continue;
            }
        }
        uint32_t bits;
        memcpy(&bits, &best, sizeof bits);
        int32_t exponent = (int32_t)(bits >> 23) - 126;
        const vf shrink = splat(power_of_two(-exponent));
        FOR_EACH_VECTOR(n, lanes, nodes) {
            store_lanes(row + n, load_lanes(row + n, lanes) * shrink, lanes);
        }
        scale[b] = clamped_scale(sigma[b] + exponent);
    }
}

/* kept: all elements are in the buffer already, not just products of many factors. */
static void sum_forward(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                        int32_t first, int32_t count, int kept, bound bounded,
                        const wave_scratch *scratch) {
    const int32_t begin = plan->sum_tile_begin[sum];
    const int32_t end = plan->sum_tile_begin[sum + 1];
    const int32_t block = plan->sum_block[sum];
    const int32_t nodes = plan->block_nodes[block];
    float *values = block_values(plan, state->values, state->capacity, block, first);
    int32_t *sigma = scratch->scale;
    element_scales(plan, state, plan->tile_element[begin], first, count, sigma);
    for (int32_t t = begin + 1; t < end; t++) {
        element_scales(plan, state, plan->tile_element[t], first, count, scratch->scale2);
        for (int32_t b = 0; b < count; b++) {
            sigma[b] = sigma[b] > scratch->scale2[b] ? sigma[b] : scratch->scale2[b];
        }
    }
    for (int32_t t = begin; t < end; t++) {
        const int32_t element = plan->tile_element[t];
        const int32_t children = plan->element_nodes[element];
        const float *operand =
                kept || is_long_product(plan, element)
                        ? kept_element(plan, state, element, first)
                        : form_element(plan, state, element, first, count, scratch->formed);
        if (end - begin > 1) {
            element_scales(plan, state, element, first, count, scratch->scale2);
            for (int32_t b = 0; b < count; b++) {
                scratch->factor[b] = power_of_two(scratch->scale2[b] - sigma[b]);
            }
            scale_rows(operand, scratch->factor, count, children, scratch->formed);
            operand = scratch->formed;
        }
        matmul(count, nodes, children, operand, children, 1,
               prepared_weights(state) + plan->tile_parameter[t], nodes, values, nodes, t > begin);
    }
    normalise_block(plan, state, sum, first, count, bounded, sigma);
}

#endif
