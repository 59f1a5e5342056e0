#include "table_statistics.cuh"

#include "columns.cuh"
#include "warp.cuh"

/*
 * Tables whose cells all belong to one variable, as in most circuits. A thread block has up to
 * COLUMNS nodes of an input. It sorts the rows by category, stably. Then each warp walks an equal
 * share of them, whatever their categories, and its lanes add up the flows of their nodes in
 * registers. If a category spans warps, the warp that has its first row adds the partial sums.
 *
 * Traffic: each flow once, each statistic once, all in runs.
 */

namespace {

enum {
    WARPS = 8,
    THREADS = WARPS * WARP,
    LANE_COLUMNS = 4,
    COLUMNS = LANE_COLUMNS * WARP,
    AHEAD = 8 /* rows whose flows are loaded at a time */
};

enum {
    HEAD = 0,
    TAIL = 1
}; /* partial sums of a category that began in an earlier warp, or continues in the next */

template <typename V>
__device__ __forceinline__ float4 load4(const V *at) {
    float four[4];
    load_columns(at, four);
    return make_float4(four[0], four[1], four[2], four[3]);
}

__device__ __forceinline__ void add4(float4 &to, const float4 &more) {
    to.x += more.x;
    to.y += more.y;
    to.z += more.z;
    to.w += more.w;
}

/* The shared memory of a thread block. */
struct Sorter {
    int32_t *begin;  /* [categories + 1] offset of the first row of each category */
    int32_t *places; /* [WARPS][categories] */
    int32_t *sample; /* [count] by category */
    float *partial;  /* [WARPS][2][COLUMNS] */

    __device__ Sorter(void *memory, int32_t categories) {
        partial = (float *)memory;
        begin = (int32_t *)(partial + WARPS * 2 * COLUMNS);
        places = begin + categories + 1;
        sample = places + WARPS * categories;
    }

    __host__ static size_t bytes(int32_t categories, int32_t count) {
        return sizeof(float)
               * ((size_t)WARPS * 2 * COLUMNS + (size_t)(WARPS + 1) * categories + 1 + count);
    }
};

/* Calls f(row, position) for the cells of a warp; place[category] counts the positions up. */
template <typename F>
__device__ __forceinline__ void for_each_cell(const int32_t *cells, int32_t begin, int32_t end,
                                              int32_t *place, F f) {
    const int lane = threadIdx.x % WARP;
    for (int32_t first = begin; first < end; first += WARP) {
        const int32_t b = first + lane;
        const int32_t cell = b < end ? cells[b] : MISSING_CATEGORY;
        const unsigned like = lanes_like_mine(cell);
        const int32_t rank = __popc(like & ((1u << lane) - 1));
        if (cell >= 0) {
            f(b, place[cell] + rank);
        }
        __syncwarp();
        if (cell >= 0 && like >> lane == 1) { /* the last of them */
            place[cell] += rank + 1;
        }
        __syncwarp();
    }
}

__device__ __forceinline__ void sort_samples(const Sorter &s, const int32_t *cells,
                                             int32_t categories, int32_t count) {
    __shared__ int32_t partial[WARPS];
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    int32_t *const mine = s.places + warp * categories;
    const int32_t share = ceiling_of(ceiling_of(count, WARP), WARPS) * WARP;
    const int32_t begin = min(warp * share, count);
    const int32_t end = min(begin + share, count);
    for (int32_t i = threadIdx.x; i < WARPS * categories; i += THREADS) s.places[i] = 0;
    __syncthreads();
    for_each_cell(cells, begin, end, mine, [](int32_t, int32_t) {});
    __syncthreads();
    /* Each thread has some categories in a row; then warps, then threads are summed over. */
    const int32_t each = ceiling_of(categories, THREADS);
    const int32_t first = min((int32_t)threadIdx.x * each, categories);
    const int32_t stop = min(first + each, categories);
    int32_t total = 0;
    for (int32_t k = first; k < stop; k++) {
        for (int w = 0; w < WARPS; w++) total += s.places[w * categories + k];
    }
    int32_t sum = total;
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2) {
        const int32_t before = __shfl_up_sync(FULL_WARP, sum, lanes);
        sum += lane >= lanes ? before : 0;
    }
    if (lane == WARP - 1) {
        partial[warp] = sum;
    }
    __syncthreads();
    int32_t place = sum - total;
    for (int w = 0; w < warp; w++) place += partial[w];
    for (int32_t k = first; k < stop; k++) {
        s.begin[k] = place;
        for (int w = 0; w < WARPS; w++) {
            const int32_t here = s.places[w * categories + k];
            s.places[w * categories + k] = place;
            place += here;
        }
    }
    if (threadIdx.x == THREADS - 1) {
        s.begin[categories] = place;
    }
    __syncthreads();
    for_each_cell(cells, begin, end, mine, [&](int32_t b, int32_t place) { s.sample[place] = b; });
    __syncthreads();
}

