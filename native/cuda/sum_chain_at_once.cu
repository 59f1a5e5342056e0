#include "chain.cuh"
#include "sum_forward.cuh"
#include "sum_matrix.cuh"

/*
 * Chains whose layers have fewer tasks than there are multiprocessors, as in hidden Markov models
 * and small batches: the time of a task after its last factor is complete counts. So STAGES chunks
 * of both operands are in flight together, weights and table rows before the wait, with one barrier
 * for all. A task has few rows, so that as many multiprocessors as possible work. Weights stay in
 * shared memory where the next task has the same.
 */

namespace {

enum { KEPT_TILES = 16 /* that a thread block has in shared memory */ };

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
    static constexpr int STEPS = 4; /* matrix instructions whose operands are loaded at once */
    static constexpr int SUM_STRIDE = NODES + 4;
    static constexpr int SHARED = STAGES * (ROWS + NODES) * STRIDE * (int)sizeof(bf16);
    static_assert(ROWS * SUM_STRIDE * (int)sizeof(float)
                          <= STAGES * ROWS * STRIDE * (int)sizeof(bf16),
                  "sums fit where elements were");
    static_assert(ROWS == ROWS_APART, "a thread has one vector of an element's chunk");
};

/*
 * Eight children of a tile's element, for one row. No load depends on a branch, so that those of
 * several tiles are in flight together: one of the first table's row, and one for each of the first
 * stored factors. What a tile lacks is read from a valid address and ignored; its further factors
 * are loaded when they are used.
 */
struct ElementVector {
    enum { STORED = 2 };

    uint4 low; /* of the table's row: bfloat16, or the first four floats */
    uint4 high;
    uint4 stored[STORED];
    int32_t power[STORED];
    int32_t cell;

    __device__ static __forceinline__ const Factor &stored_factor(const Tile &tile, int i) {
        return tile.factor[min(tile.tables + i, (int32_t)INLINE_FACTORS - 1)];
    }

    __device__ static __forceinline__ bool has_stored(const Tile &tile, int i) {
        return tile.tables + i < min(tile.factors, (int32_t)INLINE_FACTORS);
    }

    __device__ static __forceinline__ bool reads_floats(const Tile &tile) {
        return tile.tables > 0 && tile.factor[0].copy == NO_COPY;
    }

    /* Whether there are factors besides. */
    __device__ static __forceinline__ bool has_more(const Tile &tile) {
        return tile.tables > 1 || tile.factors - tile.tables > STORED
               || tile.factors > INLINE_FACTORS;
    }

    __device__ __forceinline__ void fetch_cell(const DevicePlan &c, const Tile &tile,
                                               int32_t sample) {
        cell = cell_at(c, tile.tables > 0 ? tile.factor[0].variable : 0, sample);
    }

    __device__ __forceinline__ void fetch_row(const DevicePlan &c, const Tile &tile,
                                              int32_t child) {
        const Factor &factor = tile.factor[0];
        const bool floats = reads_floats(tile);
        const int64_t at = (int64_t)max(cell, 0) * factor.stride + child;
        const char *from = floats ? (const char *)(c.parameters + factor.offset + at)
                                  : (const char *)(c.copies + factor.copy + at);
        from = tile.tables > 0 ? from : (const char *)c.parameters;
        low = *(const uint4 *)from;
        high = *(const uint4 *)(from + (floats ? sizeof(uint4) : 0));
    }

    __device__ __forceinline__ void fetch_stored(const DevicePlan &c, const Tile &tile,
                                                 int32_t sample, int32_t child) {
#pragma unroll
        for (int i = 0; i < STORED; i++) {
            const Factor &factor = stored_factor(tile, i);
            const bool there = has_stored(tile, i);
            const bf16 *const row = stored_row<bf16>(c, factor, tile.children, sample) + child;
            stored[i] = *(const uint4 *)(there ? row : (const bf16 *)c.parameters);
            power[i] = *(there ? block_scale(c, factor.block, sample) : c.cells + sample);
        }
    }

