/*
 * Elements:
 *
 *   p[b][c] = prod_f v_f[b][c]      s_e[b] = sum_f s_f[b]
 *
 * A factor is a stored block, or a row of an input table. The cell's category selects the table row,
 * which is read in place and has scale 0. A missing cell contributes 1. Traffic per row and factor:
 * one row of `nodes` numbers is read.
 *
 * A forward pass alone forms an element in the first-level cache for each sum block that reads it.
 * A forward pass that a backward pass follows keeps the elements: forming them again for flows and
 * for statistics would read the scattered table rows three times (HCLT-32 with 256 categories: 33%
 * of a training step instead of 12%).
 *
 * Every pass keeps a product of many factors (long_product.h). While it is formed, each of its values
 * has a power of two of its own, which is split off after every second factor. If a value still
 * becomes zero although none of its factors is zero, the row is unsure (range.h).
 */
#ifndef SLUICE_PRODUCT_H
#define SLUICE_PRODUCT_H

#include "../common/long_product.h"
#include "layout.h"
#include "simd.h"

INLINE int32_t clamped_scale(int32_t scale) { return scale > SCALE_FLOOR ? scale : SCALE_FLOOR; }

static void sum_of_scales(const sluice_plan *plan, const sluice_state *state, int32_t element,
                          int32_t first, int32_t count, int32_t *scale) {
    memset(scale, 0, sizeof *scale * (size_t)count);
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        int32_t block = plan->element_factor[f];
        if (plan->block_value[block] < 0) {
            continue;
        }
        const int32_t *more = block_scales(state, block, first);
        for (int32_t b = 0; b < count; b++) {
            scale[b] = clamped_scale(scale[b] + more[b]);
        }
    }
}

static void element_scales(const sluice_plan *plan, const sluice_state *state, int32_t element,
                           int32_t first, int32_t count, int32_t *scale) {
    if (is_long_product(plan, element)) {
        memcpy(scale, element_scales_at(plan, state, element, first),
               sizeof *scale * (size_t)count);
    } else {
        sum_of_scales(plan, state, element, first, count, scale);
    }
}

/* The table row of a category, for a block that is read in place. */
INLINE const float *table_row(const sluice_plan *plan, const sluice_state *state, int32_t input,
                              int32_t category) {
    int32_t table = plan->input_table[input];
    return state->parameters + plan->table_parameter[table]
           + (int64_t)category * plan->table_nodes[table] + plan->input_first[input];
}

/* Prefetch distance in rows: table rows are far apart. */
enum { ROWS_AHEAD = 8, LINES_AHEAD = 4 };

INLINE void prefetch_row(const sluice_plan *plan, const sluice_state *state, int32_t input,
                         int32_t category, int32_t nodes) {
    if (category >= 0) {
        const float *row = table_row(plan, state, input, category);
        for (int32_t i = 0; i < nodes && i < LINES_AHEAD * FLOATS_PER_LINE; i += FLOATS_PER_LINE) {
            __builtin_prefetch(row + i);
        }
    }
}

static void set_to_table_rows(const sluice_plan *plan, const sluice_state *state, int32_t block,
                              int32_t first, int32_t count, int32_t nodes, float *out) {
    int32_t input = plan->block_input[block];
    const int32_t *cells =
            variable_cells(state, state->capacity, plan->input_variable[input], first);
    for (int32_t b = 0; b < count; b++) {
        float *to = out + (int64_t)b * nodes;
        if (b + ROWS_AHEAD < count) {
            prefetch_row(plan, state, input, cells[b + ROWS_AHEAD], nodes);
        }
        if (cells[b] < 0) {
            FOR_EACH_VECTOR(c, lanes, nodes) store_lanes(to + c, splat(1), lanes);
        } else {
            const float *row = table_row(plan, state, input, cells[b]);
            FOR_EACH_VECTOR(c, lanes, nodes) store_lanes(to + c, load_lanes(row + c, lanes), lanes);
        }
    }
}

