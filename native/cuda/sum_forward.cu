#include "sum_forward.cuh"

#include "depth.cuh"
#include "fma.cuh"
#include "formed_product.cuh"
#include "sum_device.cuh"

namespace {

enum { FEW_THREADS = 128 };

/*
 * Any number of nodes, either value type; COLUMNS_APART lanes per row. The operands of a round are
 * in flight while those of the round before are multiplied, and the first ones while scales are
 * computed. All columns of sums but the last Shape::BN are stored unscaled and normalised in place
 * at the end: scaling by powers of two is exact.
 */
template <typename V, typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, BUSY_THREADS / Shape::THREADS)
        sum_forward_any(const DevicePlan c, const SumLaunch launch, const bool keep) {
    constexpr int BM = Shape::BM;
    constexpr int BK = Shape::BK;
    constexpr int LANES = Shape::COLUMNS_APART; /* for a row */
    let_next_launch_start();
    __shared__ float a[BK * Shape::A_STRIDE];
    __shared__ float b[BK * Shape::B_STRIDE];
    __shared__ Tile kept_tile[SCALED_TILES];
    __shared__ int32_t kept_scale[SCALED_TILES * BM];
    __shared__ int32_t sigma[BM];
    const int32_t sum = launch.first + blockIdx.x;
    const int32_t first = blockIdx.y * BM;
    const int32_t begin = c.sum_tile_begin[sum];
    const int count = c.sum_tile_begin[sum + 1] - begin;
    const Tile *const tiles = c.tile + begin;
    const int32_t nodes = launch.nodes;
    const int kept_tiles = min(count, (int)SCALED_TILES);
    copy_tiles(kept_tile, kept_tiles, [&](int t) -> const Tile & { return tiles[t]; });
    __syncthreads();
    const int32_t block = kept_tile[0].sum_block;
    const int64_t sum_value = kept_tile[0].sum_value;
    const auto tile_at = [&](int t) -> const Tile & {
        return t < SCALED_TILES ? kept_tile[t] : tiles[t];
    };
    const auto width_of = [&](int t) { return tile_at(t).children; };
    const int32_t depth = depth_of(0, kept_tiles, [&](int t) { return kept_tile[t].children; })
                          + depth_of(kept_tiles, count, width_of);

    const int my_k = threadIdx.x % BK;
    const int my_row = threadIdx.x / BK;
    const auto row_of = [&](int i) { return my_row + i * Shape::STAGED_APART; };
    float value[Shape::STAGED_A];
    float weight[Shape::STAGED_B];
    const auto fetch = [&](const DepthPlace &place, int32_t column) {
        if (place.tile >= count) {
            return;
        }
        const Tile &tile = tile_at(place.tile);
        const int32_t children = tile.children;
        const float *const weights = c.parameters + tile.parameter + place.node;
#pragma unroll
        for (int i = 0; i < Shape::STAGED_B; i++) {
            const int32_t n = column + row_of(i);
            const float there = weights[(int64_t)min(n, nodes - 1) * children];
            weight[i] = n < nodes ? there : 0;
        }
        int32_t sample[Shape::STAGED_A]; /* the last one again for none */
#pragma unroll
        for (int i = 0; i < Shape::STAGED_A; i++) sample[i] = min(first + row_of(i), c.count - 1);
        element_values<V>(c, tile, sample, place.node, value);
    };
    const auto stage = [&](const DepthPlace &place, int32_t column) {
        if (place.tile >= count) {
            return;
        }
        const Tile &tile = tile_at(place.tile);
        if (keep && tile.keeps && has_values_of_its_own(tile) && column == 0) {
            V *const kept =
                    element_row<V>(c, c.element_values, tile.flow, tile.children, 0) + place.node;
            const int32_t children = tile.children;
#pragma unroll
            for (int i = 0; i < Shape::STAGED_A; i++) {
                if (first + row_of(i) < c.count) {
                    store_value(kept + (int64_t)(first + row_of(i)) * children, value[i]);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < Shape::STAGED_A; i++) {
            const int row = row_of(i);
            const int32_t scale = tile_scale(c, tile, kept_scale, BM, place.tile, row,
                                             min(first + row, c.count - 1));
            const float scaled = value[i] * power_of_two(scale - sigma[row]);
            a[my_k * Shape::A_STRIDE + row] = first + row < c.count ? scaled : 0;
        }
#pragma unroll
        for (int i = 0; i < Shape::STAGED_B; i++) {
            b[my_k * Shape::B_STRIDE + row_of(i)] = weight[i];
        }
    };

    DepthPlace start = {0, 0};
    advance(start, my_k, count, width_of);
    wait_for_launches_before();
    fetch(start, 0);
    find_scales<2>(c, tile_at, count, BM, first, keep, kept_scale, sigma);

    ThreadProduct<Shape> product;
    float best[Shape::TM] = {};
    bool small[Shape::TM] = {};
    for (int32_t column = 0; column < nodes; column += Shape::BN) {
        DepthPlace place = start;
        if (column > 0) {
            fetch(place, column);
        }
        product.clear();
        for (int32_t done = 0; done < depth; done += BK) {
            __syncthreads();
            stage(place, column);
            __syncthreads();
            advance(place, BK, count, width_of);
            fetch(place, column);
            product.multiply(a, b, min((int32_t)BK, depth - done));
        }
        const bool last = column + Shape::BN >= nodes;
#pragma unroll
        for (int i = 0; i < Shape::TM; i++) {
            const int32_t sample = first + product.row(i);
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) {
                const int32_t n = column + product.column(j);
                if (n < nodes) {
                    best[i] = fmaxf(best[i], product.sum[i][j]);
                    small[i] = small[i] || product.sum[i][j] < SMALLEST_SAFE_SUM;
                    if (!last && sample < c.count) {
                        store_value(block_row<V>(c, c.values, sum_value, nodes, sample) + n,
                                    product.sum[i][j]);
                    }
                }
            }
        }
    }

    const int lane = threadIdx.x % WARP;
#pragma unroll
    for (int i = 0; i < Shape::TM; i++) {
        const int32_t sample = first + product.row(i);
        best[i] = lanes_maximum(best[i], LANES);
        const bool asks = small[i] && sample < c.count;
        float lost = 0;
        if (__any_sync(FULL_WARP, asks)) {
            for (int from = 0; from < WARP; from += LANES) {
                if (__any_sync(FULL_WARP, asks && lane / LANES == from / LANES)) {
                    const float found = lost_of_small_sums<V>(
                            c, tiles, count, __shfl_sync(FULL_WARP, sample, from),
                            __shfl_sync(FULL_WARP, best[i], from));
                    lost = lane / LANES == from / LANES ? found : lost;
                }
            }
            best[i] = bounded_sum(c, best[i], lost);
        }
        if (sample >= c.count) {
            continue;
        }
        const int32_t exponent = best[i] == 0 ? 0 : exponent_of(best[i]);
        const float shrink = power_of_two(-exponent);
        V *const values = block_row<V>(c, c.values, sum_value, nodes, sample);
        for (int32_t column = 0; column < nodes; column += Shape::BN) {
            const bool last = column + Shape::BN >= nodes;
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) {
                const int32_t n = column + product.column(j);
                if (n < nodes) {
                    const float found = last ? product.sum[i][j] : load_value(values + n);
                    store_value(values + n, bounded_sum(c, found, lost) * shrink);
                }
            }
        }
        if (product.column(0) == 0) {
            *block_scale(c, block, sample) =
                    best[i] == 0 ? SCALE_OF_ZERO : clamped_scale(sigma[product.row(i)] + exponent);
        }
    }
}