    __device__ __forceinline__ int32_t scale(const DevicePlan &c, const Tile &tile,
                                             int32_t sample) const {
        if (has_more(tile)) {
            return scale_of_element(c, tile, sample);
        }
        int32_t sum = 0;
#pragma unroll
        for (int i = 0; i < STORED; i++) {
            sum = clamped_scale(sum + (has_stored(tile, i) ? power[i] : 0));
        }
        return sum;
    }

    __device__ __forceinline__ uint4 product(const DevicePlan &c, const Tile &tile, int32_t sample,
                                             int32_t child) const {
        const uint32_t ones = 0x3f803f80;
        const uint4 one = make_uint4(ones, ones, ones, ones);
        uint4 value = low;
        if (reads_floats(tile)) {
            value = make_uint4(pack_bf16(__uint_as_float(low.x), __uint_as_float(low.y)),
                               pack_bf16(__uint_as_float(low.z), __uint_as_float(low.w)),
                               pack_bf16(__uint_as_float(high.x), __uint_as_float(high.y)),
                               pack_bf16(__uint_as_float(high.z), __uint_as_float(high.w)));
        }
        value = tile.tables > 0 && cell >= 0 ? value : one;
#pragma unroll
        for (int i = 0; i < STORED; i++) {
            value = multiply8(value, has_stored(tile, i) ? stored[i] : one);
        }
        for (int32_t f = 1; has_more(tile) && f < tile.factors; f++) {
            const bool was_stored =
                    f >= tile.tables && f < min(tile.tables + STORED, (int32_t)INLINE_FACTORS);
            if (!was_stored) {
                value = multiply8(value, load8(factor_row<bf16>(c, factor_of(c, tile, f),
                                                                tile.children, sample),
                                               child));
            }
        }
        return value;
    }
};

/* held: offset of the weights that the stages in shared memory hold, or -1. */
template <typename Shape, typename Wait>
__device__ __forceinline__ void sum_block_at_once(const DevicePlan &c, const Tile *tiles, int count,
                                                  int32_t nodes, int32_t first, bool keep,
                                                  int64_t (&held)[Shape::STAGES], Wait wait) {
    typedef typename Shape::Warps Warps;
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
    const int row = threadIdx.x / Shape::VECTORS_A_ROW;
    const int column = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int32_t sample = min(first + row, c.count - 1);
    const bool counts = first + row < c.count;

    typename Warps::Product product;
    product.clear();
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
                if (next_chunk >= tile_at(next).children) {
                    next_chunk = 0;
                    next++;
                }
            }
        }
        /* Where there is no more, or no child, something that is not used stands in. */
        const auto stage_tile = [&](int s) -> const Tile & {
            return tile_at(min(tile_of[s], count - 1));
        };
        const auto has_child = [&](int s) {
            return tile_of[s] < count && chunk_of[s] + column < stage_tile(s).children;
        };
        const auto child_of = [&](int s) { return has_child(s) ? chunk_of[s] + column : 0; };
        ElementVector vector[STAGES];
#pragma unroll
        for (int s = 0; s < STAGES; s++) vector[s].fetch_cell(c, stage_tile(s), sample);
