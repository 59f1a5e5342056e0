#include <algorithm>

#include "columns.cuh"
#include "formed_product.cuh"
#include "operand.cuh"

/*
 * Traffic: each factor once, mostly from the second-level cache, and each product once. A thread
 * has COLUMNS nodes of SAMPLES rows at a time, and all their loads are in flight before the first
 * is used. It does so PASSES times, because finding the work takes as long as one pass; fewer times
 * where thread blocks for everything can run at once.
 */

namespace {

enum {
    THREADS = 256,
    COLUMNS = 4,
    SAMPLES = 2,
    PASSES = 4,   /* at most */
    RESIDENT = 4, /* thread blocks on a multiprocessor, at least */
    FACTORS = 2   /* products whose factors are loaded at once */
};

/* Multiplies two factors' rows into values, and adds their scales. */
template <typename V>
__device__ __forceinline__ void multiply_factors(const DevicePlan &c, const Factor *factors,
                                                 int32_t left, int32_t nodes, int32_t column,
                                                 const int32_t (&sample)[SAMPLES],
                                                 float (&value)[SAMPLES][COLUMNS],
                                                 int32_t (&scale)[SAMPLES]) {
    float more[FACTORS][SAMPLES][COLUMNS];
    int32_t power[FACTORS][SAMPLES];
#pragma unroll
    for (int f = 0; f < FACTORS; f++) {
        const Factor &factor = factors[min(f, left - 1)];
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            const FactorRow<V> row = factor_row<V>(c, factor, nodes, sample[i]);
            power[f][i] =
                    f < left && factor.variable < 0 ? *block_scale(c, factor.block, sample[i]) : 0;
#pragma unroll
            for (int k = 0; k < COLUMNS; k++) more[f][i][k] = 1;
            if (f < left && row.is_float()) {
                load_columns(row.floats() + column, more[f][i]);
            } else if (f < left && row.there()) {
                load_columns(row.values() + column, more[f][i]);
            }
        }
    }
#pragma unroll
    for (int f = 0; f < FACTORS; f++) {
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            scale[i] = clamped_scale(scale[i] + power[f][i]);
#pragma unroll
            for (int k = 0; k < COLUMNS; k++) value[i][k] *= more[f][i][k];
        }
    }
}

template <typename V>
__global__ void __launch_bounds__(THREADS, RESIDENT)
        form_small_products(const DevicePlan c, const ProductLaunch launch, const int32_t passes) {
    let_next_launch_start();
    const int32_t e = c.formed[launch.first + blockIdx.x];
    const Element &element = c.element[e];
    const int32_t nodes = element.nodes;
    const int64_t flow = element.flow;
    const int32_t count = element.factors;
    const Factor *const factors = c.factor + element.factor_begin;
    const int32_t threads = nodes / COLUMNS; /* threads of a row */
    const int32_t apart = THREADS / threads;
    const int32_t column = (int32_t)threadIdx.x % threads * COLUMNS;
    const int32_t first =
            (int32_t)blockIdx.y * (passes * SAMPLES * apart) + (int32_t)threadIdx.x / threads;
    wait_for_launches_before();
    if ((int32_t)threadIdx.x >= apart * threads) {
        return;
    }
    for (int32_t pass = 0; pass < passes && first + pass * SAMPLES * apart < c.count; pass++) {
        int32_t sample[SAMPLES];
        float value[SAMPLES][COLUMNS];
        int32_t scale[SAMPLES] = {};
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            sample[i] = min(first + (pass * SAMPLES + i) * apart, c.count - 1);
#pragma unroll
            for (int k = 0; k < COLUMNS; k++) value[i][k] = 1;
        }
        for (int32_t f = 0; f < count; f += FACTORS) {
            multiply_factors<V>(c, factors + f, count - f, nodes, column, sample, value, scale);
        }
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            if (first + (pass * SAMPLES + i) * apart < c.count) {
                store_columns(element_row<V>(c, c.element_values, flow, nodes, sample[i]) + column,
                              value[i]);
                if (column == 0) {
                    *element_scale(c, e, sample[i]) = scale[i];
                }
            }
        }
    }
}

} // namespace

cudaError_t small_products(const LaunchList &launches, const ProductLaunch &range,
                           const DevicePlan &c, int32_t value_type, bool early,
                           cudaStream_t stream) {
    const int32_t samples = THREADS / (range.nodes / COLUMNS) * SAMPLES; /* of a pass, at least */
    const int64_t blocks = (int64_t)(range.end - range.first) * ceiling_of(c.count, samples);
    const int32_t passes =
            std::min(ceiling_of(blocks, RESIDENT * launches.processors), (int32_t)PASSES);
    const dim3 grid(range.end - range.first, ceiling_of(c.count, samples * passes));
    return value_type == SLUICE_VALUE_BF16 ? launch_early(early, form_small_products<bf16>, grid,
                                                          THREADS, 0, stream, c, range, passes)
                                           : launch_early(early, form_small_products<float>, grid,
                                                          THREADS, 0, stream, c, range, passes);
}
