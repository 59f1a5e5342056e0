/* Where things lie in the buffers, how values are read and written, and powers of two. */
#ifndef SLUICE_LAYOUT_CUH
#define SLUICE_LAYOUT_CUH

#include "../common/range.h"
#include "device_plan.cuh"

#define MISSING_CATEGORY (-1) /* as in cpu/layout.h */
#define LOG_TWO 0.69314718055994530942

/*
 * Kernels are compiled for this many threads on a multiprocessor at least: 128 registers each. Left
 * to itself the compiler spills to let in more.
 */
enum { WARP = 32, BUSY_THREADS = 512 };
#define FULL_WARP 0xffffffffu

__host__ __device__ static inline int32_t ceiling_of(int64_t a, int64_t b) {
    return (int32_t)((a + b - 1) / b);
}

/*
 * Sum blocks of up to this many nodes have kernels whose lanes divide the children, not the nodes.
 */
enum { FEW = 4 };

/* The value types. */
__device__ static inline float load_value(const float *at) { return *at; }
__device__ static inline float load_value(const bf16 *at) { return to_float(*at); }
__device__ static inline void store_value(float *at, float value) { *at = value; }
__device__ static inline void store_value(bf16 *at, float value) { *at = to_bf16(value); }

/* 2^exponent, 0 below float's normal range; never called above it. */
__device__ static inline float power_of_two(int32_t exponent) {
    return exponent < -126 ? 0.0f : __int_as_float((exponent + 127) << 23);
}

/* Copies some structures of the device plan to shared memory, by a whole thread block. */
template <typename T>
__device__ static __forceinline__ void copy_to_shared(T *to, const T *from, int count) {
    for (int i = threadIdx.x; i < count * (int)(sizeof(T) / sizeof(int32_t)); i += blockDim.x) {
        ((int32_t *)to)[i] = ((const int32_t *)from)[i];
    }
}

__device__ static inline int32_t clamped_scale(int32_t scale) {
    return scale > SCALE_FLOOR ? scale : SCALE_FLOOR;
}

/* Values of a stored block for one row; `value` is its first node among the stored ones. */
template <typename V>
__device__ static inline V *block_row(const DevicePlan &c, void *buffer, int64_t value,
                                      int32_t nodes, int32_t sample) {
    return (V *)buffer + value * c.capacity + (int64_t)sample * nodes;
}

/*
 * Values or flows of an element for one row; `flow` is its first node among those of all elements.
 */
template <typename V>
__device__ static inline V *element_row(const DevicePlan &c, void *buffer, int64_t flow,
                                        int32_t nodes, int32_t sample) {
    return (V *)buffer + flow * c.capacity + (int64_t)sample * nodes;
}

__device__ static inline int32_t *block_scale(const DevicePlan &c, int32_t block, int32_t sample) {
    return c.scales + (int64_t)block * c.capacity + sample;
}

__device__ static inline int32_t *element_scale(const DevicePlan &c, int32_t element,
                                                int32_t sample) {
    return block_scale(c, c.blocks + element, sample);
}

/* Values of a stored factor for one row. */
template <typename V>
__device__ static inline const V *stored_row(const DevicePlan &c, const Factor &factor,
                                             int32_t nodes, int32_t sample) {
    return block_row<V>(c, factor.variable == FORMED_PRODUCT ? c.element_values : c.values,
                        factor.offset, nodes, sample);
}

/* The cell of a variable: a category, MISSING_CATEGORY, or the bits of a float. */
__device__ static inline int32_t cell_at(const DevicePlan &c, int32_t variable, int32_t sample) {
    return c.cells[(int64_t)variable * c.cell_capacity + sample];
}

__device__ static inline const Factor &factor_of(const DevicePlan &c, const Tile &tile, int32_t i) {
    return i < INLINE_FACTORS ? tile.factor[i] : c.factor[tile.factor_begin + i];
}

#endif
