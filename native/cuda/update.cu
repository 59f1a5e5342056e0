#include "update.cuh"

#include <float.h>

#include "warp.cuh"

/* Traffic: theta and T once (the second pass finds them in the caches), theta and its copy out. */

namespace {

enum { THREADS = 256, COLUMNS = WARP, SLICES = THREADS / COLUMNS };

/* What a node divides by; less than this is no flow at all: its inverse is no float. */
__device__ __forceinline__ bool counts_as_flow(double total) {
    return total >= (double)FLT_MIN;
}

/* A warp for each parent node. */
__global__ void __launch_bounds__(THREADS)
update_weights(const Circuit c, const int32_t rows, const double *step,
               const int32_t *unless, int32_t *failed) {
    const int32_t row = blockIdx.x * (THREADS / WARP) + threadIdx.x / WARP;
    const int lane = threadIdx.x % WARP;
    if (row >= rows || (unless != NULL && *unless != 0)) {
        return;
    }
    const Group &group = c.group[c.row_group[row]];
    const int64_t n = row - group.row_begin;
    float sum = 0;
    float edges = 0;
    for (int32_t w = 0; w < group.weights; w++) {
        const Weight &weight = c.weight[group.weight_begin + w];
        const int64_t first = weight.parameter + n * weight.children;
        for (int32_t i = lane; i < weight.children; i += WARP) {
            const float theta = c.parameters[first + i];
            sum += theta * c.statistics[first + i];
            edges += theta != 0;
        }
    }
    const double total = warp_sum(sum);
    const double fan_in = warp_sum(edges);
    if (!isfinite(total)) {
        if (lane == 0) {
            *failed = 1;
        }
        return;
    }
    const double step_size = step[0];
    const double pseudocount = step[1];
    if (!counts_as_flow(total + pseudocount) || fan_in == 0) {
        return;
    }
    const float keep = (float)(1 - step_size);
    const float gain = (float)(step_size / (total + pseudocount));
    const float floor = (float)(step_size * (pseudocount / (total + pseudocount)) / fan_in);
    for (int32_t w = 0; w < group.weights; w++) {
        const Weight &weight = c.weight[group.weight_begin + w];
        const int64_t first = weight.parameter + n * weight.children;
        const int64_t copy = weight.copy + n * weight.children;
        for (int32_t i = lane; i < weight.children; i += WARP) {
            const float theta = c.parameters[first + i];
            const float now =
                    theta == 0 ? 0 : theta * (keep + gain * c.statistics[first + i]) + floor;
            c.parameters[first + i] = now;
            if (c.copies != NULL) {
                c.copies[copy + i] = to_bf16(now);
            }
        }
    }
}

/* How a node's probabilities move; `total` is of its flow. */
struct FiniteStep {
    float keep;
    float gain;
    float extra;
    bool moves;
    bool failed;

    __device__ __forceinline__ FiniteStep(double total, const double *step, int32_t categories) {
        const double step_size = step[0];
        const double pseudocount = step[1];
        const double all = total + pseudocount;
        failed = !isfinite(all);
        moves = counts_as_flow(all) && !failed;
        keep = (float)(1 - step_size);
        gain = (float)(step_size / all);
        extra = (float)(step_size * (pseudocount / all) / categories);
    }

