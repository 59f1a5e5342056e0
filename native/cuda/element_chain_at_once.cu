#include "chain.cuh"
#include "element_backward.cuh"
#include "flow_matrix.cuh"

/*
 * The counterpart of sum_chain_at_once.cu in the backward pass: STAGES chunks of the gradients of
 * parents are loaded together as soon as they are complete; everything else is in flight or loaded
 * before.
 */

namespace {

enum { SCALED_TILES = 16 /* tiles whose edge factors are kept in shared memory */, KEPT_TILES = 4 };

__device__ __forceinline__ int64_t first_weight(const Tile &tile, int32_t node) {
    return tile.copy + (int64_t)node * tile.children;
}

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
    static constexpr int STEPS = 4; /* matrix instructions whose operands are loaded at once */
    static constexpr int SHARED = STAGES * (ROWS + CHUNK) * STRIDE * (int)sizeof(bf16);
    static_assert(ROWS == ROWS_APART, "a thread has one vector of gradients in a chunk");
};

/* held: offset of the weights that the stages in shared memory hold, or -1. */
template <typename Shape, typename Wait>
__device__ __forceinline__ void flow_at_once(const DevicePlan &c, const Element &element,
                                             int32_t nodes, int32_t first,
                                             int64_t (&held)[Shape::STAGES], Wait wait) {
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
    /*
     * The compiler must assume that stores change anything: keep what is needed later in registers.
     */
    const int64_t flow = element.needs_flow ? element.flow : -1;
    const Factor *const blocks = c.factor + element.factor_begin;
    constexpr int WORDS = sizeof(Tile) / sizeof(int32_t);
    for (int i = threadIdx.x; i < min(count, (int32_t)KEPT_TILES) * WORDS; i += Shape::THREADS) {
        ((int32_t *)kept_tile)[i] = ((const int32_t *)(c.tile + tiles[i / WORDS]))[i % WORDS];
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
    /* Of the first factor that gets its gradient from here: usually there is one. */
    int32_t direct = 0;
    while (direct < factors && direct < KEPT_BLOCKS && !gets_gradient(kept_block[direct])) direct++;
    PairLoader<Shape> direct_value;
    if (direct < factors && direct < KEPT_BLOCKS) {
        direct_value.fetch_block(c, kept_block[direct], nodes, my_row, my_column);
    }

    typename Warps::Product product;
    product.clear();
    const int row = threadIdx.x / Shape::VECTORS_A_ROW;
    const int vector = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int32_t sample = min(first + row, last);
    int next = 0;
    int32_t next_chunk = 0;
    for (bool waited = false; next < count; waited = true) {
        int tile_of[STAGES]; /* count where there are no more */
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
            if (tile_of[s] < count && held[s] != first_weight(tile_at(tile_of[s]), chunk_of[s])) {
                const Tile &tile = tile_at(tile_of[s]);
                held[s] = first_weight(tile, chunk_of[s]);
                const bf16 *const from = c.copies + tile.copy + vector;
                for (int node = row; node < CHUNK; node += Shape::ROWS_APART) {
                    copy_async_16(b + (s * CHUNK + node) * STRIDE + vector,
                                  from + (int64_t)(chunk_of[s] + node) * tile.children,
                                  chunk_of[s] + node < tile.sum_nodes && vector < nodes);
                }
            }
        }
        copy_async_commit();
        if (!waited && !wait()) { /* which is a barrier: edge factors are there */
            return;
        }
        /* All loads are in flight before the first is used; absent ones are zero. */
        uint4 gradient[STAGES];
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            const Tile &tile = tile_at(min(tile_of[s], count - 1));
            const int32_t node = chunk_of[s] + vector;
            gradient[s] = *(const uint4 *)(block_row<bf16>(c, c.gradients, tile.sum_value,
                                                           tile.sum_nodes, sample)
                                           + (node < tile.sum_nodes ? node : 0));
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            const int t = tile_of[s];
            if (t < count) {
                const bool there = chunk_of[s] + vector < tile_at(t).sum_nodes;
                const float factor = t < SCALED_TILES      ? kept_factor[t * ROWS + row]
                                     : first + row <= last ? edge_factor(c, tile_at(t), sample)
                                                           : 0;
                *(uint4 *)(a + (s * ROWS + row) * STRIDE + vector) =
                        there ? scale8(gradient[s], factor) : make_uint4(0, 0, 0, 0);
            }
        }
        copy_async_wait<0>();
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const int32_t depth = tile_at(tile_of[s]).sum_nodes - chunk_of[s];
                const bf16 *const left = a + s * ROWS * STRIDE;
                const bf16 *const right = b + s * CHUNK * STRIDE + column_of_warp;
                if (depth >= CHUNK) {
#pragma unroll
                    for (int k = 0; k < CHUNK; k += Shape::STEPS * STEP_K) {
                        product.template multiply_steps<Shape::STEPS, false, true>(
                                left + k, STRIDE, right + k * STRIDE, STRIDE, lane);
                    }
                } else {
                    for (int k = 0; k < depth; k += STEP_K) {
                        product.template multiply<false, true>(left + k, STRIDE, right + k * STRIDE,
                                                               STRIDE, lane);
                    }
                }
            }
        }
        if (next < count) {
            __syncthreads();
        }
    }
    settle_flows<Shape>(c, product, value, blocks, kept_block, factors, flow, nodes, my_row,
                        my_column, direct, direct_value);
}

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, 1)
        element_backward_chain_at_once(const DevicePlan c, const ChainRange chain) {
    int64_t held[Shape::STAGES];
#pragma unroll
    for (int s = 0; s < Shape::STAGES; s++) held[s] = -1;
    run_chain<true>(c, chain, [&](const ChainItem &item, int32_t row_strip, auto wait) {
        flow_at_once<Shape>(c, c.element[item.number], item.nodes, row_strip * Shape::ROWS, held,
                            wait);
    });
}

template <int CHILDREN>
cudaError_t launch_chain(const LaunchList &launches, const ChainLaunch &range, const DevicePlan &c,
                         cudaStream_t stream) {
    typedef AtOnceShape<CHILDREN> Shape;
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS), range.period};
    const cudaError_t error = reset_chain(c, range, chain.row_strips, stream);
    return error != cudaSuccess ? error
                                : launch(element_backward_chain_at_once<Shape>,
                                         dim3(at_once_blocks(launches, range, chain.row_strips)),
                                         Shape::THREADS, Shape::SHARED, stream, c, chain);
}

} // namespace

cudaError_t element_chain_at_once(const LaunchList &launches, const ChainLaunch &range,
                                  const DevicePlan &c, cudaStream_t stream) {
    return range.nodes > 64 ? launch_chain<128>(launches, range, c, stream)
                            : launch_chain<64>(launches, range, c, stream);
}
