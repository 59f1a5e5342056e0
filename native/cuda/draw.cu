#include "query.cuh"

#include "leaf.cuh"
#include "log_device.cuh"

/*
 * Draws from the posterior over nodes, and the nodes of the maximum. Both descend from the root:
 * the chosen node of a sum block chooses an edge, and with it the nodes of the element's factors.
 * The factors of an element have no variables in common, so each block is chosen at most once, and
 * choices within a layer are independent. One launch per layer, top down, with a warp for each sum
 * block of each draw.
 */

namespace {

enum {
    THREADS = 128,
    WARPS = THREADS / WARP,
    AHEAD = 4, /* edges that a lane reads at a time */
    PAIRS = AHEAD * WARP
};

/* Draws of one descent, with indices 0 .. count - 1 in c.chosen. */
struct Draws {
    int64_t first; /* index of the first one among the draws of the row group */
    int32_t count;
    int32_t per_row;
    uint64_t seed;
    int64_t number; /* number of the first draw of the row group */
    float *result;  /* [draws of the row group][variables] */
};

/* The row that draw i belongs to. */
__device__ int32_t sample_of(const Draws &draws, int32_t i) {
    return (int32_t)((draws.first + i) / draws.per_row);
}

__device__ uint64_t number_of(const Draws &draws, int32_t i) {
    return (uint64_t)(draws.number + draws.first + i);
}

__device__ float *result_of(const DevicePlan &c, const Draws &draws, int32_t i) {
    return draws.result + (draws.first + i) * c.variables;
}

__device__ int32_t *chosen_of(const DevicePlan &c, int32_t i) {
    return c.chosen + (int64_t)i * c.blocks;
}

/* Copies the cells, and starts at the root unless the row has probability zero. */
template <bool MAXIMUM>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        start_at_root(const DevicePlan c, const Draws draws, int32_t strips, int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int32_t i = (int32_t)(task / strips);
        const int32_t at = (int32_t)(task % strips) * THREADS + (int32_t)threadIdx.x;
        const int32_t place = sample_of(draws, i);
        if (at < c.blocks) {
            const bool starts =
                    at == c.root
                    && (MAXIMUM || *log_row(c, c.log_values, c.root, place) > -INFINITY);
            chosen_of(c, i)[at] = starts ? 0 : -1;
        }
        if (at < c.variables) {
            const int32_t cell = cell_at(c, at, place);
            result_of(c, draws, i)[at] =
                    c.variable_kind[at] == SLUICE_GAUSSIAN ? __int_as_float(cell) : (float)cell;
        }
    }
}

/* Where an edge leads: a tile and a child of its element; tile -1: nowhere. */
struct Edge {
    int32_t tile;
    int32_t child;
};

/* log theta_nc + e_c of up to PAIRS edges of a node. */
__device__ __forceinline__ void edge_terms(const DevicePlan &c, const Walk<PAIRS> &walk,
                                           int32_t node, int32_t place, double (&term)[AHEAD]) {
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
        const int32_t i = j * WARP + (int32_t)(threadIdx.x % WARP);
        term[j] = -INFINITY;
        if (i < walk.pairs()) {
            const Tile &tile = c.tile[walk.row(i)];
            const int32_t child = walk.column(i);
            if (child < tile.children) {
                const float theta =
                        c.parameters[tile.parameter + (int64_t)node * tile.children + child];
                if (theta != 0) {
                    term[j] = log_weight(theta) + element_value(c, tile, child, place);
                }
            }
        }
    }
}

/* The edge at which the running sum of the edges' probabilities first exceeds the threshold. */
__device__ Edge draw_edge(const DevicePlan &c, int32_t begin, int32_t end, int32_t node,
                          int32_t place, double threshold) {
    const double value = log_row(c, c.log_values, c.tile[begin].sum_block, place)[node];
    RunningSum sum(threshold);
    Edge edge = {-1, 0};
    for (Walk<PAIRS> walk(begin, end, widest_tile(c, begin, end)); walk.more(); walk.next()) {
        double term[AHEAD];
        edge_terms(c, walk, node, place, term);
        bool found = false;
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            found = found || sum.add(exp(term[j] - value), j * WARP);
        }
        if (sum.index() >= 0) {
            edge = {walk.row(sum.index()), walk.column(sum.index())};
        }
        if (found) {
            break;
        }
        sum.forget_index();
    }
    return edge;
}

