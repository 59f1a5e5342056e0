/* What the log-space kernels share: reading log-values, and walks over the edges of sums. */
#ifndef SLUICE_LOG_DEVICE_CUH
#define SLUICE_LOG_DEVICE_CUH

#include "warp.cuh"

/* Below this a sum over the largest element has lost terms; it is then summed edge by edge. */
#define SMALLEST_SAFE_LINEAR_SUM 1e-250

/* exp of more than this leaves the range of a float64 once multiplied by a flow. */
#define LARGEST_SAFE_EXPONENT 600.0

/* Rows that a thread block treats together, so that a weight is read once for all of them. */
enum { LOG_SAMPLES = 4 };

/* Thread blocks take several tasks if there are more than a grid can have thread blocks. */
static inline dim3 grid_of(int64_t tasks) {
    const int64_t most = INT32_MAX;
    return dim3((unsigned)(tasks < most ? tasks : most));
}

/* Log-values or flows of a block for one row. */
__device__ static inline double *log_row(const DevicePlan &c, double *buffer, int32_t block,
                                         int32_t place) {
    return buffer + (int64_t)place * c.block_nodes_total + c.block_first[block];
}

__device__ static inline bool is_missing(const Table &table, int32_t cell) {
    return table.kind == SLUICE_GAUSSIAN ? isnan(__int_as_float(cell)) : cell < 0;
}

/* Flows of an element for one row; `flow` is its first node among those of all elements. */
__device__ static inline double *log_element_row(const DevicePlan &c, int64_t flow, int32_t place) {
    return c.log_element_flows + (int64_t)place * c.flow_nodes + flow;
}

/* The index of row `s` of those from `first` on; of the last row where there are no more. */
__device__ static inline int32_t place_of(const DevicePlan &c, int32_t first, int s) {
    return min(first + s, c.count - 1);
}

/* Log-values of a node of a tile's element for SAMPLES rows from `first` on. */
template <int SAMPLES>
__device__ static inline void element_values(const DevicePlan &c, const Tile &tile, int32_t child,
                                             int32_t first, double (&value)[SAMPLES]) {
#pragma unroll
    for (int s = 0; s < SAMPLES; s++) {
        value[s] = 0;
    }
    const Element &element = c.element[tile.element];
    const Factor *const factor = c.factor + element.factor_begin;
    for (int32_t f = 0; f < element.factors; f++) {
        const double *row = c.log_values + c.block_first[factor[f].block] + child;
#pragma unroll
        for (int s = 0; s < SAMPLES; s++) {
            value[s] += row[place_of(c, first, s) * c.block_nodes_total];
        }
    }
}

__device__ static inline double element_value(const DevicePlan &c, const Tile &tile, int32_t child,
                                              int32_t place) {
    double value[1];
    element_values(c, tile, child, place, value);
    return value[0];
}

/* log of a weight; there is no float overload to fall into by mistake */
__device__ static inline double log_weight(float theta) { return log((double)theta); }

/* The largest width_of(row) of the rows begin .. end - 1, in all lanes of the warp. */
template <typename F>
__device__ static inline int32_t widest(int32_t begin, int32_t end, F width_of) {
    int32_t width = 1;
    for (int32_t row = begin + (int32_t)(threadIdx.x % WARP); row < end; row += WARP) {
        width = max(width, width_of(row));
    }
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        width = max(width, __shfl_xor_sync(FULL_WARP, width, lanes));
    }
    return width;
}

/* Most children of the tiles begin .. end - 1. */
__device__ static inline int32_t widest_tile(const DevicePlan &c, int32_t begin, int32_t end) {
    return widest(begin, end, [&](int32_t t) { return c.tile[t].children; });
}

/*
 * Walks the (line, column) pairs of some lines, line by line, at most SIZE pairs at a time. All
 * lines get the width of the widest, so that a thread finds its pair with one division; it has to
 * check whether its own line is that wide.
 */
template <int SIZE>
class Walk {
   public:
    __device__ Walk(int32_t begin, int32_t end, int32_t width)
        : end_(end),
          width_(width),
          wide_(min(width, (int32_t)SIZE)),
          rows_(SIZE / wide_),
          row_(begin),
          column_(0) {}

    __device__ bool more() const { return row_ < end_; }

    /* Whether all pairs come at once. */
    __device__ bool whole() const { return wide_ == width_ && end_ - row_ <= rows_; }

    __device__ int32_t pairs() const {
        return min(rows_, end_ - row_) * min(wide_, width_ - column_);
    }

    __device__ int32_t row(int32_t i) const { return row_ + i / wide_; }

    __device__ int32_t column(int32_t i) const { return column_ + i % wide_; }

    __device__ void next() {
        column_ += wide_;
        if (column_ >= width_) {
            column_ = 0;
            row_ += rows_;
        }
    }

   private:
    int32_t end_;
    int32_t width_;
    int32_t wide_; /* columns at a time */
    int32_t rows_; /* rows at a time */
    int32_t row_;
    int32_t column_;
};

#endif
