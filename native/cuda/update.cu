#include "update.cuh"

#include "../common/range.h"
#include "warp.cuh"

/*
 * Traffic: theta and T are read once for the totals, and once more from the caches; theta and its
 * copy are written.
 */

namespace {

enum {
    THREADS = 256,
    COLUMNS = WARP,
    SLICES = THREADS / COLUMNS,
    /* A thread adds at most this many terms in float32 before its sum goes on in float64, so that
       the error does not grow with the fan-in. */
    TERMS_A_SUM = 512
};

/* How a node's parameters move: theta <- keep theta + gain flow + extra. */
struct NodeStep {
    float keep;
    float gain;
    float extra;
    bool moves;
    bool failed;

    /* Of the node's flow, of its parameters, and how many of these there are. */
    __device__ __forceinline__ NodeStep(double total, double sum, double entries,
                                        const double *step) {
        const double step_size = step[0];
        const double pseudocount = step[1];
        const double all = total + pseudocount;
        failed = !isfinite(total);
        moves = !failed && all >= SMALLEST_FLOW && sum > 0;
        keep = (float)((1 - step_size) / sum);
        gain = (float)(step_size / all);
        extra = (float)(step_size * (pseudocount / all) / entries);
    }
};

/* A warp for each parent node. */
__global__ void __launch_bounds__(THREADS)
        update_weights(const DevicePlan c, const int32_t rows, const double *step,
                       const int32_t *unless, int32_t *failed) {
    const int32_t row = blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
    const int lane = threadIdx.x % WARP;
    if (row >= rows || (unless != NULL && *unless != 0)) {
        return;
    }
    const BlockRow &block_row = c.block_row[c.node_block_row[row]];
    const int64_t n = row - block_row.node_begin;
    double total = 0;
    double sum = 0;
    double edges = 0;
    float flow_part = 0;
    float theta_part = 0;
    float edges_part = 0;
    int32_t terms = 0; /* in the parts */
    const auto move_parts = [&] {
        total += flow_part;
        sum += theta_part;
        edges += edges_part;
        flow_part = theta_part = edges_part = 0;
        terms = 0;
    };
    for (int32_t w = 0; w < block_row.weights; w++) {
        const Weight &weight = c.weight[block_row.weight_begin + w];
        const int64_t first = weight.parameter + n * weight.children;
        for (int32_t i = lane; i < weight.children; i += WARP) {
            const float theta = c.parameters[first + i];
            flow_part += theta * c.statistics[first + i];
            theta_part += theta;
            edges_part += theta != 0;
            if (++terms == TERMS_A_SUM) {
                move_parts();
            }
        }
    }
    move_parts();
    const NodeStep move(warp_sum(total), warp_sum(sum), warp_sum(edges), step);
    if (move.failed && lane == 0) {
        *failed = 1;
    }
    if (!move.moves) {
        return;
    }
    for (int32_t w = 0; w < block_row.weights; w++) {
        const Weight &weight = c.weight[block_row.weight_begin + w];
        const int64_t first = weight.parameter + n * weight.children;
        const int64_t copy = weight.copy + n * weight.children;
        for (int32_t i = lane; i < weight.children; i += WARP) {
            const float theta = c.parameters[first + i];
            const float moved =
                    theta * (move.keep + move.gain * c.statistics[first + i]) + move.extra;
            const float now = theta == 0 ? 0 : fmaxf(moved, SMALLEST_WEIGHT);
            c.parameters[first + i] = now;
            if (c.copies != NULL) {
                c.copies[copy + i] = to_bf16(now);
            }
        }
    }
}

/* Moves the probabilities of categories begin, begin + SLICES, .. of a node. */
__device__ __forceinline__ void move_categories(const DevicePlan &c, const Table &table,
                                                const NodeStep &move, int32_t node, int32_t begin,
                                                int32_t end) {
#pragma unroll 4
    for (int32_t k = begin; k < end; k += SLICES) {
        const int64_t at = (int64_t)k * table.nodes + node;
        const float old = c.parameters[table.parameter + at];
        const float moved =
                old * move.keep + c.statistics[table.statistic + at] * move.gain + move.extra;
        const float now = old + moved == 0 ? 0 : fmaxf(moved, SMALLEST_WEIGHT);
        c.parameters[table.parameter + at] = now;
        if (c.copies != NULL && table.copy != NO_COPY) {
            c.copies[table.copy + at] = to_bf16(now);
        }
    }
}

/*
 * Sum over the rows begin .. end - 1 of the thread's column of a table whose rows have `nodes`
 * numbers, by a whole thread block.
 */
__device__ __forceinline__ double column_total(const float *rows, int32_t nodes, int32_t node,
                                               int32_t begin, int32_t end,
                                               double (&partial)[SLICES][COLUMNS]) {
    const int slice = threadIdx.x / COLUMNS;
    double sum = 0;
    for (int32_t first = begin + slice; node < nodes && first < end;
         first += SLICES * TERMS_A_SUM) {
        const int32_t last =
                end - first < SLICES * TERMS_A_SUM ? end : first + SLICES * TERMS_A_SUM;
        float part = 0;
#pragma unroll 4
        for (int32_t k = first; k < last; k += SLICES) {
            part += rows[(int64_t)k * nodes + node];
        }
        sum += part;
    }
    __syncthreads();
    partial[slice][threadIdx.x % COLUMNS] = sum;
    __syncthreads();
    double all = 0;
    for (int s = 0; s < SLICES; s++) all += partial[s][threadIdx.x % COLUMNS];
    return all;
}

/* COLUMNS nodes of a table for a thread block, whose warps share the categories. */
__global__ void __launch_bounds__(THREADS)
        update_finite(const DevicePlan c, const TableLaunch launch, const double *step,
                      const int32_t *unless, int32_t *failed) {
    __shared__ double partial[SLICES][COLUMNS];
    const Table &table = c.table[c.table_order[launch.first + blockIdx.x]];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    if (blockIdx.y * COLUMNS >= (unsigned)table.nodes || (unless != NULL && *unless != 0)) {
        return;
    }
    const double total = column_total(c.statistics + table.statistic, table.nodes, node, 0,
                                      table.categories, partial);
    const double sum = column_total(c.parameters + table.parameter, table.nodes, node, 0,
                                    table.categories, partial);
    const NodeStep move(total, sum, table.categories, step);
    if (node < table.nodes && move.failed) {
        *failed = 1;
    }
    if (node < table.nodes && move.moves) {
        move_categories(c, table, move, node, threadIdx.x / COLUMNS, table.categories);
    }
}

/*
 * Large tables: CATEGORIES_A_SLICE categories for a thread block. First their totals, of flows and
 * then of probabilities: [2][slices][nodes].
 */
__global__ void __launch_bounds__(THREADS) large_totals(const DevicePlan c, const int32_t number) {
    __shared__ double partial[SLICES][COLUMNS];
    const Table &table = c.table[number];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    const int32_t begin = blockIdx.x * CATEGORIES_A_SLICE;
    const int32_t end = min(begin + (int32_t)CATEGORIES_A_SLICE, table.categories);
    const double total =
            column_total(c.statistics + table.statistic, table.nodes, node, begin, end, partial);
    const double sum =
            column_total(c.parameters + table.parameter, table.nodes, node, begin, end, partial);
    if (threadIdx.x < COLUMNS && node < table.nodes) {
        const int64_t at = (int64_t)blockIdx.x * table.nodes + node;
        c.slices[at] = (float)total;
        c.slices[(int64_t)gridDim.x * table.nodes + at] = (float)sum;
    }
}

__global__ void __launch_bounds__(THREADS)
        update_large(const DevicePlan c, const int32_t number, const double *step,
                     const int32_t *unless, int32_t *failed) {
    const Table &table = c.table[number];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    if (node >= table.nodes || (unless != NULL && *unless != 0)) {
        return;
    }
    const int32_t slices = (int32_t)gridDim.x;
    double total = 0;
    double sum = 0;
#pragma unroll 8
    for (int32_t s = 0; s < slices; s++) {
        total += c.slices[(int64_t)s * table.nodes + node];
        sum += c.slices[(int64_t)(slices + s) * table.nodes + node];
    }
    const NodeStep move(total, sum, table.categories, step);
    if (move.failed) {
        *failed = 1;
    }
    if (move.moves) {
        const int32_t begin = blockIdx.x * CATEGORIES_A_SLICE;
        move_categories(c, table, move, node, begin + threadIdx.x / COLUMNS,
                        min(begin + (int32_t)CATEGORIES_A_SLICE, table.categories));
    }
}

/*
 * Means and second moments move like the weights; the pseudocount stands for that many
 * observations distributed as the node is now. With moments T about the mean m in units of the
 * deviation d:
 *
 *   m <- m + shift, shift = step d T1 / (T0 + pseudocount)
 *   variance <- (1 - step) d^2 + step d^2 (T2 + pseudocount) / (T0 + pseudocount) - shift^2
 */
__global__ void __launch_bounds__(THREADS)
        update_gaussian(const DevicePlan c, const TableLaunch launch, const double *step,
                        const int32_t *unless, int32_t *failed) {
    const Table &table = c.table[c.table_order[launch.first + blockIdx.x]];
    const int32_t n = blockIdx.y * THREADS + threadIdx.x;
    if (n >= table.nodes || (unless != NULL && *unless != 0)) {
        return;
    }
    const double step_size = step[0];
    const double pseudocount = step[1];
    float *const mean = c.parameters + table.parameter + n;
    float *const deviation = mean + table.nodes;
    const float *const moment = c.statistics + table.statistic + n;
    const double total = moment[0];
    const double first = moment[table.nodes];
    const double second = moment[2 * (int64_t)table.nodes];
    if (!isfinite(total) || !isfinite(first) || !isfinite(second)) {
        *failed = 1;
        return;
    }
    if (total >= SMALLEST_FLOW) {
        const double old = *deviation;
        const double all = total + pseudocount;
        const double shift = step_size * old * first / all;
        const double variance =
                old * old * (1 - step_size + step_size * (second / all + pseudocount / all))
                - shift * shift;
        const double least = table.floor * table.floor;
        *mean = (float)(*mean + shift);
        *deviation = (float)sqrt(variance > least ? variance : least);
    }
}

__global__ void __launch_bounds__(THREADS)
        copy_parameters(const DevicePlan c, const ParameterRange range) {
    const int64_t step = (int64_t)gridDim.x * THREADS;
    for (int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x; i < range.count; i += step) {
        c.copies[range.copy + i] = to_bf16(c.parameters[range.parameter + i]);
    }
}

cudaError_t update_tables(const TableLaunch &range, const DevicePlan &c, const double *step,
                          const int32_t *unless, int32_t *failed, cudaStream_t stream) {
    const int32_t tables = range.end - range.first;
    if (range.kind == SLUICE_LOG_TABLE || range.kind == SLUICE_LOG_ROWS) {
        return cudaSuccess; /* the caller's */
    }
    if (range.kind == SLUICE_GAUSSIAN) {
        return launch(update_gaussian, dim3(tables, ceiling_of(range.nodes, THREADS)), THREADS, 0,
                      stream, c, range, step, unless, failed);
    }
    const int32_t strips = ceiling_of(range.nodes, COLUMNS);
    if (!range.large) {
        return launch(update_finite, dim3(tables, strips), THREADS, 0, stream, c, range, step,
                      unless, failed);
    }
    const dim3 grid(ceiling_of(range.categories, CATEGORIES_A_SLICE), strips);
    const cudaError_t error = launch(large_totals, grid, THREADS, 0, stream, c, range.number);
    return error != cudaSuccess ? error
                                : launch(update_large, grid, THREADS, 0, stream, c, range.number,
                                         step, unless, failed);
}

} // namespace

cudaError_t update_parameters(const LaunchList &launches, const DevicePlan &c, const double *step,
                              const int32_t *unless, int32_t *failed, cudaStream_t stream) {
    cudaError_t error = cudaMemsetAsync(failed, 0, sizeof *failed, stream);
    if (error == cudaSuccess) {
        error = launch(update_weights, dim3(ceiling_of(launches.sum_nodes, THREADS / WARP)),
                       THREADS, 0, stream, c, launches.sum_nodes, step, unless, failed);
    }
    for (const TableLaunch &range : launches.tables) {
        if (error != cudaSuccess) {
            break;
        }
        error = update_tables(range, c, step, unless, failed, stream);
    }
    return error;
}

cudaError_t fill_copies(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream) {
    const unsigned most_blocks = 4096;
    for (const ParameterRange &range : launches.copied) {
        const unsigned blocks = (unsigned)ceiling_of(range.count, THREADS);
        const cudaError_t error =
                launch(copy_parameters, dim3(blocks < most_blocks ? blocks : most_blocks), THREADS,
                       0, stream, c, range);
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}