/* The edge with the largest term; the first of equals. */
__device__ Edge largest_edge(const DevicePlan &c, int32_t begin, int32_t end, int32_t node,
                             int32_t place) {
    double best = -INFINITY;
    Edge edge = {begin, 0};
    for (Walk<PAIRS> walk(begin, end, widest_tile(c, begin, end)); walk.more(); walk.next()) {
        double term[AHEAD];
        edge_terms(c, walk, node, place, term);
        double largest = -INFINITY;
        int32_t index = INT32_MAX;
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            take_larger(largest, index, term[j], j * WARP + (int32_t)(threadIdx.x % WARP));
        }
        warp_larger(largest, index);
        if (largest > best) {
            best = largest;
            edge = {walk.row(index), walk.column(index)};
        }
    }
    return edge;
}

template <bool MAXIMUM>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        choose_edges(const DevicePlan c, const SumLaunch range, const Draws draws, int64_t tasks) {
    const int lane = threadIdx.x % WARP;
    const int32_t sums = range.end - range.first;
    for (int64_t task = (int64_t)blockIdx.x * WARPS + threadIdx.x / WARP; task < tasks;
         task += (int64_t)gridDim.x * WARPS) {
        const int32_t i = (int32_t)(task / sums);
        const int32_t sum = range.first + (int32_t)(task % sums);
        const int32_t begin = c.sum_tile_begin[sum];
        const int32_t end = c.sum_tile_begin[sum + 1];
        const int32_t block = c.tile[begin].sum_block;
        const int32_t node = chosen_of(c, i)[block];
        if (node < 0) {
            continue;
        }
        const int32_t place = sample_of(draws, i);
        Edge edge;
        if (MAXIMUM) {
            edge = largest_edge(c, begin, end, node, place);
        } else {
            const philox_block random = philox(draws.seed, number_of(draws, i), (uint32_t)block, 0);
            edge = draw_edge(c, begin, end, node, place,
                             uniform_from(random.word[0], random.word[1]));
        }
        if (edge.tile >= 0) {
            const Element &element = c.element[c.tile[edge.tile].element];
            for (int32_t f = lane; f < element.factors; f += WARP) {
                chosen_of(c, i)[c.factor[element.factor_begin + f].block] = edge.child;
            }
        }
    }
}

template <bool MAXIMUM>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        choose_cells(const DevicePlan c, const Draws draws, int64_t tasks) {
    for (int64_t task = (int64_t)blockIdx.x * WARPS + threadIdx.x / WARP; task < tasks;
         task += (int64_t)gridDim.x * WARPS) {
        const int32_t i = (int32_t)(task / c.inputs);
        const Input &input = c.input[task % c.inputs];
        const int32_t node = chosen_of(c, i)[input.block];
        if (node < 0
            || !is_missing(c.table[input.table], cell_at(c, input.variable, sample_of(draws, i)))) {
            continue;
        }
        const float value = MAXIMUM ? leaf_mode(c, input, node)
                                    : leaf_draw(c, input, node, draws.seed, number_of(draws, i));
        if (threadIdx.x % WARP == 0) {
            result_of(c, draws, i)[input.variable] = value;
        }
    }
}

template <bool MAXIMUM>
cudaError_t descend(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                    const Draws &draws) {
    const int32_t strips = ceiling_of(c.blocks > c.variables ? c.blocks : c.variables, THREADS);
    const int64_t starts = (int64_t)draws.count * strips;
    cudaError_t error = launch(start_at_root<MAXIMUM>, grid_of(starts), THREADS, 0, stream, c,
                               draws, strips, starts);
    for (size_t i = launches.sums.size(); i > 0 && error == cudaSuccess; i--) {
        const SumLaunch &range = launches.sums[i - 1];
        const int64_t tasks = (int64_t)draws.count * (range.end - range.first);
        error = launch(choose_edges<MAXIMUM>, grid_of((tasks + WARPS - 1) / WARPS), THREADS, 0,
                       stream, c, range, draws, tasks);
    }
    const int64_t tasks = (int64_t)draws.count * c.inputs;
    return error != cudaSuccess
                   ? error
                   : launch(choose_cells<MAXIMUM>, grid_of((tasks + WARPS - 1) / WARPS), THREADS, 0,
                            stream, c, draws, tasks);
}

} // namespace

cudaError_t draw(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                 int32_t per_row, uint64_t seed, int64_t first_draw, float *result) {
    const int64_t total = (int64_t)c.count * per_row;
    cudaError_t error = cudaSuccess;
    for (int64_t first = 0; first < total && error == cudaSuccess; first += c.log_capacity) {
        const int64_t left = total - first;
        const int32_t count = (int32_t)(left < c.log_capacity ? left : c.log_capacity);
        error = descend<false>(launches, c, stream,
                               {first, count, per_row, seed, first_draw, result});
    }
    return error;
}

cudaError_t max_product_decode(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                               float *result) {
    return descend<true>(launches, c, stream, {0, c.count, 1, 0, 0, result});
}
