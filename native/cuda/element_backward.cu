#include "element_backward.cuh"

#include <algorithm>

#include "chain.cuh"
#include "columns.cuh"
#include "flow_matrix.cuh"
#include "operand.cuh"

/*
 * A sum block that is a factor of one element only, the usual case, gets its gradient from the
 * thread block of that element, which has its flow in registers. Others gather theirs in a launch
 * of their own. As in the forward pass, the time of one thread block from end to end counts. Only
 * the gradients depend on the launch before: weights, edge factors, and the values that turn sums
 * into flows and gradients are loaded before it has ended.
 */

namespace {

enum {
    SCALED_TILES = 16, /* tiles whose edge factors are kept in shared memory */
    KEPT_TILES = 4,    /* that a thread block has in shared memory */
    GATHER_THREADS = 256
};

template <int ROWS_, int CHILDREN_, bool CROWDED = false>
struct FlowShape {
    static constexpr int ROWS = ROWS_;
    static constexpr int CHILDREN = CHILDREN_; /* columns of the element that a block owns */
    typedef WarpGrid<ROWS, CHILDREN, CROWDED && CHILDREN <= 64 ? 16 : 32> Warps;
    static constexpr int THREADS = Warps::THREADS;
    /* thread blocks on a multiprocessor, at least */
    static constexpr int RESIDENT = (CROWDED ? (int)CROWDED_THREADS : (int)BUSY_THREADS) / THREADS;
    /* parent nodes at a time */
    static constexpr int CHUNK = CROWDED ? (int)CROWDED_CHUNK : CHILDREN > 32 ? CHILDREN : 32;
    static constexpr int A_STRIDE = CHUNK + 8;
    static constexpr int B_STRIDE = CHILDREN + 8;
    static constexpr int VECTORS_A_ROW = CHUNK / 8;
    static constexpr int ROWS_APART = THREADS / VECTORS_A_ROW;
    static constexpr int VECTORS = ROWS / ROWS_APART;
    static constexpr int SHARED = 2 * (ROWS * A_STRIDE + CHUNK * B_STRIDE) * (int)sizeof(bf16);
};

/*
 * CHILDREN nodes of an element from `column` on, for ROWS rows; wait() returns when the gradients
 * are complete.
 */
template <typename Shape, typename Wait>
__device__ __forceinline__ void flow_backward(const DevicePlan &c, const Element &element,
                                              int32_t nodes, int32_t first, int32_t column,
                                              Wait wait) {
    typedef typename Shape::Warps Warps;
    constexpr int ROWS = Shape::ROWS;
    constexpr int CHUNK = Shape::CHUNK;
    DYNAMIC_SHARED(char, memory);
    __shared__ Tile kept_tile[KEPT_TILES];
    __shared__ Factor kept_block[KEPT_BLOCKS];
    __shared__ float kept_factor[SCALED_TILES * ROWS];
    bf16 *const a = (bf16 *)memory; /* two stages of both operands */
    bf16 *const b = a + 2 * ROWS * Shape::A_STRIDE;
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int32_t width = min((int32_t)Shape::CHILDREN, nodes - column);
    const int32_t *const tiles = c.element_tile + element.tile_begin;
    const int32_t count = element.tiles;
    const int32_t factors = element.factors;
    const int32_t last = c.count - 1;
    /*
     * The compiler must assume that stores change anything: keep what is needed later in registers.
     */
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

    const auto load_weights = [&](const Tile &tile, int32_t chunk, bf16 *to) {
        const bf16 *from = c.copies + tile.copy + column;
#pragma unroll 2
        for (int i = threadIdx.x; i < CHUNK * (Shape::CHILDREN / 8); i += Shape::THREADS) {
            const int32_t node = i / (Shape::CHILDREN / 8);
            const int32_t child = i % (Shape::CHILDREN / 8) * 8;
            copy_async_16(to + node * Shape::B_STRIDE + child,
                          from + (int64_t)(chunk + node) * tile.children + child,
                          chunk + node < tile.sum_nodes && child < width);
        }
    };
    const auto advance = [&](int &t, int32_t &chunk) {
        chunk += CHUNK;
        if (chunk >= tile_at(t).sum_nodes) {
            chunk = 0;
            t++;
        }
    };
    /* Both stages of weights are in flight before the first wait. */
    int next = 0;
    int32_t next_chunk = 0;
    advance(next, next_chunk);
    load_weights(kept_tile[0], 0, b);
    if (next < count) {
        load_weights(tile_at(next), next_chunk, b + CHUNK * Shape::B_STRIDE);
    }
    copy_async_commit();
    for (int i = threadIdx.x; i < ROWS * min(count, (int32_t)SCALED_TILES); i += Shape::THREADS) {
        const int32_t sample = first + i % ROWS;
        kept_factor[i] = sample <= last ? edge_factor(c, tile_at(i / ROWS), sample) : 0;
    }
    /* The values that turn sums into flows, and flows into gradients. */
    const int row_of_warp = warp / Warps::BY_N * Warps::M;
    const int column_of_warp = warp % Warps::BY_N * Warps::N;
    const int32_t my_row = first + row_of_warp + lane / 4;
    const int32_t my_column = column + column_of_warp + lane % 4 * 2;
    PairLoader<Shape> value;
    value.fetch_element(c, element, nodes, my_row, my_column);
    wait();

    uint4 gradient[Shape::VECTORS] = {};
    const int vector = threadIdx.x % Shape::VECTORS_A_ROW * 8;
    const auto row_of = [&](int i) {
        return (int)threadIdx.x / Shape::VECTORS_A_ROW + i * Shape::ROWS_APART;
    };
    const auto fetch = [&](const Tile &tile, int32_t chunk) {
#pragma unroll
        for (int i = 0; i < Shape::VECTORS; i++) {
            const int32_t sample = min(first + row_of(i), last);
            if (chunk + vector < tile.sum_nodes) {
                gradient[i] = *(const uint4 *)(block_row<bf16>(c, c.gradients, tile.sum_value,
                                                               tile.sum_nodes, sample)
                                               + chunk + vector);
            }
        }
    };
    fetch(kept_tile[0], 0);
    __syncthreads();

    typename Warps::Product product;
    product.clear();
    int t = 0;
    int32_t chunk = 0;
    for (int stage = 0, round = 0; t < count; stage ^= 1, round++) {
        const Tile &tile = tile_at(t);
        const int32_t depth = min((int32_t)CHUNK, tile.sum_nodes - chunk);
        next = t;
        next_chunk = chunk;
        advance(next, next_chunk);
#pragma unroll
        for (int i = 0; i < Shape::VECTORS; i++) {
            const int row = row_of(i);
            const float factor = t < SCALED_TILES      ? kept_factor[t * ROWS + row]
                                 : first + row <= last ? edge_factor(c, tile, first + row)
                                                       : 0;
            if (chunk + vector < tile.sum_nodes) {
                *(uint4 *)(a + (stage * ROWS + row) * Shape::A_STRIDE + vector) =
                        scale8(gradient[i], factor);
            }
        }
        if (next < count) {
            fetch(tile_at(next), next_chunk);
        }
        copy_async_wait<0>();
        __syncthreads();
        /* All threads have read the other stage. */
        if (round > 0 && next < count) {
            load_weights(tile_at(next), next_chunk, b + (stage ^ 1) * CHUNK * Shape::B_STRIDE);
            copy_async_commit();
        }
#pragma unroll 2
        for (int k = 0; k < depth; k += STEP_K) {
            product.template multiply<false, true>(
                    a + (stage * ROWS + row_of_warp) * Shape::A_STRIDE + k, Shape::A_STRIDE,
                    b + (stage * CHUNK + k) * Shape::B_STRIDE + column_of_warp, Shape::B_STRIDE,
                    lane);
        }
        t = next;
        chunk = next_chunk;
    }

    settle_flows<Shape>(c, product, value, blocks, kept_block, factors, flow, nodes, my_row,
                        my_column, -1, value);
}

/* A level, or a part of it. */
template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, Shape::RESIDENT)
        element_backward_matrix(const DevicePlan c, const ElementLaunch launch) {
    let_next_launch_start();
    flow_backward<Shape>(c, c.element[c.backward[launch.first + blockIdx.x]], launch.nodes,
                         (int32_t)blockIdx.y * Shape::ROWS, (int32_t)blockIdx.z * Shape::CHILDREN,
                         [] { wait_for_launches_before(); });
}