#pragma unroll
        for (int s = 0; s < STAGES; s++) vector[s].fetch_row(c, stage_tile(s), child_of(s));
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            const Tile &tile = stage_tile(s);
            if (tile_of[s] < count && held[s] != tile.copy + chunk_of[s]) {
                held[s] = tile.copy + chunk_of[s];
                const bf16 *const from = c.copies + tile.copy + child_of(s);
                for (int node = row; node < NODES; node += Shape::ROWS_APART) {
                    copy_async_16(b + (s * NODES + dealt(node)) * STRIDE + column,
                                  from + (int64_t)node * tile.children,
                                  has_child(s) && node < nodes);
                }
            }
        }
        copy_async_commit();
        if (!waited && !wait()) {
            return;
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            vector[s].fetch_stored(c, stage_tile(s), sample, child_of(s));
        }
        int32_t scale[STAGES];
        int32_t best = SCALE_FLOOR;
        if (!waited && next >= count) {
            /* All tiles are here: each thread finds the scales of its row. */
#pragma unroll
            for (int s = 0; s < STAGES; s++) {
                scale[s] = vector[s].scale(c, stage_tile(s), sample);
                best = max(best, tile_of[s] < count ? scale[s] : SCALE_FLOOR);
            }
            if (column == 0 && counts) {
                sigma[row] = best;
#pragma unroll
                for (int s = 0; s < STAGES; s++) {
                    if (tile_of[s] < count && keep && stage_tile(s).keeps) {
                        *element_scale(c, stage_tile(s).element, sample) = scale[s];
                    }
                }
            }
        } else {
            if (!waited) {
                find_scales(c, tile_at, count, ROWS, first, keep, kept_scale, sigma);
            }
            best = sigma[row];
#pragma unroll
            for (int s = 0; s < STAGES; s++) {
                scale[s] = tile_scale(c, stage_tile(s), kept_scale, ROWS,
                                      min(tile_of[s], count - 1), row, sample);
            }
        }
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (has_child(s)) {
                const Tile &tile = stage_tile(s);
                uint4 value = vector[s].product(c, tile, sample, child_of(s));
                if (keep && tile.keeps && has_values_of_its_own(tile) && counts) {
                    *(uint4 *)(element_row<bf16>(c, c.element_values, tile.flow, tile.children,
                                                 sample)
                               + child_of(s)) = value;
                }
                if (count > 1) {
                    value = scale8(value, power_of_two(scale[s] - best));
                }
                *(uint4 *)(a + (s * ROWS + row) * STRIDE + column) = value;
            }
        }
        copy_async_wait<0>();
        __syncthreads();
#pragma unroll
        for (int s = 0; s < STAGES; s++) {
            if (tile_of[s] < count) {
                const int32_t width = stage_tile(s).children - chunk_of[s];
                const bf16 *const left = a + s * ROWS * STRIDE;
                const bf16 *const right = b + (s * NODES + column_of_warp) * STRIDE;
                if (width >= CHUNK) {
#pragma unroll
                    for (int k = 0; k < CHUNK; k += Shape::STEPS * STEP_K) {
                        product.template multiply_steps<Shape::STEPS, false, false>(
                                left + k, STRIDE, right + k, STRIDE, lane);
                    }
                } else {
                    for (int k = 0; k < width; k += STEP_K) {
                        product.template multiply<false, false>(left + k, STRIDE, right + k, STRIDE,
                                                                lane);
                    }
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
        sum_forward_chain_at_once(const DevicePlan c, const ChainRange chain, const bool keep) {
    int64_t held[Shape::STAGES];
#pragma unroll
    for (int s = 0; s < Shape::STAGES; s++) held[s] = -1;
    run_chain<true>(c, chain, [&](const ChainItem &item, int32_t row_strip, auto wait) {
        sum_block_at_once<Shape>(c, c.tile + item.tile_begin, item.tiles, item.nodes,
                                 row_strip * Shape::ROWS, keep, held, wait);
    });
}

template <int NODES>
cudaError_t launch_chain(const LaunchList &launches, const ChainLaunch &range, const DevicePlan &c,
                         bool keep, cudaStream_t stream) {
    typedef AtOnceShape<NODES> Shape;
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS), range.period};
    const cudaError_t error = reset_chain(c, range, chain.row_strips, stream);
    return error != cudaSuccess ? error
                                : launch(sum_forward_chain_at_once<Shape>,
                                         dim3(at_once_blocks(launches, range, chain.row_strips)),
                                         Shape::THREADS, Shape::SHARED, stream, c, chain, keep);
}

} // namespace

cudaError_t sum_chain_at_once(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, bool keep, cudaStream_t stream) {
    return range.nodes > 64 ? launch_chain<128>(launches, range, c, keep, stream)
                            : launch_chain<64>(launches, range, c, keep, stream);
}
