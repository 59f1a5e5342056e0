#include "log_space.cuh"

#include "log_device.cuh"

/*
 * Flows, top down. With M the largest value of the element's nodes that a thread block owns,
 *
 *   F_e,c = exp(e_c - M) sum_t,n theta_nc F_n exp(M - l_n)     over the tiles t that e is child of
 *   F_n   = sum_e F_e,n                                        over the elements that contain n
 *
 * where exp(M - l_n) stays in range; otherwise edge by edge. A thread block takes COLUMNS nodes of
 * an element for LOG_SAMPLES rows. Its threads form lines of columns: line r adds up the parent
 * nodes r, r + lines, ...; then the lines are added up in order.
 *
 * A sum block that is a factor of one element only gets its flow from there. Other sum blocks, and
 * inputs, gather theirs in launches of their own.
 */

namespace {

enum {
    COLUMNS = 32,
    ROWS = 8,
    THREADS = ROWS * COLUMNS,
    PAIRS = 256, /* parent nodes at a time */
    GATHER_SAMPLES = 16,
    GATHER_THREADS = 128
};

static_assert(PAIRS >= THREADS, "the rows' sums lie where the parents' factors did");

__global__ void log_root_flow(const DevicePlan c) {
    const int32_t place = blockIdx.x * blockDim.x + threadIdx.x;
    if (place < c.count) {
        *log_row(c, c.log_flows, c.root, place) = c.skipped[place] == ROW_COUNTS ? 1 : 0;
    }
}

/* Flows of a block for GATHER_SAMPLES rows, by a thread block. */
__device__ void gather_flows(const DevicePlan &c, int32_t block, int32_t nodes,
                             int32_t element_begin, int32_t elements, int32_t first) {
    const int32_t samples = min((int32_t)GATHER_SAMPLES, c.count - first);
    for (int32_t i = threadIdx.x; i < samples * nodes; i += blockDim.x) {
        const int32_t place = first + i / nodes;
        const int32_t n = i % nodes;
        double flow = 0;
        for (int32_t e = element_begin; e < element_begin + elements; e++) {
            flow += log_element_row(c, c.element[c.block_element[e]].flow, place)[n];
        }
        log_row(c, c.log_flows, block, place)[n] = flow;
    }
}

__global__ void __launch_bounds__(GATHER_THREADS, BUSY_THREADS / GATHER_THREADS)
        log_gather_sums(const DevicePlan c, const GatherLaunch range, int32_t groups,
                        int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const Gathered &gathered = c.gathered[range.first + task / groups];
        gather_flows(c, gathered.block, gathered.nodes, gathered.element_begin, gathered.elements,
                     (int32_t)(task % groups) * GATHER_SAMPLES);
    }
}

__global__ void __launch_bounds__(GATHER_THREADS, BUSY_THREADS / GATHER_THREADS)
        log_gather_inputs(const DevicePlan c, int32_t groups, int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const Input &input = c.input[task / groups];
        if (input.block != c.root) {
            gather_flows(c, input.block, input.nodes, input.element_begin, input.elements,
                         (int32_t)(task % groups) * GATHER_SAMPLES);
        }
    }
}

/* Whether M - l_n is in range for a parent node with a flow. */
__device__ bool is_safe(double shift, double value) {
    return shift - value < LARGEST_SAFE_EXPONENT;
}

