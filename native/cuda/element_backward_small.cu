#include "element_backward.cuh"
#include "flow_matrix.cuh"

/*
 * The counterpart of sum_forward_stored.cu in the backward pass: elements of at most 32 nodes that
 * many small sum blocks read. Both operands are copied unchanged; edge factors are applied to what
 * a warp has read for its matrix instructions. Sums pass through shared memory, so that a thread
 * turns eight consecutive nodes of a row into flows and gradients with whole 16-byte accesses.
 */

namespace {

enum {
    CHUNK = 64, /* parent nodes at a time */
    STAGES = 2,
    MOST_TILES = 32,
    ROWS = 128,
    THREADS = 128,
    RESIDENT = 4,
    A_STRIDE = CHUNK + 8
};

template <int NODES_>
struct SmallShape {
    static constexpr int NODES = NODES_;
    typedef WarpProduct<32, NODES> Product;
    static constexpr int B_STRIDE = NODES + 8;
    static constexpr int STAGE = ROWS * A_STRIDE + CHUNK * B_STRIDE;
    static constexpr int SUM_STRIDE = NODES + 4;
    static constexpr int VECTORS_A_ROW = NODES / 8; /* of an element's row */
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int VECTORS = ROWS / ROWS_APART; /* that a thread settles */
    static constexpr int SHARED = STAGES * STAGE * (int)sizeof(bf16);
    static_assert(ROWS * SUM_STRIDE * (int)sizeof(float) <= SHARED, "sums fit as well");
};

/* What the kernel needs of a tile. */
struct Operand {
    const bf16 *weights;
    const bf16 *gradients; /* of row 0 */
    int32_t block;         /* whose gradients they are */
};

/* Eight bfloat16 numbers as floats. */
__device__ __forceinline__ void unpack8(uint4 packed, float (&to)[8]) {
    const uint32_t pairs[4] = {packed.x, packed.y, packed.z, packed.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const float2 pair = unpack_bf16(pairs[i]);
        to[2 * i] = pair.x;
        to[2 * i + 1] = pair.y;
    }
}

__device__ __forceinline__ uint4 pack8(const float (&from)[8]) {
    return make_uint4(pack_bf16(from[0], from[1]), pack_bf16(from[2], from[3]),
                      pack_bf16(from[4], from[5]), pack_bf16(from[6], from[7]));
}

template <typename Shape>
__global__ void __launch_bounds__(THREADS, RESIDENT)
        element_backward_small(const DevicePlan c, const ElementLaunch launch) {
    DYNAMIC_SHARED(bf16, memory); /* of each stage first the gradients, then the weights */
    __shared__ Operand operand[MOST_TILES];
    __shared__ uint8_t
            power[MOST_TILES][ROWS]; /* exponents of edge factors, in the format of bfloat16 */
    __shared__ Factor kept_block[KEPT_BLOCKS];
    let_next_launch_start();
    const int32_t e = c.backward[launch.first + blockIdx.x];
    const Element &element = c.element[e];
    const int32_t *const tiles = c.element_tile + element.tile_begin;
    const int32_t count = element.tiles;
    const int32_t factors = element.factors;
    const int64_t flow = element.needs_flow ? element.flow : -1;
    const Factor *const blocks = c.factor + element.factor_begin;
    const int32_t nodes = launch.nodes;
    const int32_t parents = launch.parent_nodes;
    const int by_parents = 31 - __clz(parents); /* a power of two, at most CHUNK */
    const int32_t first = (int32_t)blockIdx.y * ROWS;
    const int32_t last = c.count - 1;
    const int lane = threadIdx.x % WARP;
    const int row_of_warp = threadIdx.x / WARP * 32;
    for (int t = threadIdx.x; t < count; t += THREADS) {
        const Tile &tile = c.tile[tiles[t]];
        operand[t] = {c.copies + tile.copy,
                      block_row<bf16>(c, c.gradients, tile.sum_value, parents, 0), tile.sum_block};
    }
    copy_to_shared(kept_block, blocks, min(factors, (int32_t)KEPT_BLOCKS));
    __syncthreads();

    /* Parent nodes of all tiles one after the other. */
    const int32_t depth = count << by_parents;
    const int rounds = ceiling_of(depth, CHUNK);
    const auto copy_weights = [&](int round) {
        bf16 *const to = memory + round % STAGES * Shape::STAGE + ROWS * A_STRIDE;
        const int child = threadIdx.x % Shape::VECTORS_A_ROW * 8;
        for (int k = threadIdx.x / Shape::VECTORS_A_ROW; k < CHUNK; k += Shape::ROWS_APART) {
            const int32_t at = round * CHUNK + k;
            const bf16 *const from = operand[min(at, depth - 1) >> by_parents].weights;
            copy_async_16(to + k * Shape::B_STRIDE + child,
                          from + (at & (parents - 1)) * nodes + child, at < depth && child < nodes);
        }
    };
    const auto copy_gradients = [&](int round) {
        const int column = threadIdx.x % (CHUNK / 8) * 8;
        const int32_t at = round * CHUNK + column;
        const bf16 *const from =
                operand[min(at, depth - 1) >> by_parents].gradients + (at & (parents - 1));
        bf16 *const to = memory + round % STAGES * Shape::STAGE + column;
#pragma unroll
        for (int row = threadIdx.x / (CHUNK / 8); row < ROWS; row += THREADS / (CHUNK / 8)) {
            copy_async_16(to + row * A_STRIDE,
                          from + ((int64_t)min(first + row, last) << by_parents), at < depth);
        }
    };
    /* All but gradients was there before the launch before. */
    for (int round = 0; round < min(rounds, (int)STAGES - 1); round++) {
        copy_weights(round);
    }
    const int32_t mine = min(first + (int32_t)threadIdx.x, last); /* a thread a row */
    const int32_t *const scales = c.scales + mine;
    const int32_t scale = *element_scale(c, e, mine);
    const bool counts = c.skipped[mine] == ROW_COUNTS && first + (int32_t)threadIdx.x <= last;
#pragma unroll 4
    for (int t = 0; t < count; t++) {
        const int32_t exponent = scale - scales[(int64_t)operand[t].block * c.capacity] + 127;
        power[t][threadIdx.x] = (uint8_t)(counts ? min(max(exponent, 0), 254) : 0);
    }
    const int column = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const int my_row = threadIdx.x / Shape::VECTORS_A_ROW;
    const bool has_column = column < nodes;
    const auto sample_of = [&](int i) { return min(first + my_row + i * Shape::ROWS_APART, last); };
    uint4 value[Shape::VECTORS];
#pragma unroll
    for (int i = 0; i < Shape::VECTORS; i++) {
        const bf16 *const row =
                element.stored_alone
                        ? block_row<bf16>(c, c.values, element.alone_value, nodes, sample_of(i))
                        : element_row<bf16>(c, c.element_values, element.flow, nodes, sample_of(i));
        value[i] = *(const uint4 *)(row + (has_column ? column : 0));
    }
    wait_for_launches_before();
    for (int round = 0; round < STAGES - 1; round++) {
        if (round < rounds) {
            copy_gradients(round);
        }
        copy_async_commit();
    }

    typename Shape::Product product;
    product.clear();
    for (int round = 0; round < rounds; round++) {
        copy_async_wait<STAGES - 2>();
        __syncthreads();
        /* All threads have read the stage before. */
        if (round + STAGES - 1 < rounds) {
            copy_weights(round + STAGES - 1);
            copy_gradients(round + STAGES - 1);
        }
        copy_async_commit();
        const bf16 *const a = memory + round % STAGES * Shape::STAGE;
        const bf16 *const b = a + ROWS * A_STRIDE;
#pragma unroll
        for (int k = 0; k < CHUNK; k += STEP_K) {
            const int t = min(round * CHUNK + k, depth - 1) >> by_parents;
            uint32_t factor[2][2];
#pragma unroll
            for (int i = 0; i < 2; i++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    factor[i][half] =
                            power[t][row_of_warp + i * 16 + half * 8 + lane / 4] * 0x00800080u;
                }
            }
            product.template multiply_scaled<true>(a + row_of_warp * A_STRIDE + k, A_STRIDE,
                                                   b + k * Shape::B_STRIDE, Shape::B_STRIDE, lane,
                                                   factor);
        }
    }
    copy_async_wait<0>();
    __syncthreads();
    float *const sums = (float *)memory;
#pragma unroll
    for (int i = 0; i < 2; i++) {
#pragma unroll
        for (int j = 0; j < Shape::NODES / 8; j++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                const int row = row_of_warp + i * 16 + half * 8 + lane / 4;
                *(float2 *)(sums + row * Shape::SUM_STRIDE + j * 8 + lane % 4 * 2) =
                        make_float2(product.sum[i][j][half * 2], product.sum[i][j][half * 2 + 1]);
            }
        }
    }
    __syncthreads();
    if (!has_column) {
        return;
    }