template <typename Shape>
__global__ void __launch_bounds__(Shape::THREADS, Shape::RESIDENT)
        element_backward_chain(const DevicePlan c, const ChainRange chain) {
    run_chain<false>(c, chain, [&](const ChainItem &item, int32_t row_strip, auto wait) {
        flow_backward<Shape>(c, c.element[item.number], item.nodes, row_strip * Shape::ROWS, 0,
                             wait);
    });
}

/*
 * Gradients of blocks that are factors of several elements, or of none; a thread has WIDTH nodes of
 * a row.
 */
template <typename V, int WIDTH>
__global__ void __launch_bounds__(GATHER_THREADS)
        gather_gradients(const DevicePlan c, const GatherLaunch launch) {
    const Gathered &block = c.gathered[launch.first + blockIdx.x];
    const int32_t threads = block.nodes / WIDTH; /* threads of a row */
    const int32_t place = blockIdx.y * GATHER_THREADS + threadIdx.x;
    const int32_t sample = place / threads;
    if (sample >= c.count) {
        return;
    }
    const int32_t n = (place - sample * threads) * WIDTH;
    const int64_t at = (int64_t)sample * block.nodes + n;
    float flow[WIDTH] = {};
#pragma unroll 4
    for (int32_t i = 0; i < block.elements; i++) {
        const Element &element = c.element[c.block_element[block.element_begin + i]];
        float more[WIDTH];
        load_columns(element_row<V>(c, c.flows, element.flow, block.nodes, 0) + at, more);
#pragma unroll
        for (int k = 0; k < WIDTH; k++) flow[k] += more[k];
    }
    float value[WIDTH];
    load_columns(block_row<V>(c, c.values, block.value, block.nodes, 0) + at, value);
#pragma unroll
    for (int k = 0; k < WIDTH; k++) value[k] = value[k] > 0 ? quotient(flow[k], value[k]) : 0;
    store_columns(block_row<V>(c, c.gradients, block.value, block.nodes, 0) + at, value);
}

