#include <algorithm>

#include "chain.cuh"
#include "element_backward.cuh"
#include "flow_matrix.cuh"

/*
 * sum_chain_at_once.cu on the way back: gradients of STAGES chunks of parents are asked for together
 * when they are there, with everything else on its way or there before.
 */

namespace {

enum { SCALED_TILES = 16 /* tiles whose edge factors are kept in shared memory */, KEPT_TILES = 4 };

template <int CHILDREN_>
struct AtOnceShape {
    static constexpr int ROWS = FEWEST_ROWS;
    static constexpr int CHILDREN = CHILDREN_;
    struct Warps {
        static constexpr int M = 16;
        static constexpr int N = 16;
        static constexpr int WARPS = CHILDREN / N;
        typedef WarpProduct<M, N> Product;
    };
    static constexpr int THREADS = Warps::WARPS * WARP;
    static constexpr int STAGES = 4;
    static constexpr int CHUNK = CHILDREN; /* parent nodes at a time */
    static constexpr int STRIDE = CHUNK + 8;
    static constexpr int VECTORS_A_ROW = CHUNK / 8;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int SHARED = STAGES * (ROWS + CHUNK) * STRIDE * (int)sizeof(bf16);
    static_assert(ROWS == ROWS_APART, "a thread has one vector of gradients in a chunk");
};

template <typename Shape, typename Wait>
__device__ __forceinline__ void flow_at_once(const Circuit &c, const Element &element,
                                             int32_t nodes, int32_t first, Wait wait) {
    typedef typename Shape::Warps Warps;
    constexpr int ROWS = Shape::ROWS;
    constexpr int CHUNK = Shape::CHUNK;
    constexpr int STRIDE = Shape::STRIDE;
    constexpr int STAGES = Shape::STAGES;
    DYNAMIC_SHARED(bf16, a); /* the stages of gradients, then those of weights */
    bf16 *const b = a + STAGES * ROWS * STRIDE;
    __shared__ Tile kept_tile[KEPT_TILES];
    __shared__ Factor kept_block[KEPT_BLOCKS];
    __shared__ float kept_factor[SCALED_TILES * ROWS];
    const int lane = threadIdx.x % WARP;
    const int column_of_warp = threadIdx.x / WARP * Warps::N;
    const int32_t *const tiles = c.element_tile + element.tile_begin;
    const int32_t count = element.tiles;
    const int32_t factors = element.factors;
    const int32_t last = c.count - 1;
    /* Stores may change anything for all that the compiler knows: what is needed later is kept. */
    const int64_t flow = element.needs_flow ? element.flow : -1;
    const Factor *const blocks = c.factor + element.factor_begin;
    for (int t = 0; t < KEPT_TILES && t < count; t++) {
        copy_to_shared(kept_tile + t, c.tile + tiles[t], 1);
    }
    copy_to_shared(kept_block, blocks, min(factors, (int32_t)KEPT_BLOCKS));
    __syncthreads();
    const auto tile_at = [&](int t) -> const Tile & {
        return t < KEPT_TILES ? kept_tile[t] : c.tile[tiles[t]];
    };
    for (int i = threadIdx.x; i < ROWS * min(count, (int32_t)SCALED_TILES); i += Shape::THREADS) {
        const int32_t sample = first + i % ROWS;
        kept_factor[i] = sample <= last ? edge_factor(c, tile_at(i / ROWS), sample) : 0;
    }
    const int32_t my_row = first + lane / 4;
    const int32_t my_column = column_of_warp + lane % 4 * 2;
    PairLoader<Shape> value;
    value.fetch_element(c, element, nodes, my_row, my_column);

    typename Warps::Product product;
    product.clear();
    const int row = threadIdx.x / Shape::VECTORS_A_ROW;
    const int vector = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int32_t sample = min(first + row, last);
    int next = 0;
    int32_t next_chunk = 0;
    for (bool waited = false; next < count; waited = true) {
        int tile_of[STAGES]; /* count where there is no more */
        int32_t chunk_of[STAGES];
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            tile_of[s] = next;
            chunk_of[s] = next_chunk;
            if (next < count) {
                next_chunk += CHUNK;
                if (next_chunk >= tile_at(next).sum_nodes) {
                    next_chunk = 0;
                    next++;
                }
            }
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const Tile &tile = tile_at(tile_of[s]);
                const bf16 *const from = c.copies + tile.copy + vector;
                for (int node = row; node < CHUNK; node += Shape::ROWS_APART) {
                    copy_async_16(b + (s * CHUNK + node) * STRIDE + vector,
                                  from + (int64_t)(chunk_of[s] + node) * tile.children,
                                  chunk_of[s] + node < tile.sum_nodes && vector < nodes);
                }
            }
        }
        copy_async_commit();
        if (!waited) {
            wait();
            __syncthreads(); /* edge factors are there */
        }
        uint4 gradient[STAGES];
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            gradient[s] = make_uint4(0, 0, 0, 0);
            if (tile_of[s] < count && chunk_of[s] + vector < tile_at(tile_of[s]).sum_nodes) {
                const Tile &tile = tile_at(tile_of[s]);
                gradient[s] = *(const uint4 *)(block_row<bf16>(c, c.gradients, tile.sum_value,
                                                               tile.sum_nodes, sample)
                                               + chunk_of[s] + vector);
            }
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            const int t = tile_of[s];
            if (t < count) {
                const float factor = t < SCALED_TILES    ? kept_factor[t * ROWS + row]
                                     : first + row <= last ? edge_factor(c, tile_at(t), sample)
                                                           : 0;
                *(uint4 *)(a + (s * ROWS + row) * STRIDE + vector) = scale8(gradient[s], factor);
            }
        }
        copy_async_wait<0>();
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const int32_t depth =
                        min((int32_t)CHUNK, tile_at(tile_of[s]).sum_nodes - chunk_of[s]);
                for (int k = 0; k < depth; k += STEP_K) {
                    product.template multiply<false, true>(
                            a + s * ROWS * STRIDE + k, STRIDE,
                            b + (s * CHUNK + k) * STRIDE + column_of_warp, STRIDE, lane);
                }
            }
        }
        if (next < count) {
            __syncthreads();
        }
    }
    settle_flows<Shape>(c, product, value, blocks, kept_block, factors, flow, nodes, my_row,
                        my_column);
}

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, 1)
element_backward_chain_at_once(const Circuit c, const ChainRange chain) {
    run_chain(c, chain, [&](const ChainItem &item, int32_t row_tile, auto wait) {
        flow_at_once<Shape>(c, c.element[item.number], item.nodes, row_tile * Shape::ROWS, wait);
    });
}

template <int CHILDREN>
cudaError_t launch_chain(const Schedule &schedule, const ChainLaunch &range, const Circuit &c,
                         cudaStream_t stream) {
    typedef AtOnceShape<CHILDREN> Shape;
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS)};
    const int64_t tasks = (int64_t)chain.items * chain.row_tiles;
    const cudaError_t error = reset_chain(c, tasks, stream);
    return error != cudaSuccess
                   ? error
                   : launch(element_backward_chain_at_once<Shape>,
                            dim3((unsigned)std::min<int64_t>(tasks, schedule.processors)),
                            Shape::THREADS, Shape::SHARED, stream, c, chain);
}

} // namespace

cudaError_t element_chain_at_once(const Schedule &schedule, const ChainLaunch &range,
                                  const Circuit &c, cudaStream_t stream) {
    return range.nodes > 64 ? launch_chain<128>(schedule, range, c, stream)
                            : launch_chain<64>(schedule, range, c, stream);
}