#pragma unroll
    for (int i = 0; i < Shape::VECTORS; i++) {
        const int row = my_row + i * Shape::ROWS_APART;
        if (first + row > last) {
            continue;
        }
        float flows[8];
        unpack8(value[i], flows);
#pragma unroll
        for (int k = 0; k < 8; k++) flows[k] *= sums[row * Shape::SUM_STRIDE + column + k];
        if (flow >= 0) {
            *(uint4 *)(element_row<bf16>(c, c.flows, flow, nodes, first + row) + column) =
                    pack8(flows);
        }
        for (int32_t f = 0; f < factors; f++) {
            const Factor &factor = f < KEPT_BLOCKS ? kept_block[f] : blocks[f];
            if (!gets_gradient(factor)) {
                continue;
            }
            float values[8];
            unpack8(*(const uint4 *)(block_row<bf16>(c, c.values, factor.offset, nodes, first + row)
                                     + column),
                    values);
#pragma unroll
            for (int k = 0; k < 8; k++) {
                values[k] = values[k] > 0 ? quotient(flows[k], values[k]) : 0;
            }
            *(uint4 *)(block_row<bf16>(c, c.gradients, factor.offset, nodes, first + row)
                       + column) = pack8(values);
        }
    }
}

template <int NODES>
cudaError_t launch_nodes(const ElementLaunch &range, const DevicePlan &c, bool early,
                         cudaStream_t stream) {
    typedef SmallShape<NODES> Shape;
    return launch_early(early, element_backward_small<Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, ROWS)), THREADS,
                        Shape::SHARED, stream, c, range);
}

} // namespace

bool can_stream_small_elements(const ElementLaunch &range) {
    return range.matrix && range.nodes <= 32 && range.parents_alike
           && range.most_tiles <= MOST_TILES
           && (range.parent_nodes == 16 || range.parent_nodes == 32 || range.parent_nodes == CHUNK);
}

cudaError_t small_element_backward(const ElementLaunch &range, const DevicePlan &c, bool early,
                                   cudaStream_t stream) {
    return range.nodes > 16 ? launch_nodes<32>(range, c, early, stream)
                            : launch_nodes<16>(range, c, early, stream);
}