/* out = rows of the table * from, where from may be out */
static void multiply_table_rows(const sluice_plan *plan, const sluice_state *state, int32_t block,
                                int32_t first, int32_t count, int32_t nodes, const float *from,
                                float *out) {
    int32_t input = plan->block_input[block];
    const int32_t *cells =
            variable_cells(state, state->capacity, plan->input_variable[input], first);
    for (int32_t b = 0; b < count; b++) {
        const float *left = from + (int64_t)b * nodes;
        float *to = out + (int64_t)b * nodes;
        if (b + ROWS_AHEAD < count) {
            prefetch_row(plan, state, input, cells[b + ROWS_AHEAD], nodes);
        }
        if (cells[b] < 0) {
            if (left != to) {
                FOR_EACH_VECTOR(c, lanes, nodes) {
                    store_lanes(to + c, load_lanes(left + c, lanes), lanes);
                }
            }
        } else {
            const float *row = table_row(plan, state, input, cells[b]);
            FOR_EACH_VECTOR(c, lanes, nodes) {
                store_lanes(to + c, load_lanes(left + c, lanes) * load_lanes(row + c, lanes),
                            lanes);
            }
        }
    }
}

static void multiply_rows(const float *a, const float *b, int64_t count, float *out) {
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        store(out + i, load(a + i) * load(b + i));
    }
    for (; i < count; i++) {
        out[i] = a[i] * b[i];
    }
}

/*
 * The element's values, [count][nodes]. They are in `out`, unless the element is a single stored
 * block: then the result points to that block's values.
 */
static const float *form_element(const sluice_plan *plan, const sluice_state *state,
                                 int32_t element, int32_t first, int32_t count, float *out) {
    const int32_t nodes = plan->element_nodes[element];
    const int32_t begin = plan->element_factor_begin[element];
    const int32_t end = plan->element_factor_begin[element + 1];
    int32_t stored = begin;
    while (stored < end && plan->block_value[plan->element_factor[stored]] < 0) {
        stored++;
    }
    int32_t next = stored;
    int32_t table = begin;
    const float *current = NULL;
    if (next < end) {
        current = block_values(plan, state->values, state->capacity, plan->element_factor[next],
                               first);
        next++;
    } else {
        set_to_table_rows(plan, state, plan->element_factor[table], first, count, nodes, out);
        current = out;
        table++;
    }
    for (; table < stored; table++) {
        multiply_table_rows(plan, state, plan->element_factor[table], first, count, nodes, current,
                            out);
        current = out;
    }
    for (; next < end; next++) {
        const float *factor = block_values(plan, state->values, state->capacity,
                                           plan->element_factor[next], first);
        multiply_rows(current, factor, (int64_t)count * nodes, out);
        current = out;
    }
    return current;
}

/* Whether every factor of an element's node is non-zero in a row, even if their product is zero. */
static int element_node_lives(const sluice_plan *plan, const sluice_state *state, int32_t element,
                              int32_t row, int32_t node) {
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        int32_t block = plan->element_factor[f];
        float value;
        if (plan->block_value[block] >= 0) {
            value = block_values(plan, state->values, state->capacity, block, row)[node];
        } else {
            int32_t input = plan->block_input[block];
            int32_t cell =
                    *variable_cells(state, state->capacity, plan->input_variable[input], row);
            value = cell < 0 ? 1 : table_row(plan, state, input, cell)[node];
        }
        if (value == 0) {
            return 0;
        }
    }
    return 1;
}

/*
 * Several threads may find numbers of the same row out of range, in different blocks. All of them
 * store the same value, and no thread reads it before the pass ends.
 */
static void mark_unsure(const sluice_state *state, int32_t row) {
    __atomic_store_n(state->skipped + row, ROW_UNSURE, __ATOMIC_RELAXED);
}

/* Splits each value into zero or a number from [1/2, 1), and an exponent that is added to `power`. */
static void split_powers(int64_t count, float *values, int32_t *power) {
    enum { MANTISSA_BITS = 23, POWER_OF_HALF = 126 };
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        const uint32_t kept =
                (bits & ((1u << MANTISSA_BITS) - 1)) | (uint32_t)POWER_OF_HALF << MANTISSA_BITS;
        const int zero = bits >> MANTISSA_BITS == 0;
        power[i] += zero ? 0 : (int32_t)(bits >> MANTISSA_BITS) - POWER_OF_HALF;
        bits = zero ? 0 : kept;
        memcpy(values + i, &bits, sizeof bits);
    }
}

