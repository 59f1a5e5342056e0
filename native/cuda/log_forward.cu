#include "log_space.cuh"

#include "log_device.cuh"

/*
 * Sums: with elements e of a sum block and M = max_e,c e_c
 *
 *   l_n = M + log sum_e,c theta_nc exp(e_c - M)
 *
 * A thread block takes NODES nodes of a sum block for LOG_SAMPLES rows and computes each
 * exponential once. Its warps take NODES_A_WARP nodes each, and lanes walk the children, so that
 * weights are read once and contiguously. A node whose sum is below SMALLEST_SAFE_LINEAR_SUM is
 * summed again about its own largest edge.
 */

namespace {

enum {
    NODES = 32,
    NODES_A_WARP = 4,
    THREADS = NODES / NODES_A_WARP * WARP,
    PAIRS = 256, /* children at a time */
    INPUT_SAMPLES = 16,
    INPUT_THREADS = 128
};

#define HALF_LOG_TWO_PI 0.91893853320467274178

__device__ double input_value(const DevicePlan &c, const Input &input, const Table &table,
                              int32_t n, int32_t cell) {
    const float *row = c.parameters + input.parameter;
    if (table.kind != SLUICE_GAUSSIAN) {
        if (cell < 0) {
            return 0;
        }
        row += (int64_t)cell * table.nodes + n;
        return table.kind == SLUICE_FINITE
                       ? log_weight(*row)
                       : (double)*row + row[(int64_t)table.categories * table.nodes];
    }
    const double x = __int_as_float(cell);
    const double deviation = row[table.nodes + n];
    const double z = (x - row[n]) / deviation;
    return x != x ? 0 : -0.5 * z * z - log(deviation) - HALF_LOG_TWO_PI;
}

/* Log-density of node n at its mode; `row` is the row's index in the batch. */
__device__ double mode_value(const DevicePlan &c, const Input &input, const Table &table, int32_t n,
                             int32_t row) {
    const float *parameters = c.parameters + input.parameter + n;
    const int64_t stride = table.nodes;
    if (table.kind == SLUICE_GAUSSIAN) {
        return -log((double)parameters[stride]) - HALF_LOG_TWO_PI;
    }
    const int64_t rest = table.categories * stride; /* from an entry to its remainder */
    if (table.kind == SLUICE_LOG_ROWS) {
        const float *entry = parameters + row * stride;
        return (double)entry[0] + entry[rest];
    }
    const bool probabilities = table.kind == SLUICE_FINITE;
    double largest = probabilities ? 0 : -INFINITY;
    for (int32_t k = 0; k < table.categories; k++) {
        const float *entry = parameters + k * stride;
        largest = fmax(largest, probabilities ? entry[0] : (double)entry[0] + entry[rest]);
    }
    return probabilities ? log(largest) : largest;
}

/* MAXIMUM: an input without a cell contributes the density of its mode, not 1. */
template <bool MAXIMUM>
__global__ void __launch_bounds__(INPUT_THREADS, BUSY_THREADS / INPUT_THREADS)
        log_inputs(const DevicePlan c, int32_t groups, int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const Input &input = c.input[task / groups];
        const Table &table = c.table[input.table];
        const int32_t first = (int32_t)(task % groups) * INPUT_SAMPLES;
        const int32_t samples = min((int32_t)INPUT_SAMPLES, c.count - first);
        for (int32_t i = threadIdx.x; i < samples * input.nodes; i += blockDim.x) {
            const int32_t place = first + i / input.nodes;
            const int32_t n = i % input.nodes;
            const int32_t cell = cell_at(c, input.variable, place);
            log_row(c, c.log_values, input.block, place)[n] =
                    MAXIMUM && is_missing(table, cell)
                            ? mode_value(c, input, table, n, c.first_row + place)
                            : input_value(c, input, table, n, cell);
        }
    }
}