/*
 * Sum blocks of at most FEW nodes, such as the root: one warp per row, lanes over children. Rows
 * share only a few weights.
 */
template <typename V>
__global__ void __launch_bounds__(FEW_THREADS, BUSY_THREADS / FEW_THREADS)
        sum_forward_few(const DevicePlan c, const SumLaunch launch, const bool keep) {
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
    *block_scale(c, block, sample) = best == 0 ? SCALE_OF_ZERO : clamped_scale(sigma + exponent);
}

template <typename V, typename Shape>
cudaError_t launch_shape(const SumLaunch &range, const DevicePlan &c, bool keep, bool early,
                         cudaStream_t stream) {
    return launch_early(early, sum_forward_any<V, Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, Shape::BM)),
                        Shape::THREADS, 0, stream, c, range, keep);
}

template <typename V>
cudaError_t launch_any(const SumLaunch &range, const DevicePlan &c, bool keep, bool early,
                       cudaStream_t stream) {
    return range.nodes > 16 ? launch_shape<V, WideShape>(range, c, keep, early, stream)
           : range.nodes > FEW
                   ? launch_shape<V, MediumShape>(range, c, keep, early, stream)
                   : launch(sum_forward_few<V>,
                            dim3(range.end - range.first, ceiling_of(c.count, FEW_THREADS / WARP)),
                            FEW_THREADS, 0, stream, c, range, keep);
}

} // namespace

cudaError_t sum_forward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                        bool keep, cudaStream_t stream) {
    bool early = false; /* the first launch depends on all launches before it */
    auto product = launches.products.begin();
    for (size_t i = 0; i < launches.sums.size(); i++) {
        cudaError_t error = cudaSuccess;
        for (; product != launches.products.end() && product->before == (int32_t)i; ++product) {
            error = product->is_long
                            ? long_products(*product, c, value_type, stream)
                            : small_products(launches, *product, c, value_type, early, stream);
            if (error != cudaSuccess) {
                return error;
            }
            early = launches.early;
        }
        const SumLaunch &range = launches.sums[i];
        if (range.chain >= 0 && value_type == SLUICE_VALUE_BF16) {
            const ChainLaunch &chain = launches.chains[(size_t)range.chain];
            error = sum_chain_forward(launches, chain, c, keep, stream);
            if (error != cudaSuccess) {
                return error;
            }
            i += (size_t)chain.launches - 1;
            early = launches.early;
            continue;
        }
        if (value_type != SLUICE_VALUE_BF16) {
            error = launch_any<float>(range, c, keep, early, stream);
        } else if (!range.matrix) {
            error = launch_any<bf16>(range, c, keep, early, stream);
        } else if (can_stream_stored_sums(range)) {
            error = sum_forward_stored(launches, range, c, early, stream);
        } else {
            error = sum_forward_on_matrix_units(launches, range, c, keep, early, stream);
        }
        if (error != cudaSuccess) {
            return error;
        }
        early = launches.early;
    }
    return cudaSuccess;
}
