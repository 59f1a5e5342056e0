#include <algorithm>

#include "chain.cuh"
#include "element_loader.cuh"
#include "sum_forward.cuh"
#include "sum_matrix.cuh"

/*
 * On the matrix units, a thread block has ROWS rows of a sum block. Layers are narrow (a circuit of
 * 784 variables has 143 of five vectors each), so the time of one thread block from end to end
 * counts. Therefore
 *
 *   - all that does not depend on the launch before is loaded before that has ended: the weights,
 *     the cells, and the table rows that they pick;
 *   - the factors of a chunk are loaded together and then multiplied, and those of the next chunk
 *     are in flight meanwhile;
 *   - sums are normalised in the registers in which they were computed. A thread has four
 *     consecutive columns: see `dealt`.
 */

namespace {

/*
 * Threads of a multiprocessor where each needs many registers: with more threads some would spill.
 */
enum { GROUP_THREADS = 256 };

template <int ROWS_, int NODES_, bool CROWDED = false>
struct SumShape {
    static constexpr int ROWS = ROWS_;
    static constexpr int NODES = NODES_;
    typedef WarpGrid<ROWS, NODES, CROWDED && NODES <= 64 ? 16 : 32> Warps;
    static constexpr int THREADS = Warps::THREADS;
    /* thread blocks on a multiprocessor, at least */
    static constexpr int RESIDENT = (NODES <= 32 ? (int)GROUP_THREADS
                                     : CROWDED   ? (int)CROWDED_THREADS
                                                 : (int)BUSY_THREADS)
                                    / THREADS;
    /* children at a time */
    static constexpr int CHUNK = NODES > 64 && !CROWDED ? NODES : (int)CROWDED_CHUNK;
    static constexpr bool GROUPS = NODES <= 32; /* of small tiles in a chunk */
    static constexpr int STRIDE = CHUNK + 8;    /* of rows in shared memory */
    static constexpr int VECTORS_A_ROW = CHUNK / 8;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int VECTORS = ROWS / ROWS_APART; /* of an element that a thread loads */
    static constexpr int SUM_STRIDE = NODES + 4;
    static constexpr int OPERANDS = 2 * (ROWS + NODES) * STRIDE * (int)sizeof(bf16);
    static constexpr int SUMS = ROWS * SUM_STRIDE * (int)sizeof(float);
    static constexpr int SHARED = OPERANDS > SUMS ? OPERANDS : SUMS;
};

/*
 * One sum block for ROWS rows; wait() returns when its factors have their values. Where all its
 * tiles have `children` nodes, and several fit a chunk, a chunk has several tiles.
 */
template <typename Shape, typename Wait>
__device__ __forceinline__ void sum_block_forward(const DevicePlan &c, const Tile *tiles, int count,
                                                  int32_t nodes, int32_t children, int32_t first,
                                                  bool keep, Wait wait) {
    typedef typename Shape::Warps Warps;
    constexpr int ROWS = Shape::ROWS;
    constexpr int NODES = Shape::NODES;
    constexpr int STRIDE = Shape::STRIDE;
    constexpr int CHUNK = Shape::CHUNK;
    DYNAMIC_SHARED(char, memory);
    __shared__ Tile kept_tile[KEPT_TILES];
    __shared__ int32_t cells[2][ROWS];
    __shared__ int32_t kept_scale[SCALED_TILES * ROWS];
    __shared__ int32_t sigma[ROWS];
    /* two stages of both operands */
    bf16 *const a = (bf16 *)memory;
    bf16 *const b = a + 2 * ROWS * STRIDE;
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;

    copy_to_shared(kept_tile, tiles, min(count, (int)KEPT_TILES));
    __syncthreads();
    const auto tile_at = [&](int t) -> const Tile & {
        return t < KEPT_TILES ? kept_tile[t] : tiles[t];
    };
    const int64_t sum_value = kept_tile[0].sum_value;
    const int32_t sum_block = kept_tile[0].sum_block;
    const int tiles_a_chunk =
            Shape::GROUPS && children > 0 && children < CHUNK && CHUNK % children == 0
                    ? CHUNK / children
                    : 1;
    const bool grouped = Shape::GROUPS && tiles_a_chunk > 1;
    /*
     * A column of a chunk: a child of the tile with this offset from the first tile of the chunk.
     */
    const auto tile_of = [&](int column) { return grouped ? column / children : 0; };
    const auto child_of = [&](int32_t chunk, int column) {
        return grouped ? column % children : chunk + column;
    };
    const auto load_weights = [&](int t, int32_t chunk, bf16 *to) {
        const int column = threadIdx.x % Shape::VECTORS_A_ROW * 8;
        const int mine = t + tile_of(column);
        const int32_t child = child_of(chunk, column);
        const Tile &tile = tile_at(min(mine, count - 1));
        const bool there = mine < count && child < tile.children;
        const bf16 *const from = c.copies + tile.copy + child;
        for (int node = threadIdx.x / Shape::VECTORS_A_ROW; node < NODES;
             node += Shape::ROWS_APART) {
            copy_async_16(to + dealt(node) * STRIDE + column, from + (int64_t)node * tile.children,
                          there && node < nodes);
        }
    };
    static_assert(Shape::THREADS >= ROWS, "a thread for each row's cell");
    const auto first_cell = [&](int t) {
        return !grouped && t < count && tile_at(t).tables > 0 && threadIdx.x < ROWS
                       ? cell_at(c, tile_at(t).factor[0].variable,
                                 min(first + (int32_t)threadIdx.x, c.count - 1))
                       : MISSING_CATEGORY;
    };
    const auto keep_cell = [&](int t, int32_t cell) {
        if (threadIdx.x < ROWS) {
            cells[t & 1][threadIdx.x] = cell;
        }
    };
    const auto advance = [&](int &t, int32_t &chunk) {
        chunk += CHUNK;
        if (grouped || chunk >= tile_at(t).children) {
            chunk = 0;
            t += tiles_a_chunk;
        }
    };
    /* Both stages of weights are in flight before the first wait. */
    int next = 0;
    int32_t next_chunk = 0;
    advance(next, next_chunk);
    load_weights(0, 0, b);
    if (next < count) {
        load_weights(next, next_chunk, b + NODES * STRIDE);
    }
    copy_async_commit();
    keep_cell(0, first_cell(0));
    keep_cell(1, first_cell(1));
    __syncthreads();
    typedef ElementLoader<Shape> Loader;
    Loader loader;
    /* Offset of the thread's tile from the first tile of a chunk; the tile may not exist. */
    const int my_tile = tile_of(Loader::column());
    const auto cells_of = [&](int t) -> const int32_t * { return grouped ? NULL : cells[t & 1]; };
    if (my_tile < count) {
        loader.template fetch<true, false>(c, tile_at(my_tile), first,
                                           child_of(0, Loader::column()), cells_of(0));
    }
    wait();

    if (my_tile < count) {
        loader.template fetch<false, true>(c, tile_at(my_tile), first,
                                           child_of(0, Loader::column()), cells_of(0));
    }
    find_scales(c, tile_at, count, ROWS, first, keep, kept_scale, sigma);

    typename Warps::Product product;
    product.clear();
    const int row_of_warp = warp / Warps::BY_N * Warps::M;
    const int column_of_warp = warp % Warps::BY_N * Warps::N;
    int t = 0;
    int32_t chunk = 0;
    for (int stage = 0, round = 0; t < count; stage ^= 1, round++) {
        const int mine = t + my_tile;
        const int32_t width =
                min((int32_t)CHUNK, grouped ? (count - t) * children : tile_at(t).children - chunk);
        next = t;
        next_chunk = chunk;
        advance(next, next_chunk);
        /* Read only after the round's barrier, by the fetch of the round that comes next. */
        const bool brings_cell = next != t && next + 1 < count;
        const int32_t cell = brings_cell ? first_cell(next + 1) : MISSING_CATEGORY;
        if (mine < count) {
            const Tile &tile = tile_at(mine);
            loader.place(
                    c, tile, first, child_of(chunk, Loader::column()),
                    keep && tile.keeps && has_values_of_its_own(tile), count > 1,
                    [&](int row) {
                        return power_of_two(tile_scale(c, tile, kept_scale, ROWS, mine, row,
                                                       min(first + row, c.count - 1))
                                            - sigma[row]);
                    },
                    a + stage * ROWS * STRIDE);
        }
        if (next + my_tile < count) {
            loader.template fetch<true, true>(c, tile_at(next + my_tile), first,
                                              child_of(next_chunk, Loader::column()),
                                              cells_of(next));
        }
        if (brings_cell) {
            keep_cell(next + 1, cell);
        }
        copy_async_wait<0>();
        __syncthreads();
        /* All threads have read the other stage. */
        if (round > 0 && next < count) {
            load_weights(next, next_chunk, b + (stage ^ 1) * NODES * STRIDE);
            copy_async_commit();
        }
#pragma unroll 2
        for (int k = 0; k < width; k += STEP_K) {
            product.template multiply<false, false>(
                    a + (stage * ROWS + row_of_warp) * STRIDE + k, STRIDE,
                    b + (stage * NODES + column_of_warp) * STRIDE + k, STRIDE, lane);
        }
        t = next;
        chunk = next_chunk;
    }

    settle_sums<Shape>(c, product, tiles, count, sum_value, sum_block, nodes, first, sigma,
                       (float *)memory);
}

/* A layer or a part of it: a thread block for each sum block and ROWS rows. */
template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, Shape::RESIDENT)
        sum_forward_matrix(const DevicePlan c, const SumLaunch launch, const bool keep) {
    const int32_t sum = launch.first + blockIdx.x;
    const int32_t begin = launch.tiles >= 0 ? launch.first_tile + (int32_t)blockIdx.x * launch.tiles
                                            : c.sum_tile_begin[sum];
    const int count = launch.tiles >= 0 ? launch.tiles : c.sum_tile_begin[sum + 1] - begin;
    let_next_launch_start();
    sum_block_forward<Shape>(c, c.tile + begin, count, launch.nodes, launch.children,
                             (int32_t)blockIdx.y * Shape::ROWS, keep,
                             [] { wait_for_launches_before(); });
}

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, Shape::RESIDENT)
        sum_forward_chain(const DevicePlan c, const ChainRange chain, const bool keep) {
    run_chain<false>(c, chain, [&](const ChainItem &item, int32_t row_strip, auto wait) {
        sum_block_forward<Shape>(c, c.tile + item.tile_begin, item.tiles, item.nodes, item.children,
                                 row_strip * Shape::ROWS, keep, wait);
    });
}

