#include "weight_statistics.cuh"

#include "fma.cuh"
#include "matrix.cuh"
#include "operand.cuh"

/*
 * Traffic: gradients and elements once for each part of a tile, of SIDE x SIDE weights. STAGES
 * chunks of rows are in flight to shared memory while the matrix units work. A thread scales the
 * gradients that it copied itself, before others read them. Where many tiles share few weights, as
 * in homogeneous models, the tiles are divided into slices, whose sums a second launch adds up in
 * order. After MATRIX_SPAN rows the sums go to memory and start anew: an error that grows with the number
 * of terms in a sum does not grow with the row group.
 */

namespace {

enum {
    CHUNK = 32,
    STAGES = 4,
    FEW_THREADS = 512,
    FLOAT_SPAN = 512 /* rows that are added up apart where operands are float32 */
};

template <int SIDE>
struct StatisticsShape {
    static constexpr int M = SIDE == 128 ? 64 : SIDE == 64 ? 32 : 16;
    static constexpr int N = SIDE >= 64 ? 32 : 16;
    static constexpr int BY_N = SIDE / N;
    static constexpr int THREADS = SIDE / M * BY_N * WARP;
    static constexpr int STRIDE = SIDE + 8;
    static constexpr int STAGE = CHUNK * STRIDE;
    static constexpr int VECTORS_A_ROW = SIDE / 8;
    static constexpr int VECTORS = CHUNK * VECTORS_A_ROW / THREADS;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int SHARED = 2 * STAGES * STAGE * (int)sizeof(bf16);
    typedef WarpProduct<M, N> Product;
};

template <int SIDE>
__global__ void __launch_bounds__(StatisticsShape<SIDE>::THREADS,
                                  BUSY_THREADS / StatisticsShape<SIDE>::THREADS)
        weight_statistics_matrix(const DevicePlan c, const WeightLaunch launch, const bool add,
                                 const int32_t parts, float *partial, const int64_t slice_floats) {
    typedef StatisticsShape<SIDE> Shape;
    DYNAMIC_SHARED(bf16, a); /* the stages of both operands */
    bf16 *const b = a + STAGES * Shape::STAGE;
    __shared__ float factor[STAGES][CHUNK];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const Weight &weight = c.weight[launch.first + blockIdx.x];
    const int32_t node = (int32_t)blockIdx.y / parts * SIDE;
    const int32_t child = (int32_t)blockIdx.y % parts * SIDE;
    const int vector = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int first_row = threadIdx.x / Shape::VECTORS_A_ROW;
    const int32_t *const tiles = c.weight_tile + weight.tile_begin;
    const int32_t end = (int32_t)((int64_t)weight.tiles * (blockIdx.z + 1) / gridDim.z);

    /* Index up to which copies have been started. */
    int32_t t = (int32_t)((int64_t)weight.tiles * blockIdx.z / gridDim.z);
    int32_t chunk = 0;
    const int32_t rounds = (end - t) * ceiling_of(c.count, CHUNK);
    /* Scales of the latest chunk, in flight: the first warp turns them into factors. */
    int32_t element_power = 0;
    int32_t sum_power = 0;
    bool counts = false;
    const auto start = [&](int stage) {
        if (t < end) {
            const Tile &tile = c.tile[tiles[t]];
#pragma unroll
            for (int i = 0; i < Shape::VECTORS; i++) {
                const int row = first_row + i * Shape::ROWS_APART;
                const int32_t sample = min(chunk + row, c.count - 1);
                const int at = stage * Shape::STAGE + row * Shape::STRIDE + vector;
                copy_async_16(a + at,
                              block_row<bf16>(c, c.gradients, tile.sum_value, launch.nodes, sample)
                                      + node + vector,
                              node + vector < launch.nodes);
                copy_async_16(b + at, kept_row<bf16>(c, tile, sample) + child + vector,
                              child + vector < launch.children);
            }
            if (warp == 0) {
                counts = chunk + lane < c.count;
                const int32_t sample = min(chunk + lane, c.count - 1);
                counts = counts && c.skipped[sample] == ROW_COUNTS;
                element_power = *element_scale(c, tile.element, sample);
                sum_power = *block_scale(c, tile.sum_block, sample);
            }
            chunk += CHUNK;
            if (chunk >= c.count) {
                chunk = 0;
                t++;
            }
        }
        copy_async_commit();
    };
    const auto write_factors = [&](int stage) {
        if (warp == 0) {
            factor[stage][lane] = counts ? power_of_two(element_power - sum_power) : 0;
        }
    };

    for (int stage = 0; stage < STAGES - 1; stage++) {
        start(stage);
        write_factors(stage);
    }
    __syncthreads();
    typename Shape::Product product;
    const int node_of_warp = warp / Shape::BY_N * Shape::M;
    const int child_of_warp = warp % Shape::BY_N * Shape::N;
    float *const statistics =
            partial == NULL ? c.statistics + weight.parameter
                            : partial + blockIdx.z * slice_floats
                                      + (int64_t)blockIdx.x * launch.nodes * launch.children;
    const auto write_sums = [&](bool adds) {
#pragma unroll
        for (int i = 0; i < Shape::M / 16; i++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int32_t n = node + node_of_warp + i * 16 + half * 8 + lane / 4;
#pragma unroll
                for (int j = 0; j < Shape::N / 8; j++) {
                    const int32_t k = child + child_of_warp + j * 8 + lane % 4 * 2;
                    if (n < launch.nodes && k < launch.children) {
                        float2 *to = (float2 *)(statistics + (int64_t)n * launch.children + k);
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
        }
    };
    product.clear();
    for (int32_t round = 0; round < rounds; round++) {
        const int stage = round % STAGES;
        copy_async_wait<STAGES - 2>();
#pragma unroll
        for (int i = 0; i < Shape::VECTORS; i++) {
            const int row = first_row + i * Shape::ROWS_APART;
            uint4 *const at = (uint4 *)(a + stage * Shape::STAGE + row * Shape::STRIDE + vector);
            *at = scale8(*at, factor[stage][row]);
        }
        if (round > 0) {
            write_factors((round + STAGES - 2) % STAGES);
        }
        __syncthreads();
        start((round + STAGES - 1) % STAGES);
#pragma unroll
        for (int k = 0; k < CHUNK; k += STEP_K) {
            const int at = stage * Shape::STAGE + k * Shape::STRIDE;
            product.template multiply<true, true>(a + at + node_of_warp, Shape::STRIDE,
                                                  b + at + child_of_warp, Shape::STRIDE, lane);
        }
        if (round + 1 == rounds || (round + 1) % (MATRIX_SPAN / CHUNK) == 0) {
            write_sums(round >= MATRIX_SPAN / CHUNK || (add && partial == NULL));
            product.clear();
        }
    }
}

/* Adds up the slices of the weights of a launch, in order. */
__global__ void __launch_bounds__(BUSY_THREADS / 2)
        add_slices(const DevicePlan c, const WeightLaunch launch, const bool add,
                   const float *partial, const int32_t slices, const int64_t slice_floats) {
    const int32_t floats = launch.nodes * launch.children;
    const int32_t i = blockIdx.y * blockDim.x + threadIdx.x;
    if (i >= floats) {
        return;
    }
    float *to = c.statistics + c.weight[launch.first + blockIdx.x].parameter + i;
    const float *from = partial + (int64_t)blockIdx.x * floats + i;
    float sum = add ? *to : 0;
    for (int32_t s = 0; s < slices; s++) sum += from[s * slice_floats];
    *to = sum;
}

/* Any number of nodes, either value type. */
template <typename V, typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, BUSY_THREADS / Shape::THREADS)
        weight_statistics_any(const DevicePlan c, const WeightLaunch launch, const bool add) {
    __shared__ float a[Shape::BK * Shape::A_STRIDE];
    __shared__ float b[Shape::BK * Shape::B_STRIDE];
    __shared__ float factor[Shape::BK];
    const Weight &weight = c.weight[launch.first + blockIdx.x];
    const int32_t node = blockIdx.y * Shape::BM;
    const int32_t child = blockIdx.z * Shape::BN;
    ThreadProduct<Shape> product;
    const auto write_sums = [&](bool adds) {
#pragma unroll
        for (int i = 0; i < Shape::TM; i++) {
            const int32_t n = node + product.row(i);
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) {
                const int32_t k = child + product.column(j);
                if (n < launch.nodes && k < launch.children) {
                    float *to = c.statistics + weight.parameter + (int64_t)n * launch.children + k;
                    *to = adds ? *to + product.sum[i][j] : product.sum[i][j];
                }
            }
        }
    };
    product.clear();
    bool adds = add;
    for (int32_t t = 0; t < weight.tiles; t++) {
        const Tile &tile = c.tile[c.weight_tile[weight.tile_begin + t]];
        for (int32_t chunk = 0; chunk < c.count; chunk += Shape::BK) {
            const int32_t depth = min((int32_t)Shape::BK, c.count - chunk);
            static_assert(Shape::THREADS >= Shape::BK, "a thread for each sample's factor");
            if (threadIdx.x < (unsigned)depth) {
                factor[threadIdx.x] = edge_factor(c, tile, chunk + threadIdx.x);
            }
            __syncthreads();
#pragma unroll 4
            for (int i = threadIdx.x; i < Shape::BM * depth; i += Shape::THREADS) {
                const int32_t n = node + i % Shape::BM;
                const int32_t k = i / Shape::BM;
                const float gradient = load_value(
                        block_row<V>(c, c.gradients, tile.sum_value, launch.nodes, chunk + k)
                        + min(n, launch.nodes - 1));
                a[k * Shape::A_STRIDE + i % Shape::BM] =
                        n < launch.nodes ? factor[k] * gradient : 0;
            }
#pragma unroll 4
            for (int i = threadIdx.x; i < Shape::BN * depth; i += Shape::THREADS) {
                const int32_t n = child + i % Shape::BN;
                const int32_t k = i / Shape::BN;
                const float value =
                        load_value(kept_row<V>(c, tile, chunk + k) + min(n, launch.children - 1));
                b[k * Shape::B_STRIDE + i % Shape::BN] = n < launch.children ? value : 0;
            }
            __syncthreads();
            product.multiply(a, b, depth);
            __syncthreads();
            const bool last = t + 1 == weight.tiles && chunk + depth == c.count;
            if (last || (chunk + depth) % FLOAT_SPAN == 0) {
                write_sums(adds);
                product.clear();
                adds = true;
            }
        }
    }
}

/*
 * Weights of blocks of at most FEW nodes: WARP children per thread block, whose warps divide the
 * rows; their sums are added up in order.
 */
template <typename V>
__global__ void __launch_bounds__(FEW_THREADS)
        weight_statistics_few(const DevicePlan c, const WeightLaunch launch, const bool add) {
    constexpr int SLICES = FEW_THREADS / WARP;
    __shared__ float partial[FEW][SLICES][WARP];
    const Weight &weight = c.weight[launch.first + blockIdx.x];
    const int lane = threadIdx.x % WARP;
    const int slice = threadIdx.x / WARP;
    const int32_t child = blockIdx.y * WARP + lane;
    float sum[FEW] = {};
    for (int32_t t = 0; t < weight.tiles; t++) {
        const Tile &tile = c.tile[c.weight_tile[weight.tile_begin + t]];
        const V *const values = kept_row<V>(c, tile, 0) + child;
        const V *const gradients = block_row<V>(c, c.gradients, tile.sum_value, launch.nodes, 0);
        const int32_t *const element_power = element_scale(c, tile.element, 0);
        const int32_t *const sum_power = block_scale(c, tile.sum_block, 0);
#pragma unroll 4
        for (int32_t b = slice; b < c.count; b += SLICES) {
            const float factor =
                    c.skipped[b] == ROW_COUNTS ? power_of_two(element_power[b] - sum_power[b]) : 0;
            const float value = child < launch.children
                                        ? factor * load_value(values + (int64_t)b * launch.children)
                                        : 0;
#pragma unroll
            for (int n = 0; n < FEW; n++) {
                if (n < launch.nodes) {
                    sum[n] += value * load_value(gradients + (int64_t)b * launch.nodes + n);
                }
            }
        }
    }
#pragma unroll
    for (int n = 0; n < FEW; n++) partial[n][slice][lane] = sum[n];
    __syncthreads();
    const int n = slice;
    if (n < launch.nodes && n < FEW && child < launch.children) {
        float *to = c.statistics + weight.parameter + (int64_t)n * launch.children + child;
        float total = add ? *to : 0;
        for (int s = 0; s < SLICES; s++) total += partial[n][s][lane];
        *to = total;
    }
}

template <int SIDE>
cudaError_t launch_matrix(const WeightLaunch &range, const DevicePlan &c, bool add,
                          cudaStream_t stream) {
    const int32_t parts = ceiling_of(range.children, SIDE);
    const int32_t weights = range.end - range.first;
    const int64_t floats = (int64_t)weights * range.nodes * range.children;
    float *const partial = range.slices > 1 ? c.slices : NULL;
    cudaError_t error = launch(weight_statistics_matrix<SIDE>,
                               dim3(weights, ceiling_of(range.nodes, SIDE) * parts, range.slices),
                               StatisticsShape<SIDE>::THREADS, StatisticsShape<SIDE>::SHARED,
                               stream, c, range, add, parts, partial, floats);
    if (error == cudaSuccess && range.slices > 1) {
        const unsigned threads = BUSY_THREADS / 2;
        error = launch(add_slices,
                       dim3(weights, ceiling_of((int64_t)range.nodes * range.children, threads)),
                       threads, 0, stream, c, range, add, (const float *)partial, range.slices,
                       floats);
    }
    return error;
}

template <typename V, typename Shape>
cudaError_t launch_shape(const WeightLaunch &range, const DevicePlan &c, bool add,
                         cudaStream_t stream) {
    return launch(weight_statistics_any<V, Shape>,
                  dim3(range.end - range.first, ceiling_of(range.nodes, Shape::BM),
                       ceiling_of(range.children, Shape::BN)),
                  Shape::THREADS, 0, stream, c, range, add);
}

template <typename V>
cudaError_t launch_any(const WeightLaunch &range, const DevicePlan &c, bool add,
                       cudaStream_t stream) {
    if (range.nodes <= FEW) {
        return launch(weight_statistics_few<V>,
                      dim3(range.end - range.first, ceiling_of(range.children, WARP)), FEW_THREADS,
                      0, stream, c, range, add);
    }
    return range.children > 16 ? launch_shape<V, WideShape>(range, c, add, stream)
                               : launch_shape<V, FmaShape<16, 16, 2, 1, 64>>(range, c, add, stream);
}

} // namespace

cudaError_t weight_statistics(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                              bool add, cudaStream_t stream) {
    for (const WeightLaunch &range : launches.weights) {
        if (value_type == SLUICE_VALUE_BF16 && weights_go_together(range)) {
            const cudaError_t error = small_weight_statistics(range, c, add, stream);
            if (error != cudaSuccess) {
                return error;
            }
            continue;
        }
        const int32_t least = range.nodes < range.children ? range.nodes : range.children;
        const cudaError_t error = value_type != SLUICE_VALUE_BF16
                                          ? launch_any<float>(range, c, add, stream)
                                  : !range.matrix ? launch_any<bf16>(range, c, add, stream)
                                  : least > 64    ? launch_matrix<128>(range, c, add, stream)
                                  : least > 32    ? launch_matrix<64>(range, c, add, stream)
                                  : least > 16    ? launch_matrix<32>(range, c, add, stream)
                                                  : launch_matrix<16>(range, c, add, stream);
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}
