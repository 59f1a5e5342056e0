#include "element_backward.cuh"

#include "depth.cuh"
#include "flow_matrix.cuh"
#include "fma.cuh"
#include "operand.cuh"

/* Elements of any number of nodes, for either value type, without matrix units. */

namespace {

enum {
    SCALED_TILES = 16, /* tiles that are kept in shared memory, with their edge factors */
    FEW_THREADS = 128
};

/*
 * Turns u = sum theta g into flows, and writes them for all that read them. Rows from c.count on
 * and children from element.nodes on do not exist. factor_at(f) is a factor of the element.
 */
template <typename V, int SAMPLES, int CHILDREN, typename Factors>
__device__ __forceinline__ void settle_flow(const DevicePlan &c, const Element &element,
                                            const int32_t (&sample)[SAMPLES],
                                            const int32_t (&child)[CHILDREN],
                                            float (&u)[SAMPLES][CHILDREN], Factors factor_at) {
    const auto there = [&](int i, int j) {
        return sample[i] < c.count && child[j] < element.nodes;
    };
    /* All loads before the first use, and before the first store. */
    float value[SAMPLES][CHILDREN];
    const auto load = [&](auto row_of) {
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            const V *const row = row_of(min(sample[i], c.count - 1));
#pragma unroll
            for (int j = 0; j < CHILDREN; j++) {
                value[i][j] = there(i, j) ? load_value(row + child[j]) : 0;
            }
        }
    };
    load([&](int32_t i) -> const V * {
        return element.stored_alone
                       ? block_row<V>(c, c.values, element.alone_value, element.nodes, i)
                       : element_row<V>(c, c.element_values, element.flow, element.nodes, i);
    });
    const auto store = [&](V *row, int i, auto result_of) {
#pragma unroll
        for (int j = 0; j < CHILDREN; j++) {
            if (there(i, j)) {
                store_value(row + child[j], result_of(j));
            }
        }
    };
#pragma unroll
    for (int i = 0; i < SAMPLES; i++) {
#pragma unroll
        for (int j = 0; j < CHILDREN; j++) u[i][j] *= value[i][j];
        if (element.needs_flow) {
            store(element_row<V>(c, c.flows, element.flow, element.nodes, sample[i]), i,
                  [&](int j) { return u[i][j]; });
        }
    }
    for (int32_t f = 0; f < element.factors; f++) {
        const Factor &factor = factor_at(f);
        if (!gets_gradient(factor)) {
            continue;
        }
        const int64_t offset = factor.offset;
        load([&](int32_t i) -> const V * {
            return block_row<V>(c, c.values, offset, element.nodes, i);
        });
#pragma unroll
        for (int i = 0; i < SAMPLES; i++) {
            store(block_row<V>(c, c.gradients, offset, element.nodes, sample[i]), i,
                  [&](int j) { return value[i][j] > 0 ? u[i][j] / value[i][j] : 0; });
        }
    }
}

/*
 * Any number of nodes, either value type. The operands of a round are loaded while those of the
 * round before are multiplied.
 */
