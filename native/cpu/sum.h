/*
 * Sum blocks forward. With incoming tiles e of scale s_e:
 *
 *   sigma = max_e s_e      acc_n = sum_e 2^(s_e - sigma) (theta_e p_e)_n      k = exponent(max acc)
 *   v_n = acc_n 2^-k       s = sigma + k
 *
 * Scales are whole powers of two, so scaling rounds nothing and needs no exp or log. Values are in
 * [0, 1), and the largest is in [1/2, 1).
 *
 * Underflow. A term that is flushed to zero was below 2^-126. So a sum of at least SMALLEST_SAFE_SUM
 * has lost less than the rounding of a float32. A smaller sum may have lost everything. Circuits with
 * few edges or hard zeros have such sums, but they rarely matter: the root is a sum of non-negative
 * terms and grows with each of them. So a row with small sums takes two forward passes. The first
 * replaces small sums by the most that they can be and bounds the root from above. The second
 * replaces them by zero and bounds it from below. (A block that reads only zeros is certainly zero.)
 * If the bounds agree (stage.c), the second pass is the result. No flow is then off by more than the
 * distance of the bounds relative to the root, because the root lacks whatever an edge lacks. If the
 * bounds disagree, the row is flagged.
 * SMALLEST_SAFE_SUM also keeps flow / acc below 2^90 in the backward pass.
 */
#ifndef SLUICE_SUM_H
#define SLUICE_SUM_H

#include "matmul.h"
#include "product.h"

/* Whether some node of an element that the sum block reads has no zero factor. */
static int sum_block_lives(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                           int32_t row) {
    for (int32_t t = plan->sum_tile_begin[sum]; t < plan->sum_tile_begin[sum + 1]; t++) {
        const int32_t element = plan->tile_element[t];
        for (int32_t c = 0; c < plan->element_nodes[element]; c++) {
            if (element_node_lives(plan, state, element, row, c)) {
                return 1;
            }
        }
    }
    return 0;
}

/* An upper bound of what a sum loses when each of its terms is flushed to zero. */
static float most_lost(int64_t terms) {
    const float lost = (float)terms * 0x1p-126f;
    return lost > MOST_LOST ? lost : MOST_LOST;
}

/* Replaces the small sums of a row by a bound; returns the largest of the row's sums afterwards. */
static float bound_small_sums(float *row, int32_t nodes, bound bounded, float lost) {
    const vf safe = splat(SMALLEST_SAFE_SUM);
    vf best = splat(0);
    FOR_EACH_VECTOR(n, lanes, nodes) {
        const vf value = load_lanes(row + n, lanes);
        const vf_mask small = value < safe;
        const vf result = bounded == BOUND_FROM_ABOVE ? value + masked(splat(lost), small)
                                                      : masked(value, ~small);
        store_lanes(row + n, result, lanes);
        best = larger(best, result);
    }
    return largest(best);
}

static void normalise_block(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                            int32_t first, int32_t count, bound bounded, int64_t terms,
                            const int32_t *sigma) {
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
                best = bound_small_sums(row, nodes, bounded, most_lost(terms));
            } else if (best > 0 || sum_block_lives(plan, state, sum, first + b)) {
                best = bound_small_sums(row, nodes, bounded, most_lost(terms));
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

/*
 * A sum of more terms than this is added up in parts. The totals of the parts are then added with
 * compensation for rounding: a plain chain of four million float32 additions is off by 1e-3.
 */
enum { MOST_TERMS_IN_CHAIN = 4096, TERMS_PER_PART = 512 };

/* Sums of one sum block while their terms are added in parts. */
typedef struct {
    int64_t size; /* rows * nodes */
    float *sum;
    float *part;   /* sums of the terms that `sum` does not have yet */
    float *rest;   /* what rounding took from `sum` */
    int32_t terms; /* in `part` */
} long_sum;

static void end_part(long_sum *s) {
    for (int64_t i = 0; i < s->size; i++) {
        const float sum = s->sum[i] + s->part[i];
        const float added = sum - s->sum[i];
        s->rest[i] += (s->sum[i] - (sum - added)) + (s->part[i] - added);
        s->sum[i] = sum;
    }
    s->terms = 0;
}

static void add_in_parts(long_sum *s, int32_t count, int32_t nodes, int32_t children,
                         const float *operand, const float *weights) {
    for (int32_t c = 0; c < children;) {
        const int32_t room = TERMS_PER_PART - s->terms;
        const int32_t terms = children - c < room ? children - c : room;
        matmul(count, nodes, terms, operand + c, children, 1, weights + (int64_t)c * nodes, nodes,
               s->part, nodes, s->terms > 0);
        s->terms += terms;
        c += terms;
        if (s->terms == TERMS_PER_PART) {
            end_part(s);
        }
    }
}

static long_sum begin_long_sum(int32_t count, int32_t nodes, float *values,
                               const linear_scratch *scratch) {
    long_sum s = {.size = (int64_t)count * nodes,
                  .sum = values,
                  .part = scratch->scaled,
                  .rest = scratch->flow};
    memset(s.sum, 0, sizeof *s.sum * (size_t)s.size);
    memset(s.rest, 0, sizeof *s.rest * (size_t)s.size);
    return s;
}

static void end_long_sum(long_sum *s) {
    if (s->terms > 0) {
        end_part(s);
    }
    for (int64_t i = 0; i < s->size; i++) s->sum[i] += s->rest[i];
}

/* kept: the buffer holds all elements, not just the products of many factors. */
static void sum_forward(const sluice_plan *plan, const sluice_state *state, int32_t sum,
                        int32_t first, int32_t count, int kept, bound bounded,
                        const linear_scratch *scratch) {
    const int32_t begin = plan->sum_tile_begin[sum];
    const int32_t end = plan->sum_tile_begin[sum + 1];
    const int32_t block = plan->sum_block[sum];
    const int32_t nodes = plan->block_nodes[block];
    float *values = block_values(plan, state->values, state->capacity, block, first);
    int32_t *sigma = scratch->scale;
    int64_t terms = plan->element_nodes[plan->tile_element[begin]];
    element_scales(plan, state, plan->tile_element[begin], first, count, sigma);
    for (int32_t t = begin + 1; t < end; t++) {
        terms += plan->element_nodes[plan->tile_element[t]];
        element_scales(plan, state, plan->tile_element[t], first, count, scratch->scale2);
        for (int32_t b = 0; b < count; b++) {
            sigma[b] = sigma[b] > scratch->scale2[b] ? sigma[b] : scratch->scale2[b];
        }
    }
    const int in_parts = terms > MOST_TERMS_IN_CHAIN;
    long_sum sums = {0};
    if (in_parts) {
        sums = begin_long_sum(count, nodes, values, scratch);
    }
    for (int32_t t = begin; t < end; t++) {
        const int32_t element = plan->tile_element[t];
        const int32_t children = plan->element_nodes[element];
        const float *weights = prepared_weights(state) + plan->tile_parameter[t];
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
        if (in_parts) {
            add_in_parts(&sums, count, nodes, children, operand, weights);
        } else {
            matmul(count, nodes, children, operand, children, 1, weights, nodes, values, nodes,
                   t > begin);
        }
    }
    if (in_parts) {
        end_long_sum(&sums);
    }
    normalise_block(plan, state, sum, first, count, bounded, terms, sigma);
}

#endif
