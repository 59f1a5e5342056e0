#include "log_space.cuh"

#include "log_device.cuh"

/*
 * Statistics of weights and of input tables:
 *
 *   T_nc  = sum_x F_n exp(e_c - l_n) = sum_x exp(e_c - M) F_n exp(M - l_n)
 *   T_k,n = sum_x [x_v = k] F_n      Gaussian: sums of F_n, F_n z and F_n z^2, z = (x_v - mean_n) / deviation_n
 *
 * over the rows x that count, and the tiles or inputs that share the parameters. Each statistic has
 * one owner, which walks the tiles, or inputs, and the rows in order. Statistics of weights that
 * are zero do not change: without an edge nothing bounds what would be added up.
 */

namespace {

enum {
    SIDE = 32, /* nodes and children whose statistics a thread block owns */
    NODES_A_THREAD = 4,
    THREADS = SIDE * SIDE / NODES_A_THREAD,
    PAIRS = 32, /* pairs of a tile and a row at a time */
    TABLE_THREADS = 128,
    CLEARED = 8192 /* numbers that a thread block clears */
};

__host__ __device__ int32_t statistic_rows(int32_t kind, int32_t categories) {
    return kind == SLUICE_GAUSSIAN ? 3 : categories;
}

/* rows, columns: nodes and children of the thread block, powers of two. */
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        log_weight_statistics(const DevicePlan c, const WeightLaunch range, int32_t rows,
                              int32_t columns, int32_t strips, int32_t column_strips, int64_t tasks,
                              bool add) {
    __shared__ double linear[PAIRS * SIDE]; /* [pair][columns] exp(e_c - M) */
    __shared__ double factor[PAIRS * SIDE]; /* [pair][rows] F_n exp(M - l_n) */
    __shared__ double shift[PAIRS];
    const int column = threadIdx.x % columns;
    const int first_row = threadIdx.x / columns;
    const int row_step = blockDim.x / columns;
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int32_t first_child = (int32_t)(task % column_strips) * SIDE;
        const int32_t first_node = (int32_t)(task / column_strips % strips) * SIDE;
        const Weight &weight = c.weight[range.first + task / column_strips / strips];
        const int32_t child = first_child + column;
        const auto tile_of = [&](int32_t i) -> const Tile & { return c.tile[c.weight_tile[i]]; };
        const auto parameter_of = [&](int32_t n) {
            return weight.parameter + (int64_t)n * range.children + child;
        };
        double total[NODES_A_THREAD];
#pragma unroll
        for (int r = 0; r < NODES_A_THREAD; r++) {
            total[r] = 0;
        }
        for (Walk<PAIRS> walk(weight.tile_begin, weight.tile_begin + weight.tiles, c.count);
             walk.more(); walk.next()) {
            const int32_t pairs = walk.pairs();
            __syncthreads();
            for (int32_t i = threadIdx.x; i < PAIRS * columns; i += blockDim.x) {
                const int32_t pair = i / columns;
                const int32_t at = first_child + i % columns;
                double value = -INFINITY;
                if (pair < pairs && at < range.children) {
                    value = element_value(c, tile_of(walk.row(pair)), at, walk.column(pair));
                }
                const double best = lanes_maximum(value, columns);
                linear[i] = best > -INFINITY ? exp(value - best) : 0;
                if (i % columns == 0) {
                    shift[pair] = best;
                }
            }
            __syncthreads();
            bool unsafe = false;
            for (int32_t i = threadIdx.x; i < pairs * rows; i += blockDim.x) {
                const int32_t pair = i / rows;
                const int32_t n = first_node + i % rows;
                factor[i] = 0;
                if (n < range.nodes) {
                    const int32_t block = tile_of(walk.row(pair)).sum_block;
                    const int32_t place = walk.column(pair);
                    const double flow = log_row(c, c.log_flows, block, place)[n];
                    const double value = log_row(c, c.log_values, block, place)[n];
                    if (flow != 0 && shift[pair] - value < LARGEST_SAFE_EXPONENT) {
                        factor[i] = flow * exp(shift[pair] - value);
                    } else {
                        unsafe |= flow != 0;
                    }
                }
            }
            unsafe = __syncthreads_or(unsafe);
            for (int32_t pair = 0; pair < pairs; pair++) {
                const double at = linear[pair * columns + column];
#pragma unroll
                for (int r = 0; r < NODES_A_THREAD; r++) {
                    const int32_t row = min(first_row + r * row_step, rows - 1);
                    total[r] += at * factor[pair * rows + row];
                }
            }
            if (!unsafe || child >= range.children) {
                continue;
            }
            for (int32_t pair = 0; pair < pairs; pair++) {
                const Tile &tile = tile_of(walk.row(pair));
                const int32_t place = walk.column(pair);
                const double *flow = log_row(c, c.log_flows, tile.sum_block, place);
                const double *value = log_row(c, c.log_values, tile.sum_block, place);
#pragma unroll
                for (int r = 0; r < NODES_A_THREAD; r++) {
                    const int32_t n = first_node + first_row + r * row_step;
                    if (n < range.nodes && flow[n] != 0
                        && !(shift[pair] - value[n] < LARGEST_SAFE_EXPONENT)
                        && c.parameters[parameter_of(n)] != 0) {
                        total[r] += flow[n] * exp(element_value(c, tile, child, place) - value[n]);
                    }
                }
            }
        }
#pragma unroll
        for (int r = 0; r < NODES_A_THREAD; r++) {
            const int32_t row = first_row + r * row_step;
            const int32_t n = first_node + row;
            if (row < rows && n < range.nodes && child < range.children) {
                const int64_t at = parameter_of(n);
                const float old = add ? c.statistics[at] : 0;
                c.statistics[at] = c.parameters[at] != 0 ? (float)(old + total[r]) : old;
            }
        }
    }
}

