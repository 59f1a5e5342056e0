#include "query.cuh"

#include "log_device.cuh"

/*
 * p(x_v | the other observed cells) is the mixture of the input nodes of v, weighted with their
 * flows. The result holds the probabilities of categories, or, for other distributions, those
 * weights, as in cpu/leaf.c. One thread block per variable and row.
 */

namespace {

enum { THREADS = 128, NODES = 256 /* whose flows are in shared memory at a time */ };

/* Flow of a node of an input, whichever kernels computed it. */
struct LogFlows {
    __device__ double operator()(const DevicePlan &c, const Input &input, int32_t n,
                                 int32_t place) const {
        return log_row(c, c.log_flows, input.block, place)[n];
    }
};

template <typename V>
struct LinearFlows {
    __device__ double operator()(const DevicePlan &c, const Input &input, int32_t n,
                                 int32_t place) const {
        double flow = 0;
        for (int32_t e = input.element_begin; e < input.element_begin + input.elements; e++) {
            const Element &element = c.element[c.block_element[e]];
            flow += load_value(element_row<V>(c, c.flows, element.flow, element.nodes, place) + n);
        }
        return flow;
    }
};

/* The sum over all threads, returned in all of them; `scratch` holds one value per warp. */
__device__ double block_sum(double value, double *scratch) {
    value = warp_sum(value);
    __syncthreads();
    if (threadIdx.x % WARP == 0) {
        scratch[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    double total = 0;
    for (int w = 0; w < THREADS / WARP; w++) {
        total += scratch[w];
    }
    return total;
}

/*
 * Adds to result[k] the probability that some nodes of an input give category k; a warp per
 * category.
 */
__device__ void add_categories(const DevicePlan &c, const Table &table, int64_t parameter,
                               const double *flow, int32_t nodes, bool first, double *result) {
    const int lane = threadIdx.x % WARP;
    for (int32_t k = threadIdx.x / WARP; k < table.categories; k += THREADS / WARP) {
        const float *row = c.parameters + parameter + (int64_t)k * table.nodes;
        double sum = 0;
        for (int32_t n = lane; n < nodes; n += WARP) {
            sum += flow[n] * row[n];
        }
        sum = warp_sum(sum);
        if (lane == 0) {
            result[k] = first ? sum : result[k] + sum;
        }
    }
}

template <typename Flows>
__device__ void finite_cell(const DevicePlan &c, int32_t variable, int32_t place, double *flow,
                            double *scratch, double *result) {
    const Flows flow_of;
    const int32_t begin = c.variable_input_begin[variable];
    int32_t categories = 0;
    for (int32_t i = begin; i < c.variable_input_begin[variable + 1]; i++) {
        const Input &input = c.input[c.variable_input[i]];
        const Table &table = c.table[input.table];
        categories = table.categories;
        for (int32_t first = 0; first < input.nodes; first += NODES) {
            const int32_t nodes = min((int32_t)NODES, input.nodes - first);
            __syncthreads();
            for (int32_t n = threadIdx.x; n < nodes; n += THREADS) {
                flow[n] = flow_of(c, input, first + n, place);
            }
            __syncthreads();
            add_categories(c, table, input.parameter + first, flow, nodes, i == begin && first == 0,
                           result);
        }
    }
    __syncthreads();
    double sum = 0;
    for (int32_t k = threadIdx.x; k < categories; k += THREADS) {
        sum += result[k];
    }
    const double total = block_sum(sum, scratch);
    for (int32_t k = threadIdx.x; k < categories; k += THREADS) {
        result[k] /= total;
    }
}

/* Weights of the nodes of the variable's inputs. */
template <typename Flows>
__device__ void mixture_cell(const DevicePlan &c, int32_t variable, int32_t place, double *scratch,
                             double *result) {
    const Flows flow_of;
    double sum = 0;
    int32_t length = 0;
    for (int32_t i = c.variable_input_begin[variable]; i < c.variable_input_begin[variable + 1];
         i++) {
        const Input &input = c.input[c.variable_input[i]];
        for (int32_t n = threadIdx.x; n < input.nodes; n += THREADS) {
            result[length + n] = flow_of(c, input, n, place);
            sum += result[length + n];
        }
        length += input.nodes;
    }
    const double total = block_sum(sum, scratch);
    for (int32_t n = threadIdx.x; n < length; n += THREADS) {
        result[n] /= total;
    }
}

template <typename Flows>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        conditional_cells(const DevicePlan c, const int64_t *offset, double *result,
                          int64_t tasks) {
    __shared__ double flow[NODES];
    __shared__ double scratch[THREADS / WARP];
    for (int64_t task = blockIdx.x; task < tasks; task += gridDim.x) {
        const int32_t place = (int32_t)(task / c.variables);
        const int32_t variable = (int32_t)(task % c.variables);
        if (offset[task] < 0 || c.skipped[place] != ROW_COUNTS) {
            continue;
        }
        if (c.variable_kind[variable] == SLUICE_FINITE) {
            finite_cell<Flows>(c, variable, place, flow, scratch, result + offset[task]);
        } else {
            mixture_cell<Flows>(c, variable, place, scratch, result + offset[task]);
        }
    }
}

} // namespace

cudaError_t conditional(const LaunchList &, const DevicePlan &c, cudaStream_t stream,
                        int32_t arithmetic, int32_t value_type, const int64_t *offset,
                        double *result) {
    const int64_t tasks = (int64_t)c.count * c.variables;
    const bool narrow = value_type == SLUICE_VALUE_BF16;
    const auto kernel = arithmetic == SLUICE_LOG ? conditional_cells<LogFlows>
                        : narrow                 ? conditional_cells<LinearFlows<bf16>>
                                                 : conditional_cells<LinearFlows<float>>;
    return launch(kernel, grid_of(tasks), THREADS, 0, stream, c, offset, result, tasks);
}
