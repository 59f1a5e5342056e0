#include "sum_forward.cuh"

#include "fma.cuh"
#include "formed_product.cuh"
#include "sum_device.cuh"

namespace {

enum { FEW_THREADS = 128 };

/*
 * Any number of nodes, either value type. Columns of sums are written unscaled, COLUMNS of a
 * shape at a time, and normalised in place when all are there: scaling by powers of two rounds
 * nothing.
 */
template <typename V, typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, BUSY_THREADS / Shape::THREADS)
sum_forward_any(const Circuit c, const SumLaunch launch, const bool keep) {
    DYNAMIC_SHARED(char, memory);
    float *const a = (float *)memory;
    float *const b = a + Shape::BK * Shape::A_STRIDE;
    int32_t *const kept_scale = (int32_t *)(b + Shape::BK * Shape::B_STRIDE);
    int32_t *const sigma = kept_scale + SCALED_TILES * Shape::BM;
    float *const factor = (float *)(sigma + Shape::BM);
    const int32_t sum = launch.first + blockIdx.x;
    const int32_t first = blockIdx.y * Shape::BM;
    const int32_t begin = c.sum_tile_begin[sum];
    const int count = c.sum_tile_begin[sum + 1] - begin;
    const Tile *const tiles = c.tile + begin;
    const int32_t nodes = launch.nodes;
    const int32_t block = tiles[0].sum_block;
    const int64_t sum_value = tiles[0].sum_value;
    const auto tile_at = [&](int t) -> const Tile & { return tiles[t]; };
    find_scales(c, tile_at, count, Shape::BM, first, keep, kept_scale, sigma);

    ThreadProduct<Shape> product;
    for (int32_t column = 0; column < nodes; column += Shape::BN) {
        product.clear();
        for (int t = 0; t < count; t++) {
            const Tile &tile = tiles[t];
            const bool kept = keep && tile.keeps && has_values_of_its_own(tile) && column == 0;
            for (int row = threadIdx.x; row < Shape::BM; row += Shape::THREADS) {
                factor[row] = power_of_two(
                        tile_scale(c, tile, kept_scale, Shape::BM, t, row,
                                   min(first + row, c.count - 1))
                        - sigma[row]);
            }
            __syncthreads();
            for (int32_t chunk = 0; chunk < tile.children; chunk += Shape::BK) {
                const int32_t width = min((int32_t)Shape::BK, tile.children - chunk);
                for (int i = threadIdx.x; i < Shape::BM * width; i += Shape::THREADS) {
                    const int32_t k = i % width;
                    const int row = i / width;
                    const int32_t sample = first + row;
                    float value = 0;
                    if (sample < c.count) {
                        value = element_value<V>(c, tile, sample, chunk + k);
                        if (kept) {
                            store_value(element_row<V>(c, c.element_values, tile.flow,
                                                       tile.children, sample)
                                                + chunk + k,
                                        value);
                        }
                        value *= factor[row];
                    }
                    a[k * Shape::A_STRIDE + row] = value;
                }
                for (int i = threadIdx.x; i < Shape::BN * width; i += Shape::THREADS) {
                    const int32_t k = i % width;
                    const int32_t n = i / width;
                    b[k * Shape::B_STRIDE + n] =
                            column + n < nodes
                                    ? c.parameters[tile.parameter
                                                   + (int64_t)(column + n) * tile.children + chunk
                                                   + k]
                                    : 0;
                }
                __syncthreads();
                product.multiply(a, b, width);
                __syncthreads();
            }
        }
#pragma unroll
        for (int i = 0; i < Shape::TM; i++) {
            const int32_t sample = first + product.row(i);
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) {
                const int32_t n = column + product.column(j);
                if (sample < c.count && n < nodes) {
                    store_value(block_row<V>(c, c.values, sum_value, nodes, sample) + n,
                                product.sum[i][j]);
                }
            }
        }
    }
    __syncthreads();

    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    for (int row = warp; row < Shape::BM && first + row < c.count; row += Shape::THREADS / WARP) {
        const int32_t sample = first + row;
        V *const values = block_row<V>(c, c.values, sum_value, nodes, sample);
        float best = 0;
        bool small = false;
        for (int32_t n = lane; n < nodes; n += WARP) {
            const float value = load_value(values + n);
            best = fmaxf(best, value);
            small = small || value < SMALLEST_SAFE_SUM;
        }
        best = warp_maximum(best);
        float lost = 0;
        if (__any_sync(FULL_WARP, small)) {
            lost = lost_of_small_sums<V>(c, tiles, count, sample, best);
            best = bounded_sum(c, best, lost);
        }
        const int32_t exponent = best == 0 ? 0 : exponent_of(best);
        const float shrink = power_of_two(-exponent);
        for (int32_t n = lane; n < nodes; n += WARP) {
            store_value(values + n, bounded_sum(c, load_value(values + n), lost) * shrink);
        }
        if (lane == 0) {
            *block_scale(c, block, sample) =
                    best == 0 ? SCALE_OF_ZERO : clamped_scale(sigma[row] + exponent);
        }
    }
}

/*
 * Sum blocks of at most FEW nodes, such as the root: a warp for each sample, lanes over children.
 * There is nothing to share between samples but a few weights.
 */