/*
 * Gives a row's split values one common power of two, which is returned. The largest value is then
 * from [1/2, 1). A value that is zero although none of its factors is zero was below 2^-126.
 */
static int32_t join_powers(const sluice_plan *plan, const sluice_state *state, int32_t element,
                           int32_t row, int32_t nodes, bound bounded, float *value,
                           int32_t *power) {
    enum { POWER_OF_UNDERFLOW = -125 };
    int32_t best = INT32_MIN;
    for (int32_t n = 0; n < nodes; n++) {
        if (value[n] == 0 && bounded == BOUND_FROM_ABOVE
            && element_node_lives(plan, state, element, row, n)) {
            mark_unsure(state, row);
            value[n] = 0.5f;
            power[n] = POWER_OF_UNDERFLOW;
        }
        best = value[n] > 0 && power[n] > best ? power[n] : best;
    }
    if (best == INT32_MIN) {
        return 0;
    }
    for (int32_t n = 0; n < nodes; n++) {
        value[n] *= value[n] > 0 ? power_of_two(power[n] - best) : 0;
    }
    return best;
}

/* Forms a product of many factors and its scale in the buffer of elements. */
static void form_long_product(const sluice_plan *plan, const sluice_state *state, int32_t element,
                              int32_t first, int32_t count, bound bounded,
                              const linear_scratch *scratch) {
    const int32_t nodes = plan->element_nodes[element];
    const int32_t begin = plan->element_factor_begin[element];
    const int64_t size = (int64_t)count * nodes;
    float *out = element_values(plan, state, element, first);
    int32_t *scale = element_scales_at(plan, state, element, first);
    int32_t *power = (int32_t *)scratch->scaled; /* for each value */
    sum_of_scales(plan, state, element, first, count, scale);
    memset(power, 0, sizeof *power * (size_t)size);
    for (int64_t i = 0; i < size; i++) out[i] = 1;
    for (int32_t f = begin; f < plan->element_factor_begin[element + 1]; f++) {
        const int32_t block = plan->element_factor[f];
        if (plan->block_value[block] < 0) {
            multiply_table_rows(plan, state, block, first, count, nodes, out, out);
        } else {
            multiply_rows(out, block_values(plan, state->values, state->capacity, block, first),
                          size, out);
        }
        if ((f - begin) % 2 == 1) {
            split_powers(size, out, power);
        }
    }
    split_powers(size, out, power);
    for (int32_t b = 0; b < count; b++) {
        const int64_t at = (int64_t)b * nodes;
        scale[b] = clamped_scale(scale[b]
                                 + join_powers(plan, state, element, first + b, nodes, bounded,
                                               out + at, power + at));
    }
}

/* The values of an element after a pass that keeps elements. */
static const float *kept_element(const sluice_plan *plan, const sluice_state *state,
                                 int32_t element, int32_t first) {
    const int32_t factor = plan->element_factor[plan->element_factor_begin[element]];
    const int alone =
            plan->element_factor_begin[element + 1] == plan->element_factor_begin[element] + 1;
    return alone && plan->block_value[factor] >= 0
                   ? block_values(plan, state->values, state->capacity, factor, first)
                   : element_values(plan, state, element, first);
}

/* out[b][c] = rows[b][c] * factor[b], where out may be rows */
static void scale_rows(const float *rows, const float *factor, int32_t count, int32_t nodes,
                       float *out) {
    for (int32_t b = 0; b < count; b++) {
        const vf scale = splat(factor[b]);
        const float *from = rows + (int64_t)b * nodes;
        float *to = out + (int64_t)b * nodes;
        FOR_EACH_VECTOR(c, lanes, nodes) {
            store_lanes(to + c, load_lanes(from + c, lanes) * scale, lanes);
        }
    }
}

#endif