template <typename V, typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, BUSY_THREADS / Shape::THREADS)
        element_flows(const DevicePlan c, const ElementLaunch launch) {
    constexpr int BM = Shape::BM;
    constexpr int BN = Shape::BN;
    constexpr int BK = Shape::BK;
    constexpr int WEIGHTS_APART = Shape::THREADS / BN; /* columns of the depth, for a thread */
    let_next_launch_start();
    __shared__ float a[BK * Shape::A_STRIDE];
    __shared__ float b[BK * Shape::B_STRIDE];
    __shared__ Tile kept_tile[SCALED_TILES];
    __shared__ Factor kept_block[KEPT_BLOCKS];
    __shared__ float kept_factor[SCALED_TILES * BM];
    __shared__ int64_t weights_of[BK]; /* of a column of the depth: the first one, or -1 */
    const Element element = c.element[c.backward[launch.first + blockIdx.x]];
    const int32_t *const tiles = c.element_tile + element.tile_begin;
    const Factor *const blocks = c.factor + element.factor_begin;
    const int32_t count = element.tiles;
    const int32_t first = blockIdx.y * BM;
    const int32_t column = blockIdx.z * BN;
    const int32_t kept_tiles = min(count, (int32_t)SCALED_TILES);
    copy_tiles(kept_tile, kept_tiles, [&](int t) -> const Tile & { return c.tile[tiles[t]]; });
    copy_to_shared(kept_block, blocks, min(element.factors, (int32_t)KEPT_BLOCKS));
    __syncthreads();
    const auto tile_at = [&](int t) -> const Tile & {
        return t < SCALED_TILES ? kept_tile[t] : c.tile[tiles[t]];
    };
    const auto width_of = [&](int t) { return tile_at(t).sum_nodes; };
    const int32_t depth = depth_of(0, kept_tiles, [&](int t) { return kept_tile[t].sum_nodes; })
                          + depth_of(kept_tiles, count, width_of);

    const int my_k = threadIdx.x % BK;
    const int my_row = threadIdx.x / BK;
    DepthPlace next = {0, 0}; /* the thread's column in the round that is fetched next */
    const auto move = [&](int32_t columns) {
        advance(next, columns, count, width_of);
        if (threadIdx.x < BK) {
            weights_of[my_k] = next.tile < count
                                       ? tile_at(next.tile).parameter
                                                 + (int64_t)next.node * tile_at(next.tile).children
                                       : -1;
        }
    };
    move(my_k);
    __syncthreads();
    int32_t sample[Shape::STAGED_A]; /* that the thread loads: the last one again for none */
#pragma unroll
    for (int i = 0; i < Shape::STAGED_A; i++) {
        sample[i] = min(first + my_row + i * Shape::STAGED_APART, c.count - 1);
    }
    const int32_t my_child = column + threadIdx.x % BN;
    float gradient[Shape::STAGED_A];
    float weight[Shape::STAGED_B];
    const auto fetch = [&] {
        if (next.tile < count) {
            const Tile &tile = tile_at(next.tile);
            const int32_t sum_nodes = tile.sum_nodes;
            const V *const gradients =
                    block_row<V>(c, c.gradients, tile.sum_value, sum_nodes, 0) + next.node;
#pragma unroll
            for (int i = 0; i < Shape::STAGED_A; i++) {
                gradient[i] = load_value(gradients + (int64_t)sample[i] * sum_nodes);
            }
        }
#pragma unroll
        for (int i = 0; i < Shape::STAGED_B; i++) {
            const int64_t weights = weights_of[threadIdx.x / BN + i * WEIGHTS_APART];
            weight[i] =
                    weights >= 0 && my_child < element.nodes ? c.parameters[weights + my_child] : 0;
        }
    };
    wait_for_launches_before();
    fetch();
#pragma unroll 4
    for (int i = threadIdx.x; i < BM * kept_tiles; i += Shape::THREADS) {
        const int32_t sample = first + i % BM;
        const float factor = edge_factor(c, kept_tile[i / BM], min(sample, c.count - 1));
        kept_factor[i] = sample < c.count ? factor : 0;
    }

    ThreadProduct<Shape> product;
    product.clear();
    for (int32_t done = 0; done < depth; done += BK) {
        __syncthreads();
        if (next.tile < count) {
            float factor[Shape::STAGED_A];
            if (next.tile < SCALED_TILES) {
#pragma unroll
                for (int i = 0; i < Shape::STAGED_A; i++) {
                    factor[i] = kept_factor[next.tile * BM + my_row + i * Shape::STAGED_APART];
                }
            } else {
#pragma unroll
                for (int i = 0; i < Shape::STAGED_A; i++) {
                    factor[i] = edge_factor(c, tile_at(next.tile), sample[i]);
                }
            }
#pragma unroll
            for (int i = 0; i < Shape::STAGED_A; i++) {
                const int row = my_row + i * Shape::STAGED_APART;
                a[my_k * Shape::A_STRIDE + row] =
                        first + row < c.count ? factor[i] * gradient[i] : 0;
            }
        }
#pragma unroll
        for (int i = 0; i < Shape::STAGED_B; i++) {
            b[(threadIdx.x / BN + i * WEIGHTS_APART) * Shape::B_STRIDE + threadIdx.x % BN] =
                    weight[i];
        }
        move(BK);
        __syncthreads();
        if (done + BK < depth) {
            fetch();
        }
        product.multiply(a, b, min((int32_t)BK, depth - done));
    }
    int32_t row[Shape::TM];
    int32_t child[Shape::TN];
#pragma unroll
    for (int i = 0; i < Shape::TM; i++) row[i] = first + product.row(i);
#pragma unroll
    for (int j = 0; j < Shape::TN; j++) child[j] = column + product.column(j);
    settle_flow<V>(c, element, row, child, product.sum, [&](int32_t f) -> const Factor & {
        return f < KEPT_BLOCKS ? kept_block[f] : blocks[f];
    });
}

