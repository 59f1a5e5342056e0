#include "table_statistics.cuh"

#include "columns.cuh"

/*
 * Small tables of one variable are left to category_statistics.cu. Of other small ones a warp owns
 * COLUMNS columns, one for each lane, and has their histogram in shared memory. Of large ones, such as
 * words of a vocabulary, the cells are sorted by category first, stably, so that a thread block owns
 * the row of a category and reads just the flows that belong to it. SPAN terms are added up apart:
 * an error that grows with the number of terms in a sum does not grow with the row group.
 * Traffic: each flow once, each statistic once.
 */

namespace {

enum {
    COLUMNS = WARP,
    AHEAD = 32,     /* rows whose flows are loaded at a time */
    SPAN = 512,     /* rows or items that are added up apart */
    SORT_WARPS = 8, /* warps that divide the items among them */
    SORTERS = SORT_WARPS * WARP,
    SCAN_AHEAD = 8, /* cells of a lane that are loaded at once */
    SCANNERS = 1024,
    ROW_THREADS = 128,
    ROWS_AHEAD = 32,  /* items of a category whose elements are looked up at a time */
    ITEMS_AT_ONCE = 8 /* flows that are loaded at once */
};

template <typename V>
__global__ void __launch_bounds__(WARP)
        finite_statistics(const DevicePlan c, const TableLaunch launch, const bool add) {
    DYNAMIC_SHARED(float, histogram); /* [categories][COLUMNS] */
    const Table &table = c.table[c.table_order[launch.first + blockIdx.x]];
    const int32_t column = blockIdx.y * COLUMNS + threadIdx.x;
    if (blockIdx.y * COLUMNS >= (unsigned)table.nodes) {
        return;
    }
    float *const mine = histogram + threadIdx.x;
    float *const to = c.statistics + table.statistic + column;
    for (int32_t span = 0; span < c.count; span += SPAN) {
        const int32_t stop = min(span + SPAN, c.count);
        for (int32_t k = 0; k < table.categories; k++) mine[k * COLUMNS] = 0;
        for (int32_t i = 0; i < table.inputs; i++) {
            const Input &input = c.input[c.table_input[table.input_begin + i]];
            const int32_t n = column - input.first;
            if (n < 0 || n >= input.nodes) {
                continue;
            }
            const int32_t *const cells = c.cells + (int64_t)input.variable * c.cell_capacity;
            for (int32_t e = 0; e < input.elements; e++) {
                const Element &element = c.element[c.block_element[input.element_begin + e]];
                const V *flows = element_row<V>(c, c.flows, element.flow, input.nodes, 0) + n;
                /* A batch of flows is in flight while the one before is added up. */
                float flow[AHEAD];
                float next[AHEAD];
                const auto fetch = [&](float *to, int32_t b) {
#pragma unroll
                    for (int j = 0; j < AHEAD; j++) {
                        to[j] = load_value(flows + (int64_t)min(b + j, stop - 1) * input.nodes);
                    }
                };
                fetch(next, span);
                for (int32_t b = span; b < stop; b += AHEAD) {
#pragma unroll
                    for (int j = 0; j < AHEAD; j++) flow[j] = next[j];
                    int32_t cell[AHEAD];
#pragma unroll
                    for (int j = 0; j < AHEAD; j++) {
                        cell[j] = b + j < stop ? cells[b + j] : MISSING_CATEGORY;
                    }
                    if (b + AHEAD < stop) {
                        fetch(next, b + AHEAD);
                    }
#pragma unroll
                    for (int j = 0; j < AHEAD; j++) {
                        if (cell[j] >= 0) {
                            mine[cell[j] * COLUMNS] += flow[j];
                        }
                    }
                }
            }
        }
        for (int32_t k = 0; k < table.categories && column < table.nodes; k++) {
            float &total = to[(int64_t)k * table.nodes];
            total = add || span > 0 ? total + mine[k * COLUMNS] : mine[k * COLUMNS];
        }
    }
}

template <typename V>
__global__ void __launch_bounds__(WARP)
        gaussian_statistics(const DevicePlan c, const TableLaunch launch, const bool add) {
    const Table &table = c.table[c.table_order[launch.first + blockIdx.x]];
    const int32_t column = blockIdx.y * COLUMNS + threadIdx.x;
    if (column >= table.nodes) {
        return;
    }
    const double mean = c.parameters[table.parameter + column];
    const double deviation = c.parameters[table.parameter + table.nodes + column];
    float *const to = c.statistics + table.statistic + column;
    /* The rows of a group are added apart, in float64: rows added one by one to a large total lose digits. */
    double sum[3] = {0, 0, 0};
    for (int32_t i = 0; i < table.inputs; i++) {
        const Input &input = c.input[c.table_input[table.input_begin + i]];
        const int32_t n = column - input.first;
        if (n < 0 || n >= input.nodes) {
            continue;
        }
        for (int32_t e = 0; e < input.elements; e++) {
            const Element &element = c.element[c.block_element[input.element_begin + e]];
            const V *flows = element_row<V>(c, c.flows, element.flow, input.nodes, 0) + n;
            for (int32_t b = 0; b < c.count; b++) {
                const float x = __int_as_float(cell_at(c, input.variable, b));
                const float flow = load_value(flows + (int64_t)b * input.nodes);
                if (x == x && c.skipped[b] == ROW_COUNTS) {
                    const float z = (float)((x - mean) / deviation);
                    sum[0] += flow;
                    sum[1] += flow * z;
                    sum[2] += flow * (z * z);
                }
            }
        }
    }
#pragma unroll
    for (int m = 0; m < 3; m++) {
        float *const total = to + (int64_t)m * table.nodes;
        *total = (float)((add ? *total : 0) + sum[m]);
    }
}

__device__ __forceinline__ bool serves(const Served &served, int32_t column) {
    return column >= served.first && column < served.first + served.nodes;
}

__device__ __forceinline__ int32_t *sorted_begin(const DevicePlan &c, const Table &table) {
    return c.sorted + table.sorted_fixed + table.sorted_places * c.capacity;
}

/*
 * Calls take(item) in order for the items of the lane's category in the warp's share of all items;
 * a thread block has the WARP categories from `first` on. Most cells belong to other thread blocks:
 * a warp skips them 32 at a time.
 */
template <typename Take>
__device__ __forceinline__ void for_each_item(const DevicePlan &c, const Table &table,
                                              int32_t first, Take take) {
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const int32_t chunks = ceiling_of(c.count, WARP); /* of one variable */
    const int32_t all = chunks * table.variables;
    const int32_t end = (int32_t)((int64_t)all * (warp + 1) / SORT_WARPS);
    for (int32_t chunk = (int32_t)((int64_t)all * warp / SORT_WARPS); chunk < end;
         chunk += SCAN_AHEAD) {
        int32_t cell[SCAN_AHEAD];
        int32_t item[SCAN_AHEAD]; /* of the first lane */
#pragma unroll
        for (int i = 0; i < SCAN_AHEAD; i++) {
            const int32_t v = min(chunk + i, end - 1) / chunks;
            const int32_t b = (chunk + i - v * chunks) * WARP;
            item[i] = v * c.count + b;
            cell[i] = chunk + i < end && b + lane < c.count ? cell_at(
                              c, c.table_variable[table.variable_begin + v].variable, b + lane)
                                                            : MISSING_CATEGORY;
        }
#pragma unroll
        for (int i = 0; i < SCAN_AHEAD; i++) {
            unsigned mine = __ballot_sync(FULL_WARP, cell[i] >= first && cell[i] < first + WARP);
            while (mine != 0) {
                const int other = __ffs((int)mine) - 1;
                mine &= mine - 1;
                if (__shfl_sync(FULL_WARP, cell[i], other) == first + lane) {
                    take(item[i] + other);
                }
            }
        }
    }
}

/* How often the categories of a thread block occur in each warp's share. */
__device__ __forceinline__ void count_shares(const DevicePlan &c, const Table &table, int32_t first,
                                             int32_t (&count)[SORT_WARPS][WARP]) {
    int32_t items = 0;
    for_each_item(c, table, first, [&](int32_t) { items++; });
    count[threadIdx.x / WARP][threadIdx.x % WARP] = items;
    __syncthreads();
}

__global__ void __launch_bounds__(SORTERS) count_items(const DevicePlan c, const int32_t number) {
    __shared__ int32_t count[SORT_WARPS][WARP];
    const Table &table = c.table[number];
    const int32_t first = blockIdx.x * WARP;
    count_shares(c, table, first, count);
    const int32_t mine = first + threadIdx.x;
    if (threadIdx.x < WARP && mine < table.categories) {
        int32_t items = 0;
        for (int w = 0; w < SORT_WARPS; w++) items += count[w][threadIdx.x];
        sorted_begin(c, table)[mine] = items;
    }
}

/* From these counts, the offsets of the categories; one thread block. */
__global__ void __launch_bounds__(SCANNERS) find_places(const DevicePlan c, const int32_t number) {
    __shared__ int32_t partial[SCANNERS];
    const Table &table = c.table[number];
    int32_t *const begin = sorted_begin(c, table);
    const int32_t share = ceiling_of(table.categories, SCANNERS);
    const int32_t first = min((int32_t)threadIdx.x * share, table.categories);
    const int32_t last = min(first + share, table.categories);
    int32_t sum = 0;
    for (int32_t k = first; k < last; k++) sum += begin[k];
    partial[threadIdx.x] = sum;
    __syncthreads();
    for (int apart = 1; apart < SCANNERS; apart *= 2) {
        const int32_t other = threadIdx.x >= (unsigned)apart ? partial[threadIdx.x - apart] : 0;
        __syncthreads();
        partial[threadIdx.x] += other;
        __syncthreads();
    }
    int32_t running = partial[threadIdx.x] - sum;
    for (int32_t k = first; k < last; k++) {
        const int32_t here = begin[k];
        begin[k] = running;
        running += here;
    }
    if (threadIdx.x == SCANNERS - 1) {
        begin[table.categories] = partial[threadIdx.x];
    }
}

__global__ void __launch_bounds__(SORTERS) sort_items(const DevicePlan c, const int32_t number) {
    __shared__ int32_t count[SORT_WARPS][WARP];
    const Table &table = c.table[number];
    const int32_t first = blockIdx.x * WARP;
    count_shares(c, table, first, count);
    const int32_t *const begin = sorted_begin(c, table);
    int32_t *const sorted = sorted_begin(c, table) + table.categories + 1;
    const int32_t mine = first + threadIdx.x % WARP;
    int32_t next = mine < table.categories ? begin[mine] : 0;
    for (int w = 0; w < (int)threadIdx.x / WARP; w++) next += count[w][threadIdx.x % WARP];
    for_each_item(c, table, first, [&](int32_t item) { sorted[next++] = item; });
}

/*
 * One category per thread block; some threads look up the rows of its items for all. The time of
 * the most frequent category counts. `once`: no variable has two elements that read the same
 * column, so that an item adds the flows of at most one element, and several items can be in
 * flight.
 */
template <typename V, int WIDTH>
__global__ void __launch_bounds__(ROW_THREADS, 8)
        sorted_statistics(const DevicePlan c, const int32_t number, const bool add,
                          const bool once) {
    __shared__ TableVariable variable_of[ROWS_AHEAD];
    __shared__ int32_t sample_of[ROWS_AHEAD];
    const Table &table = c.table[number];
    const int32_t category = blockIdx.x;
    const int32_t column = (blockIdx.y * ROW_THREADS + threadIdx.x) * WIDTH;
    const bool owns = column < table.nodes;
    const int32_t *const places = sorted_begin(c, table);
    const int32_t *const sorted = places + table.categories + 1;
    float *const to = c.statistics + table.statistic + (int64_t)category * table.nodes + column;
    float total[WIDTH];
    float sum[WIDTH] = {};
#pragma unroll
    for (int i = 0; i < WIDTH; i++) total[i] = add && owns ? to[i] : 0;
    int32_t usual = 0; /* index of the element that reads the column among those of its variable */
    const int32_t end = places[category + 1];
    for (int32_t first = places[category]; first < end; first += ROWS_AHEAD) {
        const int32_t rows = min(end - first, (int32_t)ROWS_AHEAD);
        if ((first - places[category]) % SPAN == 0) {
#pragma unroll
            for (int i = 0; i < WIDTH; i++) {
                total[i] += sum[i];
                sum[i] = 0;
            }
        }
        __syncthreads();
        if (threadIdx.x < (unsigned)rows) {
            const int32_t item = sorted[first + threadIdx.x];
            variable_of[threadIdx.x] = c.table_variable[table.variable_begin + item / c.count];
            sample_of[threadIdx.x] = item % c.count;
        }
        __syncthreads();
        for (int32_t i = 0; once && owns && i < rows; i += ITEMS_AT_ONCE) {
            const V *from[ITEMS_AT_ONCE]; /* NULL where no element reads the column */
#pragma unroll
            for (int k = 0; k < ITEMS_AT_ONCE; k++) {
                const int32_t item = min(i + k, rows - 1);
                const TableVariable variable = variable_of[item];
                /* Most variables have their elements in the same order. */
                usual = min(usual, variable.served - 1);
                Served served = c.served[variable.served_begin + max(usual, 0)];
                for (int32_t j = 0; j < variable.served && !serves(served, column); j++) {
                    served = c.served[variable.served_begin + j];
                    usual = j;
                }
                from[k] = variable.served > 0 && serves(served, column) && i + k < rows
                                  ? element_row<V>(c, c.flows, served.flow, served.nodes,
                                                   sample_of[item])
                                            + column - served.first
                                  : NULL;
            }
            float flow[ITEMS_AT_ONCE][WIDTH];
#pragma unroll
            for (int k = 0; k < ITEMS_AT_ONCE; k++) {
                load_columns(from[k] != NULL ? from[k] : (const V *)c.flows, flow[k]);
            }
#pragma unroll
            for (int k = 0; k < ITEMS_AT_ONCE; k++) {
#pragma unroll
                for (int w = 0; w < WIDTH; w++) sum[w] += from[k] != NULL ? flow[k][w] : 0;
            }
        }
        for (int32_t i = 0; !once && i < rows; i++) {
            const TableVariable variable = variable_of[i];
            for (int32_t j = 0; j < variable.served; j++) {
                const Served &served = c.served[variable.served_begin + j];
                if (owns && serves(served, column)) {
                    float flow[WIDTH];
                    load_columns(element_row<V>(c, c.flows, served.flow, served.nodes, sample_of[i])
                                         + column - served.first,
                                 flow);
#pragma unroll
                    for (int k = 0; k < WIDTH; k++) sum[k] += flow[k];
                }
            }
        }
    }
    if (owns) {
#pragma unroll
        for (int i = 0; i < WIDTH; i++) to[i] = total[i] + sum[i];
    }
}

template <typename V, int WIDTH>
cudaError_t launch_sorted(const TableLaunch &range, const DevicePlan &c, bool add,
                          cudaStream_t stream) {
    return launch(sorted_statistics<V, WIDTH>,
                  dim3(range.categories, ceiling_of(range.nodes, ROW_THREADS * WIDTH)), ROW_THREADS,
                  0, stream, c, range.number, add, range.once != 0);
}

template <typename V>
cudaError_t launch_tables(const TableLaunch &range, const DevicePlan &c, bool add,
                          cudaStream_t stream) {
    const dim3 grid(range.end - range.first, ceiling_of(range.nodes, COLUMNS));
    if (range.kind == SLUICE_GAUSSIAN) {
        return launch(gaussian_statistics<V>, grid, COLUMNS, 0, stream, c, range, add);
    }
    if (!range.large) {
        return launch(finite_statistics<V>, grid, COLUMNS,
                      sizeof(float) * COLUMNS * (size_t)range.categories, stream, c, range, add);
    }
    return range.fours ? launch_sorted<V, 4>(range, c, add, stream)
                       : launch_sorted<V, 1>(range, c, add, stream);
}

} // namespace

cudaError_t table_statistics(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                             bool add, cudaStream_t stream) {
    for (const TableLaunch &range : launches.tables) {
        if (category_statistics_fit(range, c)) {
            const cudaError_t error = category_statistics(range, c, value_type, add, stream);
            if (error != cudaSuccess) {
                return error;
            }
            continue;
        }
        const cudaError_t error = value_type == SLUICE_VALUE_BF16
                                          ? launch_tables<bf16>(range, c, add, stream)
                                          : launch_tables<float>(range, c, add, stream);
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}

cudaError_t sort_cells(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream) {
    for (const TableLaunch &range : launches.tables) {
        if (!range.large) {
            continue;
        }
        const dim3 sorters(ceiling_of(range.categories, WARP));
        cudaError_t error = launch(count_items, sorters, SORTERS, 0, stream, c, range.number);
        if (error == cudaSuccess) {
            error = launch(find_places, dim3(1), SCANNERS, 0, stream, c, range.number);
        }
        if (error == cudaSuccess) {
            error = launch(sort_items, sorters, SORTERS, 0, stream, c, range.number);
        }
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}