template <typename Shape>
cudaError_t launch_rows(const ElementLaunch &range, const DevicePlan &c, bool early,
                        cudaStream_t stream) {
    return launch_early(early, element_backward_matrix<Shape>,
                        dim3(range.end - range.first, ceiling_of(c.count, Shape::ROWS),
                             ceiling_of(range.nodes, Shape::CHILDREN)),
                        Shape::THREADS, Shape::SHARED, stream, c, range);
}

/* For few tasks: few rows a thread block, where many would leave multiprocessors idle. */
template <int CHILDREN>
using FewTasks = FlowShape<32, CHILDREN>;

template <int CHILDREN>
using ManyTasks = FlowShape<(CHILDREN > 32 ? 32 : 64), CHILDREN, (CHILDREN > 32)>;

template <int CHILDREN>
cudaError_t launch_matrix(const LaunchList &launches, const ElementLaunch &range,
                          const DevicePlan &c, bool early, cudaStream_t stream) {
    typedef FewTasks<CHILDREN> Few;
    const int64_t blocks = (int64_t)(range.end - range.first) * ceiling_of(c.count, Few::ROWS)
                           * ceiling_of(range.nodes, CHILDREN);
    return blocks <= launches.processors
                   ? launch_rows<Few>(range, c, early, stream)
                   : launch_rows<ManyTasks<CHILDREN>>(range, c, early, stream);
}

cudaError_t launch_elements(const LaunchList &launches, const ElementLaunch &range,
                            const DevicePlan &c, int32_t value_type, bool early,
                            cudaStream_t stream) {
    if (value_type == SLUICE_VALUE_BF16 && can_stream_small_elements(range)) {
        return small_element_backward(range, c, early, stream);
    }
    if (value_type != SLUICE_VALUE_BF16 || !range.matrix) {
        return element_backward_any(range, c, value_type, early, stream);
    }
    return range.nodes > 64   ? launch_matrix<128>(launches, range, c, early, stream)
           : range.nodes > 32 ? launch_matrix<64>(launches, range, c, early, stream)
           : range.nodes > 16 ? launch_matrix<32>(launches, range, c, early, stream)
                              : launch_matrix<16>(launches, range, c, early, stream);
}

