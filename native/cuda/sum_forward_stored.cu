#include "sum_forward.cuh"
#include "sum_matrix.cuh"

/*
 * Sum blocks of at most 32 nodes over many small elements that all have been formed before. Both
 * operands are copied unchanged, STAGES chunks of children at a time, and scales are applied to
 * what a warp has read for its matrix instructions. Traffic: each element once for each sum block
 * that reads it, from the second-level cache.
 */

namespace {

enum {
    CHUNK = 64, /* children at a time: of one tile or of several small ones */
    STAGES = 3,
    MOST_TILES = 64,
    SCALES_AHEAD = 16 /* whose scales a thread asks for at once */
};

template <int ROWS_, int NODES_>
struct StoredShape {
    static constexpr int ROWS = ROWS_;
    static constexpr int NODES = NODES_;
    struct Warps {
        static constexpr int M = ROWS > 32 ? 32 : 16;
        static constexpr int N = NODES;
        static constexpr int BY_N = 1;
        static constexpr int WARPS = ROWS / M;
        typedef WarpProduct<M, N> Product;
    };
    static constexpr int THREADS = Warps::WARPS * WARP;
    static constexpr int RESIDENT = 3;
    static constexpr int STRIDE = CHUNK + 8;
    static constexpr int STAGE = (ROWS + NODES) * STRIDE;
    static constexpr int VECTORS_A_ROW = CHUNK / 8;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int SUM_STRIDE = NODES + 4;
    static constexpr int SHARED = STAGES * STAGE * (int)sizeof(bf16);
    static_assert(ROWS * SUM_STRIDE * (int)sizeof(float) <= SHARED, "sums fit as well");
};

/* What the kernel needs of a tile. */
struct Operand {
    const bf16 *weights;
    const bf16 *values; /* of row 0 */
    int32_t block;      /* of whose values they are */
};

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, Shape::RESIDENT)
        sum_forward_of_stored(const DevicePlan c, const SumLaunch launch) {
    typedef typename Shape::Warps Warps;
    constexpr int ROWS = Shape::ROWS;
    constexpr int STRIDE = Shape::STRIDE;
    DYNAMIC_SHARED(bf16, memory); /* of each stage first the elements, then the weights */
    __shared__ Operand operand[MOST_TILES];
    __shared__ uint8_t
            power[MOST_TILES]
                 [ROWS]; /* exponents of the factors of rows, in the format of bfloat16 */
    __shared__ int32_t sigma[ROWS];
    const int32_t sum = launch.first + blockIdx.x;
    const int32_t begin = launch.tiles >= 0 ? launch.first_tile + (int32_t)blockIdx.x * launch.tiles
                                            : c.sum_tile_begin[sum];
    const int count = launch.tiles >= 0 ? launch.tiles : c.sum_tile_begin[sum + 1] - begin;
    const Tile *const tiles = c.tile + begin;
    const int32_t first = (int32_t)blockIdx.y * ROWS;
    const int32_t children = launch.children;
    const int by_children = 31 - __clz(children); /* a power of two, at most CHUNK */
    const int lane = threadIdx.x % WARP;
    const int row_of_warp = threadIdx.x / WARP * Warps::M;
    let_next_launch_start();
    for (int t = threadIdx.x; t < count; t += Shape::THREADS) {
        const Tile &tile = tiles[t];
        operand[t] = {c.copies + tile.copy, stored_row<bf16>(c, tile.factor[0], children, 0),
                      tile.factor[0].block};
    }
    const int64_t sum_value = tiles[0].sum_value;
    const int32_t sum_block = tiles[0].sum_block;
    __syncthreads();

    /* Columns of all tiles side by side; a thread copies eight of them. */
    const int32_t columns = count << by_children;
    const int column = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int my_row = threadIdx.x / Shape::VECTORS_A_ROW;
    const auto copy_weights = [&](int round) {
        const int32_t at = round * CHUNK + column;
        const bf16 *const from =
                operand[min(at, columns - 1) >> by_children].weights + (at & (children - 1));
        bf16 *const to = memory + round % STAGES * Shape::STAGE + ROWS * STRIDE + column;
#pragma unroll
        for (int node = my_row; node < Shape::NODES; node += Shape::ROWS_APART) {
            copy_async_16(to + dealt(node) * STRIDE, from + (node << by_children),
                          at < columns && node < launch.nodes);
        }
    };
    const auto copy_elements = [&](int round) {
        const int32_t at = round * CHUNK + column;
        const bf16 *const from =
                operand[min(at, columns - 1) >> by_children].values + (at & (children - 1));
        bf16 *const to = memory + round % STAGES * Shape::STAGE + column;
#pragma unroll
        for (int row = my_row; row < ROWS; row += Shape::ROWS_APART) {
            copy_async_16(to + row * STRIDE,
                          from + ((int64_t)min(first + row, c.count - 1) << by_children),
                          at < columns);
        }
    };
    const int rounds = ceiling_of(columns, CHUNK);
    /* Weights do not wait for the launch before. */
    for (int round = 0; round < min(rounds, STAGES - 1); round++) {
        copy_weights(round);
    }
    wait_for_launches_before();
    for (int round = 0; round < STAGES - 1; round++) {
        if (round < rounds) {
            copy_elements(round);
        }
        copy_async_commit();
    }
    /* One thread per row: its largest scale, and the scale to apply to each tile. */
    static_assert(Shape::THREADS >= ROWS, "a thread for each row");
    if (threadIdx.x < ROWS) {
        const int32_t *const scales = c.scales + min(first + (int32_t)threadIdx.x, c.count - 1);
        int32_t scale[SCALES_AHEAD];
        int32_t best = SCALE_FLOOR;
#pragma unroll
        for (int t = 0; t < SCALES_AHEAD; t++) {
            scale[t] = scales[(int64_t)operand[min(t, count - 1)].block * c.capacity];
        }
#pragma unroll
        for (int t = 0; t < SCALES_AHEAD; t++) best = max(best, scale[t]);
        for (int t = SCALES_AHEAD; t < count; t++) {
            best = max(best, scales[(int64_t)operand[t].block * c.capacity]);
        }
#pragma unroll
        for (int t = 0; t < SCALES_AHEAD; t++) {
            if (t < count) {
                power[t][threadIdx.x] = (uint8_t)max(scale[t] - best + 127, 0);
            }
        }
        for (int t = SCALES_AHEAD; t < count; t++) {
            power[t][threadIdx.x] =
                    (uint8_t)max(scales[(int64_t)operand[t].block * c.capacity] - best + 127, 0);
        }
        sigma[threadIdx.x] = best;
    }

    typename Warps::Product product;
    product.clear();
    for (int round = 0; round < rounds; round++) {
        copy_async_wait<STAGES - 2>();
        __syncthreads();
        /* All threads have read the stage before. */
        if (round + STAGES - 1 < rounds) {
            copy_weights(round + STAGES - 1);
            copy_elements(round + STAGES - 1);
        }
        copy_async_commit();
        const bf16 *const a = memory + round % STAGES * Shape::STAGE;
        const bf16 *const b = a + ROWS * STRIDE;
#pragma unroll
        for (int k = 0; k < CHUNK; k += STEP_K) {
            const int t = min(round * CHUNK + k, columns - 1) >> by_children;
            uint32_t factor[Warps::M / 16][2];
#pragma unroll
            for (int i = 0; i < Warps::M / 16; i++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    factor[i][half] =
                            power[t][row_of_warp + i * 16 + half * 8 + lane / 4] * 0x00800080u;
                }
            }
            product.template multiply_scaled<false>(a + row_of_warp * STRIDE + k, STRIDE, b + k,
                                                    STRIDE, lane, factor);
        }
    }
    copy_async_wait<0>();
    settle_sums<Shape>(c, product, tiles, count, sum_value, sum_block, launch.nodes, first, sigma,
                       (float *)memory);
}

