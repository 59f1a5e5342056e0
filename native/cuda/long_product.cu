#include "formed_product.cuh"

#include <float.h>

#include "columns.cuh"
#include "operand.cuh"
#include "sum_device.cuh"

/*
 * LANES neighbouring lanes per row, over nodes. Each value has a power of two of its own, split off
 * after every second factor; they are compared only at the end. A value that still leaves the range
 * of a float, though none of its factors is zero, is replaced by a bound. Traffic: each factor once
 * (twice for blocks of more than LANE_NODES * LANES nodes), each product once.
 */

namespace {

enum {
    THREADS = 256,
    LANE_NODES = 4, /* nodes that a lane has at a time */
    AHEAD = 4       /* factors whose values are in flight */
};

/* A lane's share of a strip of nodes: value * 2^power; values from [1/2, 1), or zero. */
struct Share {
    float value[LANE_NODES];
    int32_t power[LANE_NODES];
    unsigned left; /* bit i: value i was under a float's range at some time, or zero */

    __device__ __forceinline__ void split() {
#pragma unroll
        for (int i = 0; i < LANE_NODES; i++) {
            if (value[i] < FLT_MIN) {
                left |= 1u << i;
                value[i] = 0;
            } else {
                const int32_t by = exponent_of(value[i]);
                value[i] *= power_of_two(-by);
                power[i] += by;
            }
        }
    }