/* log sum_e,c theta_nc exp(e_c), edge by edge, by a warp */
__device__ double log_sum_of_edges(const DevicePlan &c, int32_t begin, int32_t end, int32_t width,
                                   int32_t node, int32_t place) {
    const int lane = threadIdx.x % WARP;
    const auto edge_at = [&](const Walk<PAIRS> &walk, int32_t i) -> double {
        const Tile &tile = c.tile[walk.row(i)];
        const int32_t child = walk.column(i);
        if (child >= tile.children) {
            return -INFINITY;
        }
        const float theta = c.parameters[tile.parameter + (int64_t)node * tile.children + child];
        return theta == 0 ? -INFINITY : log_weight(theta) + element_value(c, tile, child, place);
    };
    double best = -INFINITY;
    for (Walk<PAIRS> walk(begin, end, width); walk.more(); walk.next()) {
        for (int32_t i = lane; i < walk.pairs(); i += WARP) {
            best = fmax(best, edge_at(walk, i));
        }
    }
    best = warp_maximum(best);
    if (best == -INFINITY) {
        return best;
    }
    double total = 0;
    for (Walk<PAIRS> walk(begin, end, width); walk.more(); walk.next()) {
        for (int32_t i = lane; i < walk.pairs(); i += WARP) {
            total += exp(edge_at(walk, i) - best);
        }
    }
    return best + log(warp_sum(total));
}

/* MAXIMUM: l_n = max_e,c log theta_nc + e_c */
template <bool MAXIMUM>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        log_sums(const DevicePlan c, const SumLaunch range, int32_t strips, int32_t groups,
                 int64_t tasks) {
    __shared__ double term[LOG_SAMPLES][PAIRS]; /* of an element's node: exp(e - M), or e */
    __shared__ int64_t edge[PAIRS];             /* its weight for node 0 of the sum block */
    __shared__ int32_t pitch[PAIRS];            /* weights from one node to the next */
    __shared__ double largest[LOG_SAMPLES][THREADS / WARP];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int warps = blockDim.x / WARP;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int32_t first = (int32_t)(task % groups) * LOG_SAMPLES;
        const int64_t block = task / groups;
        const int32_t first_node = (int32_t)(block % strips) * NODES + warp * NODES_A_WARP;
        const int32_t sum = range.first + (int32_t)(block / strips);
        const int32_t begin = c.sum_tile_begin[sum];
        const int32_t end = c.sum_tile_begin[sum + 1];
        const int32_t width = widest_tile(c, begin, end);
        const bool whole = Walk<PAIRS>(begin, end, width).whole();
        __syncthreads();

        double shift[LOG_SAMPLES];
        if (!MAXIMUM) {
            double best[LOG_SAMPLES];
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                best[s] = -INFINITY;
            }
            for (Walk<PAIRS> walk(begin, end, width); walk.more(); walk.next()) {
                for (int32_t i = threadIdx.x; i < walk.pairs(); i += blockDim.x) {
                    const Tile &tile = c.tile[walk.row(i)];
                    if (walk.column(i) < tile.children) {
                        double value[LOG_SAMPLES];
                        element_values(c, tile, walk.column(i), first, value);
#pragma unroll
                        for (int s = 0; s < LOG_SAMPLES; s++) {
                            best[s] = fmax(best[s], value[s]);
                            term[s][i] = value[s];
                        }
                    }
                }
            }
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                best[s] = warp_maximum(best[s]);
                if (lane == 0) {
                    largest[s][warp] = best[s];
                }
            }
            __syncthreads();
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                shift[s] = largest[s][0];
                for (int w = 1; w < warps; w++) {
                    shift[s] = fmax(shift[s], largest[s][w]);
                }
            }
        }

        double total[NODES_A_WARP][LOG_SAMPLES];
#pragma unroll
        for (int r = 0; r < NODES_A_WARP; r++) {
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                total[r][s] = MAXIMUM ? -INFINITY : 0;
            }
        }
        for (Walk<PAIRS> walk(begin, end, width); walk.more(); walk.next()) {
            for (int32_t i = threadIdx.x; i < walk.pairs(); i += blockDim.x) {
                const Tile &tile = c.tile[walk.row(i)];
                const int32_t child = walk.column(i);
                const bool inside = child < tile.children;
                edge[i] = tile.parameter + (inside ? child : 0);
                pitch[i] = tile.children;
                double value[LOG_SAMPLES];
                if (inside && (MAXIMUM || !whole)) {
                    element_values(c, tile, child, first, value);
                }
#pragma unroll
                for (int s = 0; s < LOG_SAMPLES; s++) {
                    if (MAXIMUM) {
                        term[s][i] = inside ? value[s] : -INFINITY;
                    } else {
                        const double at = whole ? term[s][i] : value[s];
                        term[s][i] = inside && shift[s] > -INFINITY ? exp(at - shift[s]) : 0;
                    }
                }
            }
            __syncthreads();
            for (int32_t i = lane; i < walk.pairs(); i += WARP) {
                double at[LOG_SAMPLES];
#pragma unroll
                for (int s = 0; s < LOG_SAMPLES; s++) {
                    at[s] = term[s][i];
                }
#pragma unroll
                for (int r = 0; r < NODES_A_WARP; r++) {
                    const int32_t node = min(first_node + r, range.nodes - 1);
                    const float theta = c.parameters[edge[i] + (int64_t)node * pitch[i]];
                    const double weight = MAXIMUM ? log_weight(theta) : (double)theta;
#pragma unroll
                    for (int s = 0; s < LOG_SAMPLES; s++) {
                        total[r][s] = MAXIMUM ? fmax(total[r][s], weight + at[s])
                                              : total[r][s] + weight * at[s];
                    }
                }
            }
            __syncthreads();
        }

        /* Lane r * LOG_SAMPLES + s takes node r of row s. */
        double mine = 0;
        double base = 0;