template <typename Shape>
cudaError_t launch_rows(const SumLaunch &range, const DevicePlan &c, bool keep, bool early,
                        cudaStream_t stream) {
    return launch_early(early, sum_forward_matrix<Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, Shape::ROWS)),
                        Shape::THREADS, Shape::SHARED, stream, c, range, keep);
}

/* For few tasks: few rows a thread block, where many would leave multiprocessors idle. */
template <int NODES>
using FewTasks = SumShape<32, NODES>;

template <int NODES>
using ManyTasks = SumShape<(NODES > 32 ? 32 : 64), NODES, (NODES > 32)>;

template <int NODES>
cudaError_t launch_matrix(const LaunchList &launches, const SumLaunch &range, const DevicePlan &c,
                          bool keep, bool early, cudaStream_t stream) {
    typedef FewTasks<NODES> Few;
    const int64_t blocks = (int64_t)(range.end - range.first) * ceiling_of(c.count, Few::ROWS);
    return blocks <= launches.processors
                   ? launch_rows<Few>(range, c, keep, early, stream)
                   : launch_rows<ManyTasks<NODES>>(range, c, keep, early, stream);
}

template <typename Shape>
cudaError_t launch_chain_rows(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, bool keep, cudaStream_t stream) {
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS), 0};
    const int64_t tasks = (int64_t)chain.items * chain.row_strips;
    const int64_t resident = (int64_t)launches.processors * Shape::RESIDENT;
    const cudaError_t error = reset_chain(c, range, chain.row_strips, stream);
    return error != cudaSuccess
                   ? error
                   : launch(sum_forward_chain<Shape>, dim3((unsigned)std::min(tasks, resident)),
                            Shape::THREADS, Shape::SHARED, stream, c, chain, keep);
}