template <typename V>
__global__ void __launch_bounds__(FEW_THREADS, BUSY_THREADS / FEW_THREADS)
sum_forward_few(const Circuit c, const SumLaunch launch, const bool keep) {
    const int lane = threadIdx.x % WARP;
    const int32_t sample = blockIdx.y * (FEW_THREADS / WARP) + threadIdx.x / WARP;
    if (sample >= c.count) {
        return;
    }
    const int32_t begin = c.sum_tile_begin[launch.first + blockIdx.x];
    const int count = c.sum_tile_begin[launch.first + blockIdx.x + 1] - begin;
    const Tile *const tiles = c.tile + begin;
    int32_t sigma = SCALE_FLOOR;
    for (int t = lane; t < count; t += WARP) {
        const int32_t scale = scale_of_element(c, tiles[t], sample);
        sigma = max(sigma, scale);
        if (keep && tiles[t].keeps) {
            *element_scale(c, tiles[t].element, sample) = scale;
        }
    }
    sigma = warp_maximum(sigma);
    float sum[FEW] = {};
    for (int t = 0; t < count; t++) {
        const Tile &tile = tiles[t];
        const bool kept = keep && tile.keeps && has_values_of_its_own(tile);
        const float factor = power_of_two(scale_of_element(c, tile, sample) - sigma);
        const float *const weights = c.parameters + tile.parameter;
#pragma unroll 4
        for (int32_t child = lane; child < tile.children; child += WARP) {
            float value = element_value<V>(c, tile, sample, child);
            if (kept) {
                store_value(element_row<V>(c, c.element_values, tile.flow, tile.children, sample)
                                    + child,
                            value);
            }
            value *= factor;
#pragma unroll
            for (int n = 0; n < FEW; n++) {
                if (n < launch.nodes) {
                    sum[n] += value * weights[n * tile.children + child];
                }
            }
        }
    }
    float best = 0;
    bool small = false;
#pragma unroll
    for (int n = 0; n < FEW; n++) {
        if (n < launch.nodes) {
            sum[n] = warp_sum(sum[n]);
            small = small || sum[n] < SMALLEST_SAFE_SUM;
            best = fmaxf(best, sum[n]);
        }
    }
    float lost = 0;
    if (__any_sync(FULL_WARP, small)) {
        lost = lost_of_small_sums<V>(c, tiles, count, sample, best);
        best = bounded_sum(c, best, lost);
    }
    if (lane != 0) {
        return;
    }
    const int32_t block = tiles[0].sum_block;
    const int32_t exponent = best == 0 ? 0 : exponent_of(best);
    const float shrink = power_of_two(-exponent);
    V *const values = block_row<V>(c, c.values, tiles[0].sum_value, launch.nodes, sample);
#pragma unroll
    for (int n = 0; n < FEW; n++) {
        if (n < launch.nodes) {
            store_value(values + n, bounded_sum(c, sum[n], lost) * shrink);
        }
    }
    if (block == c.root) {
        c.root_value[sample] = bounded_sum(c, sum[0], lost) * shrink;
    }
    *block_scale(c, block, sample) =
            best == 0 ? SCALE_OF_ZERO : clamped_scale(sigma + exponent);
}

template <typename V, typename Shape>
cudaError_t launch_shape(const SumLaunch &range, const Circuit &c, bool keep,
                         cudaStream_t stream) {
    const size_t shared =
            sizeof(float)
            * (Shape::BK * (Shape::A_STRIDE + Shape::B_STRIDE) + (SCALED_TILES + 2) * Shape::BM);
    return launch(sum_forward_any<V, Shape>,
                  dim3(range.end - range.first, ceiling_of(c.count, Shape::BM)), Shape::THREADS,
                  shared, stream, c, range, keep);
}

template <typename V>
cudaError_t launch_any(const SumLaunch &range, const Circuit &c, bool keep, cudaStream_t stream) {
    return range.nodes > 16    ? launch_shape<V, WideShape>(range, c, keep, stream)
           : range.nodes > FEW ? launch_shape<V, MediumShape>(range, c, keep, stream)
                               : launch(sum_forward_few<V>,
                                        dim3(range.end - range.first,
                                             ceiling_of(c.count, FEW_THREADS / WARP)),
                                        FEW_THREADS, 0, stream, c, range, keep);
}

} // namespace

cudaError_t sum_forward(const Schedule &schedule, const Circuit &c, int32_t value_type, bool keep,
                        cudaStream_t stream) {
    bool early = false; /* the first launch needs what all before it have written */
    auto product = schedule.products.begin();
    for (size_t i = 0; i < schedule.sums.size(); i++) {
        cudaError_t error = cudaSuccess;
        for (; product != schedule.products.end() && product->before == (int32_t)i; ++product) {
            error = product->is_long ? long_products(*product, c, value_type, stream)
                                     : small_products(*product, c, value_type, early, stream);
            if (error != cudaSuccess) {
                return error;
            }
            early = schedule.early;
        }
        const SumLaunch &range = schedule.sums[i];
        if (range.chain >= 0 && value_type == SLUICE_VALUE_BF16) {
            const ChainLaunch &chain = schedule.chains[(size_t)range.chain];
            error = sum_chain_forward(schedule, chain, c, keep, stream);
            if (error != cudaSuccess) {
                return error;
            }
            i += (size_t)chain.launches - 1;
            early = schedule.early;
            continue;
        }
        if (value_type != SLUICE_VALUE_BF16) {
            error = launch_any<float>(range, c, keep, stream);
        } else if (!range.matrix) {
            error = launch_any<bf16>(range, c, keep, stream);
        } else if (can_stream_stored_sums(range)) {
            error = sum_forward_stored(schedule, range, c, early, stream);
        } else {
            error = sum_forward_on_matrix_units(schedule, range, c, keep, early, stream);
        }
        if (error != cudaSuccess) {
            return error;
        }
        early = schedule.early;
    }
    return cudaSuccess;
}
