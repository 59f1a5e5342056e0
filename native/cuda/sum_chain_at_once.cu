#include <algorithm>

#include "chain.cuh"
#include "element_loader.cuh"
#include "sum_forward.cuh"
#include "sum_matrix.cuh"

/*
 * Chains whose layers have fewer tasks than there are multiprocessors, such as hidden Markov models
 * and small batches: what counts is how long a task takes after the last of its factors is there. So
 * STAGES chunks of both operands are on their way together, weights and table rows before the wait,
 * with one barrier for all of them. Few rows, so that as many multiprocessors as possible work.
 */

namespace {

template <int NODES_>
struct AtOnceShape {
    static constexpr int ROWS = FEWEST_ROWS;
    static constexpr int NODES = NODES_;
    struct Warps {
        static constexpr int M = 16;
        static constexpr int N = 16;
        static constexpr int BY_N = NODES / N;
        static constexpr int WARPS = BY_N;
        typedef WarpProduct<M, N> Product;
    };
    static constexpr int THREADS = Warps::WARPS * WARP;
    static constexpr int STAGES = 4;
    static constexpr int CHUNK = NODES;
    static constexpr int STRIDE = CHUNK + 8;
    static constexpr int VECTORS_A_ROW = CHUNK / 8;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int VECTORS = ROWS / ROWS_APART;
    static constexpr int SUM_STRIDE = NODES + 4;
    static constexpr int SHARED = STAGES * (ROWS + NODES) * STRIDE * (int)sizeof(bf16);
    static_assert(ROWS * SUM_STRIDE * (int)sizeof(float) <= SHARED, "sums fit as well");
};

template <typename Shape, typename Wait>
__device__ __forceinline__ void sum_block_at_once(const Circuit &c, const Tile *tiles, int count,
                                                  int32_t nodes, int32_t first, bool keep,
                                                  Wait wait) {
    typedef typename Shape::Warps Warps;
    typedef ElementLoader<Shape> Loader;
    constexpr int ROWS = Shape::ROWS;
    constexpr int NODES = Shape::NODES;
    constexpr int STRIDE = Shape::STRIDE;
    constexpr int CHUNK = Shape::CHUNK;
    constexpr int STAGES = Shape::STAGES;
    DYNAMIC_SHARED(bf16, a); /* the stages of elements, then those of weights */
    bf16 *const b = a + STAGES * ROWS * STRIDE;
    __shared__ Tile kept_tile[KEPT_TILES];
    __shared__ int32_t kept_scale[SCALED_TILES * ROWS];
    __shared__ int32_t sigma[ROWS];
    const int lane = threadIdx.x % WARP;
    const int column_of_warp = threadIdx.x / WARP * Warps::N;
    copy_to_shared(kept_tile, tiles, min(count, (int)KEPT_TILES));
    __syncthreads();
    const auto tile_at = [&](int t) -> const Tile & {
        return t < KEPT_TILES ? kept_tile[t] : tiles[t];
    };
    const int64_t sum_value = kept_tile[0].sum_value;
    const int32_t sum_block = kept_tile[0].sum_block;

    typename Warps::Product product;
    product.clear();
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
                if (next_chunk >= tile_at(next).children) {
                    next_chunk = 0;
                    next++;
                }
            }
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const Tile &tile = tile_at(tile_of[s]);
                const int32_t child = chunk_of[s] + Loader::column();
                const bf16 *const from = c.copies + tile.copy + child;
                for (int node = Loader::row(0); node < NODES; node += Shape::ROWS_APART) {
                    copy_async_16(b + (s * NODES + dealt(node)) * STRIDE + Loader::column(),
                                  from + (int64_t)node * tile.children,
                                  child < tile.children && node < nodes);
                }
            }
        }
        copy_async_commit();
        Loader loader[STAGES];
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                loader[s].template fetch<true, false>(c, tile_at(tile_of[s]), first,
                                                      chunk_of[s] + Loader::column(), NULL);
            }
        }
        if (!waited) {
            wait();
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                loader[s].template fetch<false, true>(c, tile_at(tile_of[s]), first,
                                                      chunk_of[s] + Loader::column(), NULL);
            }
        }
        if (!waited) {
            find_scales(c, tile_at, count, ROWS, first, keep, kept_scale, sigma);
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const int t = tile_of[s];
                const Tile &tile = tile_at(t);
                loader[s].place(
                        c, tile, first, chunk_of[s] + Loader::column(),
                        keep && tile.keeps && has_values_of_its_own(tile), count > 1,
                        [&](int row) {
                            return power_of_two(tile_scale(c, tile, kept_scale, ROWS, t, row,
                                                           min(first + row, c.count - 1))
                                                - sigma[row]);
                        },
                        a + s * ROWS * STRIDE);
            }
        }
        copy_async_wait<0>();
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const int32_t width =
                        min((int32_t)CHUNK, tile_at(tile_of[s]).children - chunk_of[s]);
                for (int k = 0; k < width; k += STEP_K) {
                    product.template multiply<false, false>(
                            a + s * ROWS * STRIDE + k, STRIDE,
                            b + (s * NODES + column_of_warp) * STRIDE + k, STRIDE, lane);
                }
            }
        }
        if (next < count) {
            __syncthreads();
        }
    }
    settle_sums<Shape>(c, product, tiles, count, sum_value, sum_block, nodes, first, sigma,
                       (float *)a);
}

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, 1)
sum_forward_chain_at_once(const Circuit c, const ChainRange chain, const bool keep) {
    run_chain(c, chain, [&](const ChainItem &item, int32_t row_tile, auto wait) {
        sum_block_at_once<Shape>(c, c.tile + item.tile_begin, item.tiles, item.nodes,
                                 row_tile * Shape::ROWS, keep, wait);
    });
}

template <int NODES>
cudaError_t launch_chain(const Schedule &schedule, const ChainLaunch &range, const Circuit &c,
                         bool keep, cudaStream_t stream) {
    typedef AtOnceShape<NODES> Shape;
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS)};
    const int64_t tasks = (int64_t)chain.items * chain.row_tiles;
    const cudaError_t error = reset_chain(c, tasks, stream);
    return error != cudaSuccess
                   ? error
                   : launch(sum_forward_chain_at_once<Shape>,
                            dim3((unsigned)std::min<int64_t>(tasks, schedule.processors)),
                            Shape::THREADS, Shape::SHARED, stream, c, chain, keep);
}

} // namespace

cudaError_t sum_chain_at_once(const Schedule &schedule, const ChainLaunch &range, const Circuit &c,
                              bool keep, cudaStream_t stream) {
    return range.nodes > 64 ? launch_chain<128>(schedule, range, c, keep, stream)
                            : launch_chain<64>(schedule, range, c, keep, stream);
}
