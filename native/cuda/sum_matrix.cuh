/*
 * What the kernels of sums on the matrix units share: which nodes a thread has, and how sums are
 * normalised in the registers in which they were computed.
 *
 * A Shape has ROWS rows, Warps (matrix.cuh) and SUM_STRIDE, the stride of rows of sums in shared
 * memory.
 */
#ifndef SLUICE_SUM_MATRIX_CUH
#define SLUICE_SUM_MATRIX_CUH

#include "matrix.cuh"
#include "sum_device.cuh"

/*
 * Position of node n's weights among the 16 of its run, such that two neighbouring matrix
 * instructions give a thread the sums of nodes 4t .. 4t + 3.
 */
__device__ static __forceinline__ int dealt(int n) {
    return (n & ~15) | (n >> 1 & 1) << 3 | (n >> 2 & 3) << 1 | (n & 1);
}

/*
 * Normalises rows in shared memory, one per warp at a time: for blocks in which some sum is small
 * enough to need a closer look.
 */
template <typename Shape>
__device__ static __forceinline__ void normalise_with_care(const DevicePlan &c, int32_t nodes,
                                                           const Tile *tiles, int count,
                                                           int32_t first, const float *sums,
                                                           const int32_t *sigma) {
    const int lane = threadIdx.x % WARP;
    const int32_t node = lane * 4;
    for (int row = threadIdx.x / WARP; row < Shape::ROWS && first + row < c.count;
         row += Shape::Warps::WARPS) {
        const int32_t sample = first + row;
        float4 value = make_float4(1, 1, 1, 1);
        if (node < nodes) {
            value = *(const float4 *)(sums + row * Shape::SUM_STRIDE + node);
        }
        float best = node < nodes ? fmaxf(fmaxf(value.x, value.y), fmaxf(value.z, value.w)) : 0;
        best = warp_maximum(best);
        const float least = fminf(fminf(value.x, value.y), fminf(value.z, value.w));
        if (__any_sync(FULL_WARP, least < SMALLEST_SAFE_SUM)) {
            const float lost = lost_of_small_sums<bf16>(c, tiles, count, sample, best);
            value = make_float4(bounded_sum(c, value.x, lost), bounded_sum(c, value.y, lost),
                                bounded_sum(c, value.z, lost), bounded_sum(c, value.w, lost));
            best = bounded_sum(c, best, lost);
        }
        const int32_t exponent = exponent_of(best);
        const float shrink = best > 0 ? power_of_two(-exponent) : 0;
        if (node < nodes) {
            *(uint2 *)(block_row<bf16>(c, c.values, tiles[0].sum_value, nodes, sample) + node) =
                    make_uint2(pack_bf16(value.x * shrink, value.y * shrink),
                               pack_bf16(value.z * shrink, value.w * shrink));
        }
        if (lane == 0) {
            *block_scale(c, tiles[0].sum_block, sample) =
                    best > 0 ? clamped_scale(sigma[row] + exponent) : SCALE_OF_ZERO;
        }
    }
}

/*
 * Writes the values and scales of a sum block for ROWS rows, given its sums. `sums` is ROWS rows of
 * shared memory; all threads have read it for the last time.
 */
template <typename Shape>
__device__ static __forceinline__ void settle_sums(const DevicePlan &c,
                                                   const typename Shape::Warps::Product &product,
                                                   const Tile *tiles, int count, int64_t sum_value,
                                                   int32_t sum_block, int32_t nodes, int32_t first,
                                                   const int32_t *sigma, float *sums) {
    typedef typename Shape::Warps Warps;
    __shared__ float peak[Warps::BY_N][Shape::ROWS];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int row_of_warp = warp / Warps::BY_N * Warps::M;
    const int column_of_warp = warp % Warps::BY_N * Warps::N;
    /* Largest sum of each row, and whether all sums are large enough. */
    bool small = false;
#pragma unroll
    for (int i = 0; i < Warps::M / 16; i++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = row_of_warp + i * 16 + half * 8 + lane / 4;
            float best = 0;
#pragma unroll
            for (int j = 0; j < Warps::N / 8; j++) {
                const int32_t node = column_of_warp + j / 2 * 16 + lane % 4 * 4 + j % 2 * 2;
                const float one = product.sum[i][j][half * 2];
                const float two = product.sum[i][j][half * 2 + 1];
                best = fmaxf(best, fmaxf(one, two));
                small = small
                        || (node < nodes && first + row < c.count
                            && fminf(one, two) < SMALLEST_SAFE_SUM);
            }
            best = fmaxf(best, __shfl_xor_sync(FULL_WARP, best, 1));
            best = fmaxf(best, __shfl_xor_sync(FULL_WARP, best, 2));
            if (lane % 4 == 0) {
                peak[warp % Warps::BY_N][row] = best;
            }
        }
    }
    if (__syncthreads_or(small)) {
#pragma unroll
        for (int i = 0; i < Warps::M / 16; i++) {
#pragma unroll
            for (int j = 0; j < Warps::N / 8; j++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    const int row = row_of_warp + i * 16 + half * 8 + lane / 4;
                    const int node = column_of_warp + j / 2 * 16 + lane % 4 * 4 + j % 2 * 2;
                    *(float2 *)(sums + row * Shape::SUM_STRIDE + node) = make_float2(
                            product.sum[i][j][half * 2], product.sum[i][j][half * 2 + 1]);
                }
            }
        }
        __syncthreads();
        normalise_with_care<Shape>(c, nodes, tiles, count, first, sums, sigma);
        return;
    }
#pragma unroll
    for (int i = 0; i < Warps::M / 16; i++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            const int row = row_of_warp + i * 16 + half * 8 + lane / 4;
            const int32_t sample = first + row;
            float best = peak[0][row];
#pragma unroll
            for (int n = 1; n < Warps::BY_N; n++) best = fmaxf(best, peak[n][row]);
            const int32_t exponent = exponent_of(best);
            const float shrink = power_of_two(-exponent);
            if (sample >= c.count) {
                continue;
            }
            bf16 *const values = block_row<bf16>(c, c.values, sum_value, nodes, sample);
#pragma unroll
            for (int j = 0; j < Warps::N / 8; j += 2) {
                const int32_t node = column_of_warp + j * 8 + lane % 4 * 4;
                if (node < nodes) {
                    *(uint2 *)(values + node) =
                            make_uint2(pack_bf16(product.sum[i][j][half * 2] * shrink,
                                                 product.sum[i][j][half * 2 + 1] * shrink),
                                       pack_bf16(product.sum[i][j + 1][half * 2] * shrink,
                                                 product.sum[i][j + 1][half * 2 + 1] * shrink));
                }
            }
            if (column_of_warp == 0 && lane % 4 == 0) {
                *block_scale(c, sum_block, sample) = clamped_scale(sigma[row] + exponent);
            }
        }
    }
}

#endif