template <int NODES>
cudaError_t launch_chain(const LaunchList &launches, const ChainLaunch &range, const DevicePlan &c,
                         bool keep, cudaStream_t stream) {
    if (chain_suits_at_once(launches, range, c.count)) {
        return sum_chain_at_once(launches, range, c, keep, stream);
    }
    typedef FewTasks<NODES> Few;
    return few_rows_suit(launches, range, ceiling_of(c.count, Few::ROWS))
                   ? launch_chain_rows<Few>(launches, range, c, keep, stream)
                   : launch_chain_rows<ManyTasks<NODES>>(launches, range, c, keep, stream);
}

} // namespace

cudaError_t sum_forward_on_matrix_units(const LaunchList &launches, const SumLaunch &range,
                                        const DevicePlan &c, bool keep, bool early,
                                        cudaStream_t stream) {
    return range.nodes > 64   ? launch_matrix<128>(launches, range, c, keep, early, stream)
           : range.nodes > 32 ? launch_matrix<64>(launches, range, c, keep, early, stream)
           : range.nodes > 16 ? launch_matrix<32>(launches, range, c, keep, early, stream)
                              : launch_matrix<16>(launches, range, c, keep, early, stream);
}

cudaError_t sum_chain_forward(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, bool keep, cudaStream_t stream) {
    return range.nodes > 64   ? launch_chain<128>(launches, range, c, keep, stream)
           : range.nodes > 32 ? launch_chain<64>(launches, range, c, keep, stream)
           : range.nodes > 16 ? launch_chain<32>(launches, range, c, keep, stream)
                              : launch_chain<16>(launches, range, c, keep, stream);
}