    /* Categories begin, begin + SLICES, .. of a node. */
    __device__ __forceinline__ void run(const Circuit &c, const Table &table, int32_t node,
                                        int32_t begin, int32_t end) const {
#pragma unroll 4
        for (int32_t k = begin; k < end; k += SLICES) {
            const int64_t at = (int64_t)k * table.nodes + node;
            const float now = c.parameters[table.parameter + at] * keep
                              + c.statistics[table.statistic + at] * gain + extra;
            c.parameters[table.parameter + at] = now;
            if (c.copies != NULL && table.copy != NO_COPY) {
                c.copies[table.copy + at] = to_bf16(now);
            }
        }
    }
};

/* Sum of the statistics of categories begin .. end - 1 of the thread's column, by a whole block. */
__device__ __forceinline__ double column_total(const Circuit &c, const Table &table, int32_t node,
                                               int32_t begin, int32_t end,
                                               float (&partial)[SLICES][COLUMNS]) {
    const int slice = threadIdx.x / COLUMNS;
    float sum = 0;
    if (node < table.nodes) {
#pragma unroll 4
        for (int32_t k = begin + slice; k < end; k += SLICES) {
            sum += c.statistics[table.statistic + (int64_t)k * table.nodes + node];
        }
    }
    partial[slice][threadIdx.x % COLUMNS] = sum;
    __syncthreads();
    double all = 0;
    for (int s = 0; s < SLICES; s++) all += partial[s][threadIdx.x % COLUMNS];
    return all;
}

/* COLUMNS nodes of a table for a thread block, whose warps share the categories. */
__global__ void __launch_bounds__(THREADS)
update_finite(const Circuit c, const TableLaunch launch, const double *step,
              const int32_t *unless, int32_t *failed) {
    __shared__ float partial[SLICES][COLUMNS];
    const Table &table = c.table[c.table_order[launch.first + blockIdx.x]];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    if (blockIdx.y * COLUMNS >= (unsigned)table.nodes || (unless != NULL && *unless != 0)) {
        return;
    }
    const FiniteStep move(column_total(c, table, node, 0, table.categories, partial), step,
                          table.categories);
    if (node < table.nodes && move.failed) {
        *failed = 1;
    }
    if (node < table.nodes && move.moves) {
        move.run(c, table, node, threadIdx.x / COLUMNS, table.categories);
    }
}

/* Large tables: CATEGORIES_A_SLICE categories for a thread block, first their totals. */
__global__ void __launch_bounds__(THREADS) large_totals(const Circuit c, const int32_t number) {
    __shared__ float partial[SLICES][COLUMNS];
    const Table &table = c.table[number];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    const int32_t begin = blockIdx.x * CATEGORIES_A_SLICE;
    const int32_t end = min(begin + (int32_t)CATEGORIES_A_SLICE, table.categories);
    const double total = column_total(c, table, node, begin, end, partial);
    if (threadIdx.x < COLUMNS && node < table.nodes) {
        c.slices[(int64_t)blockIdx.x * table.nodes + node] = (float)total;
    }
}

__global__ void __launch_bounds__(THREADS)
update_large(const Circuit c, const int32_t number, const double *step,
             const int32_t *unless, int32_t *failed) {
    const Table &table = c.table[number];
    const int32_t node = blockIdx.y * COLUMNS + threadIdx.x % COLUMNS;
    if (node >= table.nodes || (unless != NULL && *unless != 0)) {
        return;
    }
    double total = 0;
#pragma unroll 8
    for (int32_t s = 0; s < (int32_t)gridDim.x; s++) {
        total += c.slices[(int64_t)s * table.nodes + node];
    }
    const FiniteStep move(total, step, table.categories);
    if (move.failed) {
        *failed = 1;
    }
    if (move.moves) {
        const int32_t begin = blockIdx.x * CATEGORIES_A_SLICE;
        move.run(c, table, node, begin + threadIdx.x / COLUMNS,
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
update_gaussian(const Circuit c, const TableLaunch launch, const double *step,
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
    if (counts_as_flow(total)) {
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
copy_parameters(const Circuit c, const ParameterRange range) {
    const int64_t step = (int64_t)gridDim.x * THREADS;
    for (int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x; i < range.count; i += step) {
        c.copies[range.copy + i] = to_bf16(c.parameters[range.parameter + i]);
    }
}

cudaError_t update_tables(const TableLaunch &range, const Circuit &c, const double *step,
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
    const cudaError_t error =
            launch(large_totals, grid, THREADS, 0, stream, c, range.number);
    return error != cudaSuccess ? error
                                : launch(update_large, grid, THREADS, 0, stream, c, range.number,
                                         step, unless, failed);
}

} // namespace

cudaError_t update_parameters(const Schedule &schedule, const Circuit &c, const double *step,
                              const int32_t *unless, int32_t *failed, cudaStream_t stream) {
    cudaError_t error = cudaMemsetAsync(failed, 0, sizeof *failed, stream);
    if (error == cudaSuccess) {
        error = launch(update_weights, dim3(ceiling_of(schedule.group_rows, THREADS / WARP)),
                       THREADS, 0, stream, c, schedule.group_rows, step, unless, failed);
    }
    for (const TableLaunch &range : schedule.tables) {
        if (error != cudaSuccess) {
            break;
        }
        error = update_tables(range, c, step, unless, failed, stream);
    }
    return error;
}

cudaError_t fill_copies(const Schedule &schedule, const Circuit &c, cudaStream_t stream) {
    const unsigned most_blocks = 4096;
    for (const ParameterRange &range : schedule.copied) {
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
