/*
 * What the forward kernels of sums share: the scales of their tiles, and the treatment of small
 * sums.
 */
#ifndef SLUICE_SUM_DEVICE_CUH
#define SLUICE_SUM_DEVICE_CUH

#include "operand.cuh"
#include "warp.cuh"

enum { SCALED_TILES = 16 }; /* tiles whose scales are kept in shared memory */

/*
 * Scale of a tile's element for one row of the thread block; the first ones are in shared memory.
 */
__device__ static __forceinline__ int32_t tile_scale(const DevicePlan &c, const Tile &tile,
                                                     const int32_t *kept, int rows, int t, int row,
                                                     int32_t sample) {
    return t < SCALED_TILES ? kept[t * rows + row] : scale_of_element(c, tile, sample);
}

/*
 * Fills the scales in shared memory and, after a barrier, sigma; stores the scales of elements on
 * request. tile_at(t) is a tile. A thread loads AT_ONCE scales at a time.
 */
template <int AT_ONCE = 1, typename Tiles>
__device__ static __forceinline__ void find_scales(const DevicePlan &c, Tiles tile_at, int count,
                                                   int rows, int32_t first, bool keep,
                                                   int32_t *kept, int32_t *sigma) {
    const int places = rows * count;
    for (int start = threadIdx.x; start < places; start += AT_ONCE * blockDim.x) {
        int32_t scale[AT_ONCE];
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            const int i = min(start + j * (int)blockDim.x, places - 1);
            scale[j] = scale_of_element(c, tile_at(i / rows), min(first + i % rows, c.count - 1));
        }
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            const int i = start + j * (int)blockDim.x;
            const int row = i % rows;
            const int t = i / rows;
            const bool there = first + row < c.count;
            if (i < places && t < SCALED_TILES) {
                kept[t * rows + row] = there ? scale[j] : SCALE_FLOOR;
            }
            if (i < places && there && keep && tile_at(t).keeps) {
                *element_scale(c, tile_at(t).element, first + row) = scale[j];
            }
        }
    }
    __syncthreads();
    for (int row = threadIdx.x; row < rows; row += blockDim.x) {
        int32_t best = SCALE_FLOOR;
        for (int t = 0; t < count && first + row < c.count; t++) {
            best = max(best, tile_scale(c, tile_at(t), kept, rows, t, row, first + row));
        }
        sigma[row] = best;
    }
    __syncthreads();
}

/* What becomes of a sum that is too small: see cpu/sum.h. */
__device__ static __forceinline__ float bounded_sum(const DevicePlan &c, float sum, float lost) {
    return sum >= SMALLEST_SAFE_SUM ? sum : c.bounded == BOUND_FROM_BELOW ? 0 : sum + lost;
}

/*
 * Whether a node of an element that the sum block reads has no zero factor; called by a whole warp.
 */
template <typename V>
__device__ static __forceinline__ bool sum_block_lives(const DevicePlan &c, const Tile *tiles,
                                                       int count, int32_t sample) {
    bool lives = false;
    for (int t = 0; t < count && !__any_sync(FULL_WARP, lives); t++) {
        for (int32_t i = threadIdx.x % WARP; i < tiles[t].children && !lives; i += WARP) {
            lives = node_lives<V>(c, c.element[tiles[t].element], sample, i);
        }
    }
    return __any_sync(FULL_WARP, lives);
}

/*
 * What small sums of a block may have lost, if there are some; best: the largest sum. Called by a
 * warp.
 */
template <typename V>
__device__ static __forceinline__ float lost_of_small_sums(const DevicePlan &c, const Tile *tiles,
                                                           int count, int32_t sample, float best) {
    if (c.bounded == BOUND_FROM_BELOW
        || (best == 0 && !sum_block_lives<V>(c, tiles, count, sample))) {
        return 0;
    }
    if (threadIdx.x % WARP == 0) {
        c.skipped[sample] = ROW_UNSURE;
    }
    return MOST_LOST;
}

__device__ static __forceinline__ int32_t exponent_of(float value) {
    return (int32_t)((uint32_t)__float_as_int(value) >> 23) - 126;
}

#endif