/* Elements that only blocks of at most FEW nodes read, or that have few nodes themselves. */
template <typename V>
__global__ void __launch_bounds__(FEW_THREADS)
        element_flows_few(const DevicePlan c, const ElementLaunch launch) {
    const Element &element = c.element[c.backward[launch.first + blockIdx.x]];
    const int32_t sample = blockIdx.y * (FEW_THREADS / WARP) + threadIdx.x / WARP;
    if (sample >= c.count) {
        return;
    }
    for (int32_t child = threadIdx.x % WARP; child < element.nodes; child += WARP) {
        float u = 0;
        for (int32_t t = 0; t < element.tiles; t++) {
            const Tile &tile = c.tile[c.element_tile[element.tile_begin + t]];
            const V *gradients =
                    block_row<V>(c, c.gradients, tile.sum_value, tile.sum_nodes, sample);
            const float *weights = c.parameters + tile.parameter + child;
            float sum = 0;
            for (int32_t n = 0; n < tile.sum_nodes; n++) {
                sum += load_value(gradients + n) * weights[(int64_t)n * tile.children];
            }
            u += sum * edge_factor(c, tile, sample);
        }
        const int32_t samples[] = {sample};
        const int32_t children[] = {child};
        float sums[][1] = {{u}};
        settle_flow<V>(c, element, samples, children, sums, [&](int32_t f) -> const Factor & {
            return c.factor[element.factor_begin + f];
        });
    }
}

template <typename V, typename Shape>
cudaError_t launch_shape(const ElementLaunch &range, const DevicePlan &c, bool early,
                         cudaStream_t stream) {
    return launch_early(early, element_flows<V, Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, Shape::BM),
                             ceiling_of(range.nodes, Shape::BN)),
                        Shape::THREADS, 0, stream, c, range);
}

template <typename V>
cudaError_t launch_any(const ElementLaunch &range, const DevicePlan &c, bool early,
                       cudaStream_t stream) {
    if (range.parent_nodes <= FEW || range.nodes <= FEW) {
        return launch(element_flows_few<V>,
                      dim3(range.end - range.first, ceiling_of(c.count, FEW_THREADS / WARP)),
                      FEW_THREADS, 0, stream, c, range);
    }
    return range.nodes > 16 ? launch_shape<V, WideShape>(range, c, early, stream)
                            : launch_shape<V, MediumShape>(range, c, early, stream);
}

} // namespace

cudaError_t element_backward_any(const ElementLaunch &range, const DevicePlan &c,
                                 int32_t value_type, bool early, cudaStream_t stream) {
    return value_type == SLUICE_VALUE_BF16 ? launch_any<bf16>(range, c, early, stream)
                                           : launch_any<float>(range, c, early, stream);
}