template <typename Shape>
cudaError_t launch_rows(const SumLaunch &range, const DevicePlan &c, bool early,
                        cudaStream_t stream) {
    return launch_early(early, sum_forward_of_stored<Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, Shape::ROWS)),
                        Shape::THREADS, Shape::SHARED, stream, c, range);
}

/* Few rows per thread block, where many would leave multiprocessors idle. */
template <int NODES>
cudaError_t launch_nodes(const LaunchList &launches, const SumLaunch &range, const DevicePlan &c,
                         bool early, cudaStream_t stream) {
    typedef StoredShape<32, NODES> Few;
    typedef StoredShape<128, NODES> Many;
    const int64_t blocks = (int64_t)(range.end - range.first) * ceiling_of(c.count, Few::ROWS);
    return blocks <= 2 * launches.processors ? launch_rows<Few>(range, c, early, stream)
                                             : launch_rows<Many>(range, c, early, stream);
}

} // namespace

bool can_stream_stored_sums(const SumLaunch &range) {
    return range.matrix && range.stored && range.nodes <= 32 && range.most_tiles <= MOST_TILES
           && (range.children == 16 || range.children == 32 || range.children == CHUNK);
}

cudaError_t sum_forward_stored(const LaunchList &launches, const SumLaunch &range,
                               const DevicePlan &c, bool early, cudaStream_t stream) {
    return range.nodes > 16 ? launch_nodes<32>(launches, range, c, early, stream)
                            : launch_nodes<16>(launches, range, c, early, stream);
}