template <typename V, int WIDTH>
cudaError_t launch_gather_of(const GatherLaunch &range, const DevicePlan &c, cudaStream_t stream) {
    return launch(gather_gradients<V, WIDTH>,
                  dim3(range.end - range.first,
                       ceiling_of((int64_t)c.count * range.nodes, GATHER_THREADS * WIDTH)),
                  GATHER_THREADS, 0, stream, c, range);
}

cudaError_t launch_gather(const GatherLaunch &range, const DevicePlan &c, int32_t value_type,
                          cudaStream_t stream) {
    return value_type == SLUICE_VALUE_BF16 ? range.fours
                                                     ? launch_gather_of<bf16, 4>(range, c, stream)
                                                     : launch_gather_of<bf16, 1>(range, c, stream)
           : range.fours ? launch_gather_of<float, 4>(range, c, stream)
                                           : launch_gather_of<float, 1>(range, c, stream);
}

template <typename Shape>
cudaError_t launch_chain_rows(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, cudaStream_t stream) {
    const ChainRange chain = {range.first, range.end - range.first,
                              ceiling_of(c.count, Shape::ROWS), 0};
    const int64_t tasks = (int64_t)chain.items * chain.row_strips;
    const int64_t resident = (int64_t)launches.processors * Shape::RESIDENT;
    const cudaError_t error = reset_chain(c, range, chain.row_strips, stream);
    return error != cudaSuccess ? error
                                : launch(element_backward_chain<Shape>,
                                         dim3((unsigned)std::min(tasks, resident)), Shape::THREADS,
                                         Shape::SHARED, stream, c, chain);
}

template <int CHILDREN>
cudaError_t launch_chain(const LaunchList &launches, const ChainLaunch &range, const DevicePlan &c,
                         cudaStream_t stream) {
    if (chain_suits_at_once(launches, range, c.count)) {
        return element_chain_at_once(launches, range, c, stream);
    }
    typedef FewTasks<CHILDREN> Few;
    return few_rows_suit(launches, range, ceiling_of(c.count, Few::ROWS))
                   ? launch_chain_rows<Few>(launches, range, c, stream)
                   : launch_chain_rows<ManyTasks<CHILDREN>>(launches, range, c, stream);
}

cudaError_t launch_chain(const LaunchList &launches, const ChainLaunch &range, const DevicePlan &c,
                         cudaStream_t stream) {
    return range.nodes > 64   ? launch_chain<128>(launches, range, c, stream)
           : range.nodes > 32 ? launch_chain<64>(launches, range, c, stream)
           : range.nodes > 16 ? launch_chain<32>(launches, range, c, stream)
                              : launch_chain<16>(launches, range, c, stream);
}

} // namespace

cudaError_t element_backward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                             cudaStream_t stream) {
    bool early = false; /* the first launch depends on all launches before it */
    for (size_t l = 0; l < launches.levels.size(); l++) {
        const BackwardLevel &level = launches.levels[l];
        if (level.chain >= 0 && value_type == SLUICE_VALUE_BF16) {
            const ChainLaunch &chain = launches.chains[(size_t)level.chain];
            const cudaError_t error = launch_chain(launches, chain, c, stream);
            if (error != cudaSuccess) {
                return error;
            }
            l += (size_t)chain.layers - 1;
            early = launches.early;
            continue;
        }
        for (int32_t i = level.gather_begin; i < level.gather_end; i++) {
            const cudaError_t error =
                    launch_gather(launches.gathers[(size_t)i], c, value_type, stream);
            if (error != cudaSuccess) {
                return error;
            }
        }
        for (int32_t i = level.element_begin; i < level.element_end; i++) {
            const cudaError_t error = launch_elements(launches, launches.elements[(size_t)i], c,
                                                      value_type, early, stream);
            early = launches.early;
            if (error != cudaSuccess) {
                return error;
            }
        }
    }
    return cudaSuccess;
}