    __device__ __forceinline__ int32_t largest_power() const {
        int32_t best = SCALE_FLOOR;
#pragma unroll
        for (int i = 0; i < LANE_NODES; i++) best = value[i] > 0 ? max(best, power[i]) : best;
        return best;
    }
};

/* Node i of a lane's strip: consecutive where values are aligned to four. */
template <bool FOURS, int LANES>
__device__ __forceinline__ int32_t node_of(int32_t strip, int i) {
    const int lane = threadIdx.x % LANES;
    return strip + (FOURS ? lane * LANE_NODES + i : i * LANES + lane);
}

/* The product over an element's factors at the lane's nodes of the strip that starts at `strip`. */
template <typename V, bool FOURS, int LANES>
__device__ __forceinline__ Share multiply(const DevicePlan &c, const Element &element,
                                          int32_t sample, int32_t strip) {
    const int lane = threadIdx.x % LANES;
    const Factor *const factors = c.factor + element.factor_begin;
    Share share;
    share.left = 0;
#pragma unroll
    for (int i = 0; i < LANE_NODES; i++) {
        share.value[i] = 1;
        share.power[i] = 0;
    }
    for (int32_t first = 0; first < element.factors; first += LANES) {
        /* Each lane finds the address of one factor's values. */
        FactorRow<V> row = {0};
        if (first + lane < element.factors) {
            row = factor_row<V>(c, factors[first + lane], element.nodes, sample);
        }
        const int32_t end = min(element.factors - first, (int32_t)LANES);
        for (int32_t f = 0; f < end; f += AHEAD) {
            float next[AHEAD][LANE_NODES];
#pragma unroll
            for (int a = 0; a < AHEAD; a++) {
                const FactorRow<V> from = {
                        __shfl_sync(FULL_WARP, row.address, min(f + a, end - 1), LANES)};
                const bool there = f + a < end && from.there();
#pragma unroll
                for (int i = 0; i < LANE_NODES; i++) next[a][i] = 1;
                if (FOURS && there && node_of<FOURS, LANES>(strip, 0) < element.nodes) {
                    const int32_t n = node_of<FOURS, LANES>(strip, 0);
                    if (from.is_float()) {
                        load_columns(from.floats() + n, next[a]);
                    } else {
                        load_columns(from.values() + n, next[a]);
                    }
                }
#pragma unroll
                for (int i = 0; i < LANE_NODES && !FOURS; i++) {
                    const int32_t n = node_of<FOURS, LANES>(strip, i);
                    next[a][i] = there && n < element.nodes ? from.at(n) : 1;
                }
            }
#pragma unroll
            for (int a = 0; a < AHEAD; a++) {
#pragma unroll
                for (int i = 0; i < LANE_NODES; i++) share.value[i] *= next[a][i];
                if (a % 2 == 1) {
                    share.split();
                }
            }
        }
    }
#pragma unroll
    for (int i = 0; i < LANE_NODES; i++) {
        const int32_t n = node_of<FOURS, LANES>(strip, i);
        if (n >= element.nodes) {
            share.value[i] = 0;
        } else if (share.left >> i & 1 && c.bounded == BOUND_FROM_ABOVE
                   && node_lives<V>(c, element, sample, n)) {
            c.skipped[sample] = ROW_UNSURE;
            share.value[i] = 0.5f; /* 2^-126, which it was below */
            share.power[i] = -125;
        }
    }
    return share;
}

template <typename V, bool FOURS, int LANES>
__global__ void __launch_bounds__(THREADS)
        form_long_products(const DevicePlan c, const ProductLaunch launch) {
    const int lane = threadIdx.x % LANES;
    const int32_t mine = blockIdx.y * (THREADS / LANES) + threadIdx.x / LANES;
    /* Lanes without a row repeat the last row. */
    const int32_t sample = min(mine, c.count - 1);
    const int32_t e = c.formed[launch.first + blockIdx.x];
    const Element &element = c.element[e];
    enum { STRIP = LANE_NODES * LANES };
    Share share = multiply<V, FOURS, LANES>(c, element, sample, 0);
    int32_t best = share.largest_power();
    for (int32_t strip = STRIP; strip < element.nodes; strip += STRIP) {
        best = max(best, multiply<V, FOURS, LANES>(c, element, sample, strip).largest_power());
    }
    best = lanes_maximum(best, LANES);

    V *const to = element_row<V>(c, c.element_values, element.flow, element.nodes, sample);
    for (int32_t strip = 0; strip < element.nodes; strip += STRIP) {
        if (strip > 0) {
            share = multiply<V, FOURS, LANES>(c, element, sample, strip);
        }
#pragma unroll
        for (int i = 0; i < LANE_NODES; i++) {
            share.value[i] *= share.value[i] > 0 ? power_of_two(share.power[i] - best) : 0;
        }
        if (FOURS && node_of<FOURS, LANES>(strip, 0) < element.nodes) {
            store_columns(to + node_of<FOURS, LANES>(strip, 0), share.value);
        }
#pragma unroll
        for (int i = 0; i < LANE_NODES && !FOURS; i++) {
            const int32_t n = node_of<FOURS, LANES>(strip, i);
            if (n < element.nodes) {
                store_value(to + n, share.value[i]);
            }
        }
    }
    const int32_t scale = best > SCALE_FLOOR ? best : 0;
    const Factor *const factors = c.factor + element.factor_begin;
    int32_t sum = 0;
    for (int32_t f = lane; f < element.factors; f += LANES) {
        if (factors[f].variable < 0) {
            sum = clamped_scale(sum + *block_scale(c, factors[f].block, sample));
        }
    }
#pragma unroll
    for (int lanes = LANES / 2; lanes > 0; lanes /= 2) {
        sum = clamped_scale(sum + __shfl_xor_sync(FULL_WARP, sum, lanes));
    }
    if (lane == 0) {
        *element_scale(c, e, sample) = clamped_scale(scale + sum);
    }
}

template <typename V, bool FOURS>
cudaError_t launch_lanes(const ProductLaunch &range, const DevicePlan &c, cudaStream_t stream) {
    const int32_t elements = range.end - range.first;
    /* A quarter of a warp has all nodes of a small block. */
    enum { FEW_LANES = WARP / 4 };
    return range.nodes <= FEW_LANES * LANE_NODES
                   ? launch(form_long_products<V, FOURS, FEW_LANES>,
                            dim3(elements, ceiling_of(c.count, THREADS / FEW_LANES)), THREADS, 0,
                            stream, c, range)
                   : launch(form_long_products<V, FOURS, WARP>,
                            dim3(elements, ceiling_of(c.count, THREADS / WARP)), THREADS, 0, stream,
                            c, range);
}

} // namespace

cudaError_t long_products(const ProductLaunch &range, const DevicePlan &c, int32_t value_type,
                          cudaStream_t stream) {
    return value_type == SLUICE_VALUE_BF16 ? range.fours
                                                     ? launch_lanes<bf16, true>(range, c, stream)
                                                     : launch_lanes<bf16, false>(range, c, stream)
           : range.fours ? launch_lanes<float, true>(range, c, stream)
                                           : launch_lanes<float, false>(range, c, stream);
}
