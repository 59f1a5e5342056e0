#include "matrix.cuh"
#include "operand.cuh"
#include "weight_statistics.cuh"

/*
 * Weights of 32 x 32; runs of TOGETHER belong to one sum block and have one tile each. A warp per
 * tile. They share the gradients in shared memory; the factors of edges are applied to the elements
 * that a warp has read for its matrix instructions. Traffic: each element once, each gradient once
 * for TOGETHER tiles.
 */

namespace {

enum {
    SIDE = 32,
    TOGETHER = WEIGHTS_TOGETHER,
    THREADS = TOGETHER * WARP,
    CHUNK = 32, /* rows at a time */
    STAGES = 4,
    SPAN = 512, /* rows whose factors are in shared memory; a part of MATRIX_SPAN */
    STRIDE = SIDE + 8,
    STAGE = (1 + TOGETHER) * CHUNK * STRIDE,
    SHARED = STAGES * STAGE * 2,
    VECTORS_A_ROW = SIDE / 8
};
static_assert(CHUNK * VECTORS_A_ROW == THREADS, "a thread copies one vector of an operand's chunk");

__global__ void __launch_bounds__(THREADS, 4)
        weight_statistics_together(const DevicePlan c, const WeightLaunch launch, const bool add) {
    DYNAMIC_SHARED(bf16, memory); /* of each stage first the gradients, then the elements */
    __shared__ __align__(16) uint16_t factor[TOGETHER][SPAN]; /* bits of powers of two */
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int32_t first_weight = launch.first + (int32_t)blockIdx.x * TOGETHER;
    const int row = threadIdx.x / VECTORS_A_ROW;
    const int column = threadIdx.x % VECTORS_A_ROW * 8;
    const bf16 *values[TOGETHER];
    int32_t element[TOGETHER];
#pragma unroll
    for (int i = 0; i < TOGETHER; i++) {
        const Tile &tile = c.tile[c.weight_tile[c.weight[first_weight + i].tile_begin]];
        values[i] = kept_row<bf16>(c, tile, 0) + column;
        element[i] = tile.element;
    }
    const Tile &one = c.tile[c.weight_tile[c.weight[first_weight].tile_begin]];
    const bf16 *const gradients = block_row<bf16>(c, c.gradients, one.sum_value, SIDE, 0) + column;
    const int32_t sum_block = one.sum_block;

    WarpProduct<SIDE, SIDE> product;
    float *const statistics = c.statistics + c.weight[first_weight + warp].parameter;
    const auto write_sums = [&](bool adds) {
#pragma unroll
        for (int i = 0; i < SIDE / 16; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int n = i * 16 + half * 8 + lane / 4;
#pragma unroll
                for (int j = 0; j < SIDE / 8; j++) {
                    float2 *const to = (float2 *)(statistics + n * SIDE + j * 8 + lane % 4 * 2);
                    float2 sum = make_float2(product.sum[i][j][half * 2],
                                             product.sum[i][j][half * 2 + 1]);
                    if (adds) {
                        const float2 old = *to;
                        sum = make_float2(old.x + sum.x, old.y + sum.y);
                    }
                    *to = sum;
                }
            }
        }
    };
    product.clear();
    for (int32_t span = 0; span < c.count; span += SPAN) {
        const int32_t samples = min((int32_t)SPAN, c.count - span);
        const int rounds = ceiling_of(samples, CHUNK);
        const auto copy = [&](int round) {
            if (round < rounds) {
                const int32_t sample = min(span + round * CHUNK + row, c.count - 1);
                bf16 *const to = memory + round % STAGES * STAGE + row * STRIDE + column;
                copy_async_16(to, gradients + (int64_t)sample * SIDE, true);
#pragma unroll
                for (int i = 0; i < TOGETHER; i++) {
                    copy_async_16(to + (1 + i) * CHUNK * STRIDE, values[i] + (int64_t)sample * SIDE,
                                  true);
                }
            }
            copy_async_commit();
        };
        for (int round = 0; round < STAGES - 1; round++) copy(round);
#pragma unroll 4
        for (int32_t b = threadIdx.x; b < rounds * CHUNK; b += THREADS) {
            const int32_t sample = min(span + b, c.count - 1);
            const bool counts = b < samples && c.skipped[sample] == ROW_COUNTS;
            const int32_t sum_power = *block_scale(c, sum_block, sample);
#pragma unroll
            for (int i = 0; i < TOGETHER; i++) {
                const int32_t exponent = *element_scale(c, element[i], sample) - sum_power + 127;
                factor[i][b] = (uint16_t)(counts ? min(max(exponent, 0), 254) << 7 : 0);
            }
        }
        for (int round = 0; round < rounds; round++) {
            copy_async_wait<STAGES - 2>();
            __syncthreads();
            /* All threads have read the stage before. */
            copy(round + STAGES - 1);
            const bf16 *const a = memory + round % STAGES * STAGE;
            const bf16 *const b = a + (1 + warp) * CHUNK * STRIDE;
#pragma unroll
            for (int k = 0; k < CHUNK; k += STEP_K) {
                const uint32_t *const pair =
                        (const uint32_t *)&factor[warp][round * CHUNK + k] + lane % 4;
                product.multiply_by_k(a + k * STRIDE, STRIDE, b + k * STRIDE, STRIDE, lane, pair[0],
                                      pair[4]);
            }
        }
        copy_async_wait<0>();
        __syncthreads();
        const int32_t done = span + samples;
        if (done == c.count || done % MATRIX_SPAN == 0) {
            write_sums(add || done > MATRIX_SPAN);
            product.clear();
        }
    }
}

} // namespace

bool weights_go_together(const WeightLaunch &range) {
    return range.matrix && range.together && range.nodes == SIDE && range.children == SIDE;
}

cudaError_t small_weight_statistics(const WeightLaunch &range, const DevicePlan &c, bool add,
                                    cudaStream_t stream) {
    return launch(weight_statistics_together, dim3((range.end - range.first) / TOGETHER), THREADS,
                  SHARED, stream, c, range, add);
}
