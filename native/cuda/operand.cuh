/*
 * Elements as operands:
 *
 *   p[b][c] = prod_f v_f[b][c]      s_e[b] = sum_f s_f[b]
 *
 * A factor is a stored block, or the row of an input table that the cell picks, with scale 0; a
 * missing cell contributes 1.
 */
#ifndef SLUICE_OPERAND_CUH
#define SLUICE_OPERAND_CUH

#include "layout.cuh"

/*
 * Address of a factor's values for a row: of type V, or float32 for a table without copies of that
 * type. A number, so that lanes can exchange it.
 */
template <typename V>
struct FactorRow {
    unsigned long long address; /* 0: a missing cell; lowest bit: float32 */

    __device__ __forceinline__ bool there() const { return address != 0; }

    __device__ __forceinline__ bool is_float() const { return address & 1; }

    __device__ __forceinline__ const V *values() const { return (const V *)address; }

    __device__ __forceinline__ const float *floats() const { return (const float *)(address - 1); }

    __device__ __forceinline__ float at(int32_t node) const {
        return is_float() ? floats()[node] : load_value(values() + node);
    }
};

/* The row of a table that a cell picks. */
template <typename V>
__device__ static __forceinline__ FactorRow<V> table_row(const DevicePlan &c, const Factor &factor,
                                                         int32_t cell) {
    if (cell < 0) {
        return {0};
    }
    const int64_t row = (int64_t)cell * factor.stride;
    if (sizeof(V) == sizeof(float)) {
        return {(unsigned long long)(c.parameters + factor.offset + row)};
    }
    return {factor.copy == NO_COPY ? (unsigned long long)(c.parameters + factor.offset + row) | 1
                                   : (unsigned long long)(c.copies + factor.copy + row)};
}

template <typename V>
__device__ static __forceinline__ FactorRow<V> factor_row(const DevicePlan &c, const Factor &factor,
                                                          int32_t nodes, int32_t sample) {
    if (factor.variable < 0) {
        return {(unsigned long long)stored_row<V>(c, factor, nodes, sample)};
    }
    return table_row<V>(c, factor, cell_at(c, factor.variable, sample));
}

/* One value of the element of a tile. */
template <typename V>
__device__ static inline float element_value(const DevicePlan &c, const Tile &tile, int32_t sample,
                                             int32_t child) {
    float value = 1;
    for (int32_t f = 0; f < tile.factors; f++) {
        const FactorRow<V> row = factor_row<V>(c, factor_of(c, tile, f), tile.children, sample);
        if (row.there()) {
            value *= row.at(child);
        }
    }
    return value;
}

/* One column of rows that lie `stride` apart; ones for negative rows. */
template <typename T, int ROWS>
__device__ static __forceinline__ void load_rows(const T *column, int32_t stride,
                                                 const int32_t (&row)[ROWS], float (&value)[ROWS]) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        const float there = load_value(column + (int64_t)max(row[i], 0) * stride);
        value[i] = row[i] < 0 ? 1 : there;
    }
}

/* One child for several rows, with no branch between the loads of a factor. */
template <typename V, int SAMPLES>
__device__ static __forceinline__ void element_values(const DevicePlan &c, const Tile &tile,
                                                      const int32_t (&sample)[SAMPLES],
                                                      int32_t child, float (&value)[SAMPLES]) {
    constexpr int AT_ONCE = 2; /* factors */
    const int32_t factors = tile.factors;
    const int32_t children = tile.children;
#pragma unroll
    for (int i = 0; i < SAMPLES; i++) value[i] = 1;
    for (int32_t f = 0; f < factors; f += AT_ONCE) {
        float more[AT_ONCE][SAMPLES];
#pragma unroll
        for (int g = 0; g < AT_ONCE; g++) {
            if (f + g >= factors) {
#pragma unroll
                for (int i = 0; i < SAMPLES; i++) more[g][i] = 1;
                continue;
            }
            const Factor &factor = factor_of(c, tile, f + g);
            const int32_t variable = factor.variable;
            if (variable < 0) {
                load_rows(stored_row<V>(c, factor, children, 0) + child, children, sample, more[g]);
                continue;
            }
            const int32_t stride = factor.stride;
            const FactorRow<V> table = table_row<V>(c, factor, 0);
            int32_t cell[SAMPLES];
#pragma unroll
            for (int i = 0; i < SAMPLES; i++) cell[i] = cell_at(c, variable, sample[i]);
            if (sizeof(V) < sizeof(float) && table.is_float()) {
                load_rows(table.floats() + child, stride, cell, more[g]);
            } else {
                load_rows(table.values() + child, stride, cell, more[g]);
            }
        }
#pragma unroll
        for (int g = 0; g < AT_ONCE; g++) {
#pragma unroll
            for (int i = 0; i < SAMPLES; i++) value[i] *= more[g][i];
        }
    }
}