#pragma unroll
        for (int r = 0; r < NODES_A_WARP; r++) {
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                const double all = MAXIMUM ? warp_maximum(total[r][s]) : warp_sum(total[r][s]);
                if (lane == r * LOG_SAMPLES + s) {
                    mine = all;
                    base = MAXIMUM ? 0 : shift[s];
                }
            }
        }
        const int32_t node = first_node + lane / LOG_SAMPLES;
        const int32_t place = first + lane % LOG_SAMPLES;
        const bool writes =
                lane < NODES_A_WARP * LOG_SAMPLES && node < range.nodes && place < c.count;
        if (!MAXIMUM) {
            const bool possible = base > -INFINITY;
            const bool lost = writes && possible && !(mine >= SMALLEST_SAFE_LINEAR_SUM);
            mine = possible ? base + log(mine) : -INFINITY;
            for (unsigned left = __ballot_sync(FULL_WARP, lost); left != 0; left &= left - 1) {
                const int source = __ffs((int)left) - 1;
                const double again =
                        log_sum_of_edges(c, begin, end, width, first_node + source / LOG_SAMPLES,
                                         first + source % LOG_SAMPLES);
                if (lane == source) {
                    mine = again;
                }
            }
        }
        if (writes) {
            log_row(c, c.log_values, c.tile[begin].sum_block, place)[node] = mine;
        }
    }
}

__global__ void log_results(const DevicePlan c, bool maximum, double *log_likelihood) {
    const int32_t place = blockIdx.x * blockDim.x + threadIdx.x;
    if (place >= c.count) {
        return;
    }
    const double result = *log_row(c, c.log_values, c.root, place);
    log_likelihood[place] = result;
    if (!maximum) {
        c.skipped[place] = result == -INFINITY ? ROW_IMPOSSIBLE : ROW_COUNTS;
    }
}

cudaError_t launch_sums(const DevicePlan &c, const SumLaunch &range, cudaStream_t stream,
                        bool maximum) {
    const int32_t strips = ceiling_of(range.nodes, NODES);
    const int32_t groups = ceiling_of(c.count, LOG_SAMPLES);
    const int64_t tasks = (int64_t)(range.end - range.first) * strips * groups;
    const int32_t warps = ceiling_of(range.nodes < NODES ? range.nodes : NODES, NODES_A_WARP);
    return launch(maximum ? log_sums<true> : log_sums<false>, grid_of(tasks), warps * WARP, 0,
                  stream, c, range, strips, groups, tasks);
}

} // namespace

cudaError_t log_forward(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                        bool maximum, double *log_likelihood) {
    const int32_t groups = ceiling_of(c.count, INPUT_SAMPLES);
    const int64_t tasks = (int64_t)c.inputs * groups;
    cudaError_t error = launch(maximum ? log_inputs<true> : log_inputs<false>, grid_of(tasks),
                               INPUT_THREADS, 0, stream, c, groups, tasks);
    for (const SumLaunch &range : launches.sums) {
        if (error != cudaSuccess) {
            return error;
        }
        error = launch_sums(c, range, stream, maximum);
    }
    return error != cudaSuccess ? error
                                : launch(log_results, dim3(ceiling_of(c.count, INPUT_THREADS)),
                                         INPUT_THREADS, 0, stream, c, maximum, log_likelihood);
}