template <typename V>
__global__ void __launch_bounds__(THREADS, BUSY_THREADS / THREADS)
        category_statistics(const DevicePlan c, const TableLaunch launch, const bool add) {
    DYNAMIC_SHARED(char, memory);
    const int lane = threadIdx.x % WARP;
    const int warp = threadIdx.x / WARP;
    const Input &input = c.input[c.row_input[launch.input_first + blockIdx.x]];
    const Table &table = c.table[input.table];
    const int32_t column = blockIdx.y * COLUMNS + lane * LANE_COLUMNS;
    if (blockIdx.y * COLUMNS >= (unsigned)input.nodes) {
        return;
    }
    const bool owns = column < input.nodes; /* a multiple of LANE_COLUMNS */
    const Sorter s(memory, table.categories);
    sort_samples(s, c.cells + (int64_t)input.variable * c.cell_capacity, table.categories, c.count);

    float *const statistics = c.statistics + input.statistic + column;
    const auto write = [&](int32_t category, const float4 &sum) {
        float4 *const to = (float4 *)(statistics + (int64_t)category * table.nodes);
        if (owns) {
            float4 now = sum;
            if (add) {
                add4(now, *to);
            }
            *to = now;
        }
    };
    const auto share_begin = [&](int w) {
        return (int32_t)((int64_t)s.begin[table.categories] * w / WARPS);
    };
    const int32_t begin = share_begin(warp);
    const int32_t end = share_begin(warp + 1);
    const float4 zero = make_float4(0, 0, 0, 0);
    float *const mine = s.partial + warp * 2 * COLUMNS + lane * LANE_COLUMNS;
    int32_t tail = -1;
    if (begin < end) {
        /* The category of the first position. */
        int32_t low = 0;
        int32_t high = table.categories;
        while (high - low > 1) {
            const int32_t middle = (low + high) / 2;
            if (s.begin[middle] <= begin) {
                low = middle;
            } else {
                high = middle;
            }
        }
        int32_t category = low;
        float4 sum = zero;
        const auto finish = [&]() {
            if (s.begin[category] < begin) {
                *(float4 *)(mine + HEAD * COLUMNS) = sum;
            } else if (s.begin[category + 1] > end) {
                *(float4 *)(mine + TAIL * COLUMNS) = sum;
                tail = category;
            } else {
                write(category, sum);
            }
            sum = zero;
        };
        const auto fetch = [&](float4 *to, int32_t place) {
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                to[i] = zero;
            }
            for (int32_t e = 0; owns && e < input.elements; e++) {
                const Element &element = c.element[c.block_element[input.element_begin + e]];
                float4 more[AHEAD];
#pragma unroll
                for (int i = 0; i < AHEAD; i++) {
                    more[i] = load4(element_row<V>(c, c.flows, element.flow, input.nodes,
                                                   s.sample[min(place + i, end - 1)])
                                    + column);
                }
#pragma unroll
                for (int i = 0; i < AHEAD; i++) add4(to[i], more[i]);
            }
        };
        float4 next[AHEAD];
        fetch(next, begin);
        for (int32_t place = begin; place < end; place += AHEAD) {
            float4 flow[AHEAD];
#pragma unroll
            for (int i = 0; i < AHEAD; i++) flow[i] = next[i];
            if (place + AHEAD < end) {
                fetch(next, place + AHEAD);
            }
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                if (place + i < end) {
                    while (place + i >= s.begin[category + 1]) {
                        if (s.begin[category] < s.begin[category + 1]) {
                            finish();
                        }
                        category++;
                    }
                    add4(sum, flow[i]);
                }
            }
        }
        finish();
    }
    __syncthreads();
    if (tail >= 0) {
        float4 sum = *(float4 *)(mine + TAIL * COLUMNS);
        for (int w = warp + 1; w < WARPS && share_begin(w) < s.begin[tail + 1]; w++) {
            if (share_begin(w) < share_begin(w + 1)) {
                add4(sum, *(float4 *)(s.partial + w * 2 * COLUMNS + HEAD * COLUMNS
                                      + lane * LANE_COLUMNS));
            }
        }
        write(tail, sum);
    }
    if (!add) {
        for (int32_t k = warp; k < table.categories; k += WARPS) {
            if (s.begin[k] == s.begin[k + 1]) {
                write(k, zero);
            }
        }
    }
}

} // namespace

bool category_statistics_fit(const TableLaunch &range, const DevicePlan &c) {
    const size_t most = 96 * 1024;
    return range.by_rows && Sorter::bytes(range.categories, c.count) <= most;
}

cudaError_t category_statistics(const TableLaunch &range, const DevicePlan &c, int32_t value_type,
                                bool add, cudaStream_t stream) {
    const dim3 grid(range.input_end - range.input_first, ceiling_of(range.nodes, COLUMNS));
    const size_t shared = Sorter::bytes(range.categories, c.count);
    return value_type == SLUICE_VALUE_BF16
                   ? launch(category_statistics<bf16>, grid, THREADS, shared, stream, c, range, add)
                   : launch(category_statistics<float>, grid, THREADS, shared, stream, c, range,
                            add);
}