/* columns: threads in a row, a power of two. */
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        log_elements(const DevicePlan c, const ElementLaunch range, int32_t columns, int32_t strips,
                     int32_t groups, int64_t tasks) {
    __shared__ double factor[LOG_SAMPLES][PAIRS]; /* F_n exp(M - l_n) of a parent node */
    __shared__ int64_t edge[PAIRS];               /* its weight for node 0 of the element */
    __shared__ double element_at[LOG_SAMPLES][COLUMNS];
    __shared__ double shift_at[LOG_SAMPLES];
    const int column = threadIdx.x % columns;
    const int row = threadIdx.x / columns;
    const int rows = blockDim.x / columns;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int32_t first = (int32_t)(task % groups) * LOG_SAMPLES;
        const int64_t block = task / groups;
        const int32_t first_child = (int32_t)(block % strips) * COLUMNS;
        const Element &element = c.element[c.backward[range.first + block / strips]];
        const int32_t child = first_child + column;
        const int32_t begin = element.tile_begin;
        const int32_t end = element.tile_begin + element.tiles;
        const auto tile_of = [&](int32_t i) -> const Tile & { return c.tile[c.element_tile[i]]; };
        const int32_t width = widest(begin, end, [&](int32_t i) { return tile_of(i).sum_nodes; });
        __syncthreads();

        if (threadIdx.x < WARP) {
            const int32_t at = first_child + (int32_t)threadIdx.x;
            double value[LOG_SAMPLES] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
            if (element.tiles > 0) {
                element_values(c, tile_of(begin), min(at, range.nodes - 1), first, value);
            }
#pragma unroll
            for (int s = 0; s < LOG_SAMPLES; s++) {
                element_at[s][threadIdx.x] = value[s];
                const double best = warp_maximum(value[s]);
                if (threadIdx.x == 0) {
                    shift_at[s] = best;
                }
            }
        }
        __syncthreads();

        double total[LOG_SAMPLES];  /* to be multiplied by exp(e_c - M) */
        double direct[LOG_SAMPLES]; /* edge by edge */
#pragma unroll
        for (int s = 0; s < LOG_SAMPLES; s++) {
            total[s] = 0;
            direct[s] = 0;
        }
        for (Walk<PAIRS> walk(begin, end, width); walk.more(); walk.next()) {
            bool unsafe = false;
            for (int32_t i = threadIdx.x; i < walk.pairs(); i += blockDim.x) {
                const Tile &tile = tile_of(walk.row(i));
                const int32_t n = walk.column(i);
                const bool inside = n < tile.sum_nodes;
                edge[i] = tile.parameter + (inside ? (int64_t)n * tile.children : 0);
                const int64_t node = c.block_first[tile.sum_block] + (inside ? n : 0);
#pragma unroll
                for (int s = 0; s < LOG_SAMPLES; s++) {
                    const int64_t at = node + place_of(c, first, s) * c.block_nodes_total;
                    const double flow = inside ? c.log_flows[at] : 0;
                    const double value = c.log_values[at];
                    const bool safe = is_safe(shift_at[s], value);
                    factor[s][i] = flow != 0 && safe ? flow * exp(shift_at[s] - value) : 0;
                    unsafe |= flow != 0 && !safe;
                }
            }
            unsafe = __syncthreads_or(unsafe);
            if (child < range.nodes) {
                for (int32_t i = row; i < walk.pairs(); i += rows) {
                    const double weight = c.parameters[edge[i] + child];
#pragma unroll
                    for (int s = 0; s < LOG_SAMPLES; s++) {
                        total[s] += weight * factor[s][i];
                    }
                }
                for (int32_t i = row; unsafe && i < walk.pairs(); i += rows) {
                    const Tile &tile = tile_of(walk.row(i));
                    const int32_t n = walk.column(i);
                    const float theta = c.parameters[edge[i] + child];
                    if (n >= tile.sum_nodes || theta == 0) {
                        continue;
                    }
#pragma unroll
                    for (int s = 0; s < LOG_SAMPLES; s++) {
                        const int32_t place = place_of(c, first, s);
                        const double flow = log_row(c, c.log_flows, tile.sum_block, place)[n];
                        const double value = log_row(c, c.log_values, tile.sum_block, place)[n];
                        if (flow != 0 && !is_safe(shift_at[s], value)) {
                            direct[s] +=
                                    flow * exp(log_weight(theta) + element_at[s][column] - value);
                        }
                    }
                }
            }
            __syncthreads();
        }

#pragma unroll
        for (int s = 0; s < LOG_SAMPLES; s++) {
            const double shift = shift_at[s];
            factor[s][threadIdx.x] =
                    shift > -INFINITY ? exp(element_at[s][column] - shift) * total[s] + direct[s]
                                      : 0;
        }
        __syncthreads();
        if (row != 0 || child >= range.nodes) {
            continue;
        }
        for (int s = 0; s < LOG_SAMPLES && first + s < c.count; s++) {
            double flow = 0;
            for (int r = 0; r < rows; r++) {
                flow += factor[s][r * columns + column];
            }
            log_element_row(c, element.flow, first + s)[child] = flow;
            for (int32_t f = 0; f < element.factors; f++) {
                const Factor &part = c.factor[element.factor_begin + f];
                if (part.is_sum && part.parents == 1) {
                    log_row(c, c.log_flows, part.block, first + s)[child] = flow;
                }
            }
        }
    }
}

cudaError_t launch_elements(const DevicePlan &c, const ElementLaunch &range, cudaStream_t stream) {
    int32_t columns = 1;
    while (columns < range.nodes && columns < COLUMNS) {
        columns *= 2;
    }
    const int32_t threads = columns * ROWS < WARP ? WARP : columns * ROWS;
    const int32_t strips = ceiling_of(range.nodes, COLUMNS);
    const int32_t groups = ceiling_of(c.count, LOG_SAMPLES);
    const int64_t tasks = (int64_t)(range.end - range.first) * strips * groups;
    return launch(log_elements, grid_of(tasks), threads, 0, stream, c, range, columns, strips,
                  groups, tasks);
}

cudaError_t launch_level(const LaunchList &launches, const DevicePlan &c,
                         const BackwardLevel &level, cudaStream_t stream) {
    const int32_t groups = ceiling_of(c.count, GATHER_SAMPLES);
    cudaError_t error = cudaSuccess;
    for (int32_t i = level.gather_begin; i < level.gather_end && error == cudaSuccess; i++) {
        const GatherLaunch &range = launches.gathers[(size_t)i];
        const int64_t tasks = (int64_t)(range.end - range.first) * groups;
        error = launch(log_gather_sums, grid_of(tasks), GATHER_THREADS, 0, stream, c, range, groups,
                       tasks);
    }
    for (int32_t i = level.element_begin; i < level.element_end && error == cudaSuccess; i++) {
        error = launch_elements(c, launches.elements[(size_t)i], stream);
    }
    return error;
}

} // namespace

cudaError_t log_backward(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream) {
    cudaError_t error = launch(log_root_flow, dim3(ceiling_of(c.count, GATHER_THREADS)),
                               GATHER_THREADS, 0, stream, c);
    for (const BackwardLevel &level : launches.levels) {
        if (error != cudaSuccess) {
            return error;
        }
        error = launch_level(launches, c, level, stream);
    }
    const int32_t groups = ceiling_of(c.count, GATHER_SAMPLES);
    const int64_t tasks = (int64_t)c.inputs * groups;
    return error != cudaSuccess ? error
                                : launch(log_gather_inputs, grid_of(tasks), GATHER_THREADS, 0,
                                         stream, c, groups, tasks);
}