__global__ void __launch_bounds__(TABLE_THREADS, BUSY_THREADS / TABLE_THREADS)
        log_clear_tables(const DevicePlan c, const TableLaunch range, int32_t pieces,
                         int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const Table &table = c.table[c.table_order[range.first + task / pieces]];
        const int64_t size = (int64_t)statistic_rows(table.kind, table.categories) * table.nodes;
        const int64_t begin = task % pieces * CLEARED;
        const int64_t end = min(size, begin + CLEARED);
        for (int64_t i = begin + threadIdx.x; i < end; i += TABLE_THREADS) {
            c.statistics[table.statistic + i] = 0;
        }
    }
}

/* The statistics of one column of a table, by a thread. */
__device__ void add_finite(const DevicePlan &c, const Table &table, const Input &input, int32_t n,
                           float *to) {
    for (int32_t place = 0; place < c.count; place++) {
        const int32_t cell = cell_at(c, input.variable, place);
        const double flow = log_row(c, c.log_flows, input.block, place)[n];
        if (c.skipped[place] == ROW_COUNTS && cell >= 0) {
            float *at = to + (int64_t)cell * table.nodes;
            *at = (float)(*at + flow);
        }
    }
}

__device__ void add_gaussian(const DevicePlan &c, const Table &table, const Input &input, int32_t n,
                             float *to) {
    const double mean = c.parameters[input.parameter + n];
    const double deviation = c.parameters[input.parameter + table.nodes + n];
    double total = 0;
    double first = 0;
    double second = 0;
    for (int32_t place = 0; place < c.count; place++) {
        const double x = __int_as_float(cell_at(c, input.variable, place));
        const double flow = log_row(c, c.log_flows, input.block, place)[n];
        if (c.skipped[place] == ROW_COUNTS && x == x) {
            const double z = (x - mean) / deviation;
            total += flow;
            first += flow * z;
            second += flow * z * z;
        }
    }
    to[0] = (float)(to[0] + total);
    to[table.nodes] = (float)(to[table.nodes] + first);
    to[2 * table.nodes] = (float)(to[2 * table.nodes] + second);
}

__global__ void __launch_bounds__(TABLE_THREADS, BUSY_THREADS / TABLE_THREADS)
        log_table_statistics(const DevicePlan c, const TableLaunch range, int32_t strips,
                             int64_t tasks) {
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const Table &table = c.table[c.table_order[range.first + task / strips]];
        const int32_t column = (int32_t)(task % strips) * TABLE_THREADS + (int32_t)threadIdx.x;
        if (column >= table.nodes) {
            continue;
        }
        float *to = c.statistics + table.statistic + column;
        for (int32_t i = table.input_begin; i < table.input_begin + table.inputs; i++) {
            const Input &input = c.input[c.table_input[i]];
            const int32_t n = column - input.first;
            if (n < 0 || n >= input.nodes) {
                continue;
            }
            if (table.kind == SLUICE_GAUSSIAN) {
                add_gaussian(c, table, input, n, to);
            } else {
                add_finite(c, table, input, n, to);
            }
        }
    }
}

int32_t side_of(int32_t nodes) {
    int32_t side = 1;
    while (side < nodes && side < SIDE) {
        side *= 2;
    }
    return side;
}

cudaError_t launch_weights(const DevicePlan &c, const WeightLaunch &range, cudaStream_t stream,
                           bool add) {
    const int32_t rows = side_of(range.nodes);
    const int32_t columns = side_of(range.children);
    const int32_t threads = rows * columns / NODES_A_THREAD;
    const int32_t strips = ceiling_of(range.nodes, SIDE);
    const int32_t column_strips = ceiling_of(range.children, SIDE);
    const int64_t tasks = (int64_t)(range.end - range.first) * strips * column_strips;
    return launch(log_weight_statistics, grid_of(tasks), threads < WARP ? WARP : threads, 0, stream,
                  c, range, rows, columns, strips, column_strips, tasks, add);
}

cudaError_t launch_tables(const DevicePlan &c, const TableLaunch &range, cudaStream_t stream,
                          bool add) {
    const int64_t tables = range.end - range.first;
    cudaError_t error = cudaSuccess;
    if (!add) {
        const int64_t size = (int64_t)statistic_rows(range.kind, range.categories) * range.nodes;
        const int32_t pieces = ceiling_of(size, CLEARED);
        error = launch(log_clear_tables, grid_of(tables * pieces), TABLE_THREADS, 0, stream, c,
                       range, pieces, tables * pieces);
    }
    const int32_t strips = ceiling_of(range.nodes, TABLE_THREADS);
    return error != cudaSuccess
                   ? error
                   : launch(log_table_statistics, grid_of(tables * strips), TABLE_THREADS, 0,
                            stream, c, range, strips, tables * strips);
}

} // namespace

cudaError_t log_statistics(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                           bool add) {
    cudaError_t error = cudaSuccess;
    for (const WeightLaunch &range : launches.weights) {
        if (error != cudaSuccess) {
            return error;
        }
        error = launch_weights(c, range, stream, add);
    }
    for (const TableLaunch &range : launches.tables) {
        if (error != cudaSuccess) {
            return error;
        }
        error = launch_tables(c, range, stream, add);
    }
    return error;
}
