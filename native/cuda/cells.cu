#include "cells.cuh"

#include "warp.cuh"

namespace {

enum { SIDE = 32, THREADS = 256 };

__device__ __forceinline__ int32_t missing_cell(int32_t kind) {
    return kind != SLUICE_GAUSSIAN ? MISSING_CATEGORY : 0x7fc00000; /* a NaN */
}

__device__ __forceinline__ int32_t cell_of(const sluice_batch &batch, int64_t at, int32_t kind) {
    if (batch.cell_type == SLUICE_F32) {
        const float value = ((const float *)batch.cells)[at];
        return kind != SLUICE_GAUSSIAN ? (int32_t)value : __float_as_int(value);
    }
    const int32_t value = batch.cell_type == SLUICE_U8 ? ((const uint8_t *)batch.cells)[at]
                                                       : ((const int32_t *)batch.cells)[at];
    return kind != SLUICE_GAUSSIAN ? value : __float_as_int((float)value);
}

/* A square of cells at a time through shared memory: both sides are read and written in runs. */
__global__ void __launch_bounds__(THREADS)
        load_square(const DevicePlan c, const sluice_batch batch, const int32_t first_row) {
    __shared__ int32_t square[SIDE][SIDE + 1];
    const int32_t variable = blockIdx.x * SIDE;
    const int32_t first = blockIdx.y * SIDE;
    const int x = threadIdx.x % SIDE;
    for (int y = threadIdx.x / SIDE; y < SIDE; y += THREADS / SIDE) {
        const int32_t sample = first + y;
        if (sample < c.count && variable + x < c.variables) {
            const int32_t number = first_row + sample;
            const int64_t row = batch.rows != NULL ? batch.rows[number] : batch.first + number;
            const int64_t at = row * c.variables + variable + x;
            const int32_t kind = c.variable_kind[variable + x];
            square[y][x] = batch.missing != NULL && batch.missing[at] ? missing_cell(kind)
                           : kind == SLUICE_LOG_ROWS                  ? number
                                                                      : cell_of(batch, at, kind);
        }
    }
    __syncthreads();
    for (int y = threadIdx.x / SIDE; y < SIDE; y += THREADS / SIDE) {
        if (variable + y < c.variables && first + x < c.count) {
            c.cells[(int64_t)(variable + y) * c.cell_capacity + first + x] = square[x][y];
        }
    }
}

/*
 * l_n = log N(x; mu_n, sigma_n) of a Gaussian, or an entry of a table of log-densities. Then v_n =
 * exp(l_n - s log 2), where 2^s is the smallest power of two above the largest. A density that is
 * not zero gives at least the smallest normal float. One warp per row, lanes over nodes.
 */
template <typename V>
__global__ void __launch_bounds__(THREADS) stored_forward(const DevicePlan c) {
    const Input &input = c.input[c.stored_input[blockIdx.x]];
    const int32_t sample = blockIdx.y * (THREADS / WARP) + threadIdx.x / WARP;
    const int lane = threadIdx.x % WARP;
    if (sample >= c.count) {
        return;
    }
    const double half_log_two_pi = 0.91893853320467274178;
    const Table &table = c.table[input.table];
    const bool gaussian = table.kind == SLUICE_GAUSSIAN;
    const int32_t cell = cell_at(c, input.variable, sample);
    const double x = __int_as_float(cell);
    V *values = block_row<V>(c, c.values, input.value, input.nodes, sample);
    if (gaussian ? x != x : cell < 0) {
        for (int32_t n = lane; n < input.nodes; n += WARP) store_value(values + n, 0.5f);
        if (lane == 0) {
            *block_scale(c, input.block, sample) = 1;
        }
        return;
    }
    const float *row =
            c.parameters + input.parameter + (gaussian ? 0 : (int64_t)cell * table.nodes);
    const float *rest = row + (gaussian ? 0 : (int64_t)table.categories * table.nodes);
    const auto density = [&](int32_t n) -> double {
        if (!gaussian) {
            return (double)row[n] + rest[n];
        }
        const double deviation = row[table.nodes + n];
        const double z = (x - row[n]) / deviation;
        return -log(deviation) - half_log_two_pi - 0.5 * z * z;
    };
    double best = -INFINITY;
    for (int32_t n = lane; n < input.nodes; n += WARP) best = fmax(best, density(n));
    best = warp_maximum(best);
    const bool possible = best > -INFINITY;
    const int32_t exponent = possible ? (int32_t)fmax(ceil(best / LOG_TWO), -8000000.0) : 0;
    for (int32_t n = lane; n < input.nodes; n += WARP) {
        const double log_value = density(n);
        const float value = (float)exp(log_value - exponent * LOG_TWO);
        store_value(values + n, fmaxf(value, log_value > -INFINITY ? 0x1p-126f : 0.0f));
    }
    if (lane == 0) {
        *block_scale(c, input.block, sample) = possible ? exponent : SCALE_OF_ZERO;
    }
}

/*
 * bfloat16 values and weights are each off by up to 2^-9. The errors of a row add up like a random
 * walk over its variables. In nats divided by sqrt(variables), their root mean square was 0.8e-3
 * and their maximum 3e-3 where weights and probabilities spread by factors of e. Where they spread
 * by factors of e^3 to e^6, and few of them matter, these were 3e-3 and 14e-3. In a circuit trained
 * on images they were 6e-3 and 11e-3, mostly of one sign: a pixel that is nearly certain is so in
 * all nodes of a block, and then rounding does not average out.
 *
 * A row is flagged and computed again where 10e-3, more than three times the usual error of steep
 * circuits, exceeds 1e-3 of its log-likelihood. Flows may be off by more: where they are needed,
 * above all in training, the limit is 4e-3, the largest error of flat circuits.
 */
template <typename V>
__device__ bool too_small_to_trust(const DevicePlan &, double, bool) {
    return false;
}

template <>
__device__ bool too_small_to_trust<bf16>(const DevicePlan &c, double log_likelihood, bool flows) {
    const double most_nats = flows ? 4 : 10;
    return fabs(log_likelihood) < most_nats * sqrt((double)c.variables);
}

/* last: no later forward pass bounds the unsure rows from below. */
template <typename V>
__global__ void __launch_bounds__(THREADS)
        settle(const DevicePlan c, const bool keep, const bool last, double *log_likelihood,
               uint8_t *flagged, int32_t *flagged_rows) {
    const int32_t sample = blockIdx.x * THREADS + threadIdx.x;
    if (sample >= c.count) {
        return;
    }
    const float value = c.root_value[sample];
    double result = -INFINITY;
    if (value > 0) {
        result = log((double)value) + *block_scale(c, c.root, sample) * LOG_TWO;
    }
    if (!last) {
        log_likelihood[sample] = result; /* from above */
        return;
    }
    const bool below = c.bounded == BOUND_FROM_BELOW;
    const double most = below ? log_likelihood[sample] : result;
    const bool unsure = c.skipped[sample] == ROW_UNSURE && most > -INFINITY
                        && !(below && most - result <= SURE);
    const bool flag = unsure || too_small_to_trust<V>(c, result, keep);
    c.skipped[sample] = flag ? ROW_FLAGGED : value == 0 ? ROW_IMPOSSIBLE : ROW_COUNTS;
    if (flag) {
        atomicAdd(flagged_rows, 1);
    }
    flagged[sample] = flag;
    log_likelihood[sample] = flag ? NAN : result;
    if (keep) {
        const bool counts = !flag && value > 0;
        store_value((V *)c.gradients + c.root_value_first * c.capacity + sample,
                    counts ? 1 / value : 0);
    }
}

} // namespace

cudaError_t load_cells(const DevicePlan &c, const sluice_batch &batch, int32_t row,
                       cudaStream_t stream) {
    return launch(load_square, dim3(ceiling_of(c.variables, SIDE), ceiling_of(c.count, SIDE)),
                  THREADS, 0, stream, c, batch, row);
}

cudaError_t input_forward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                          cudaStream_t stream) {
    const dim3 grid(launches.stored_inputs, ceiling_of(c.count, THREADS / WARP));
    return value_type == SLUICE_VALUE_BF16
                   ? launch(stored_forward<bf16>, grid, THREADS, 0, stream, c)
                   : launch(stored_forward<float>, grid, THREADS, 0, stream, c);
}

cudaError_t settle_samples(const DevicePlan &c, int32_t value_type, bool keep, bool last,
                           double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows,
                           cudaStream_t stream) {
    const dim3 grid(ceiling_of(c.count, THREADS));
    return value_type == SLUICE_VALUE_BF16
                   ? launch(settle<bf16>, grid, THREADS, 0, stream, c, keep, last, log_likelihood,
                            flagged, flagged_rows)
                   : launch(settle<float>, grid, THREADS, 0, stream, c, keep, last, log_likelihood,
                            flagged, flagged_rows);
}