/* Whether every factor of an element's node is non-zero for a row, whatever their product. */
template <typename V>
__device__ static inline bool node_lives(const DevicePlan &c, const Element &element,
                                         int32_t sample, int32_t node) {
    for (int32_t f = 0; f < element.factors; f++) {
        const FactorRow<V> row =
                factor_row<V>(c, c.factor[element.factor_begin + f], element.nodes, sample);
        if (row.there() && row.at(node) == 0) {
            return false;
        }
    }
    return true;
}

/* The scale of the element of a tile, computed from its factors. */
__device__ static __forceinline__ int32_t scale_of_element(const DevicePlan &c, const Tile &tile,
                                                           int32_t sample) {
    /* All loads before the first sum. */
    int32_t each[INLINE_FACTORS];
#pragma unroll
    for (int f = 0; f < INLINE_FACTORS; f++) {
        each[f] = f >= tile.tables && f < tile.factors
                          ? *block_scale(c, tile.factor[f].block, sample)
                          : 0;
    }
    int32_t scale = 0;
#pragma unroll
    for (int f = 0; f < INLINE_FACTORS; f++) scale = clamped_scale(scale + each[f]);
    for (int32_t f = max((int32_t)INLINE_FACTORS, tile.tables); f < tile.factors; f++) {
        scale = clamped_scale(scale
                              + *block_scale(c, c.factor[tile.factor_begin + f].block, sample));
    }
    return scale;
}

/* Element values, which the sums that read them compute and store for the backward pass. */
__device__ static __forceinline__ bool has_values_of_its_own(const Tile &tile) {
    return tile.factors > 1 || tile.tables > 0;
}

/* Address of the stored values of a tile's element. */
template <typename V>
__device__ static __forceinline__ const V *kept_row(const DevicePlan &c, const Tile &tile,
                                                    int32_t sample) {
    return has_values_of_its_own(tile)
                   ? element_row<V>(c, c.element_values, tile.flow, tile.children, sample)
                   : stored_row<V>(c, tile.factor[0], tile.children, sample);
}

/* 2^(s_e - s) between an element and the sum block of a tile; 0 for a row that does not count. */
__device__ static __forceinline__ float edge_factor(const DevicePlan &c, const Tile &tile,
                                                    int32_t sample) {
    /* All loads before the first decision. */
    const bool counts = c.skipped[sample] == ROW_COUNTS;
    const int32_t from = *element_scale(c, tile.element, sample);
    const int32_t to = *block_scale(c, tile.sum_block, sample);
    return counts ? power_of_two(from - to) : 0;
}

/* Eight values of a row of bfloat16 numbers or of floats, aligned, as bfloat16; ones if it is missing. */
__device__ static __forceinline__ uint4 load8(const FactorRow<bf16> &row, int32_t node) {
    if (!row.there()) {
        const uint32_t ones = 0x3f803f80;
        return make_uint4(ones, ones, ones, ones);
    }
    if (!row.is_float()) {
        return *(const uint4 *)(row.values() + node);
    }
    const float4 low = *(const float4 *)(row.floats() + node);
    const float4 high = *(const float4 *)(row.floats() + node + 4);
    return make_uint4(pack_bf16(low.x, low.y), pack_bf16(low.z, low.w), pack_bf16(high.x, high.y),
                      pack_bf16(high.z, high.w));
}

/* Eight bfloat16 numbers, times eight others. */
__device__ static __forceinline__ uint4 multiply8(uint4 a, uint4 b) {
    return make_uint4(multiply_bf16(a.x, b.x), multiply_bf16(a.y, b.y), multiply_bf16(a.z, b.z),
                      multiply_bf16(a.w, b.w));
}

/* The same, times a power of two. */
__device__ static __forceinline__ uint4 scale8(uint4 a, float factor) {
    const uint32_t both = pack_bf16(factor, factor);
    return multiply8(a, make_uint4(both, both, both, both));
}

#endif
