/* What queries ask of input nodes: a draw and a mode, each by a whole warp. As in cpu/leaf.c. */
#ifndef SLUICE_LEAF_CUH
#define SLUICE_LEAF_CUH

#include "../common/philox.h"
#include "log_device.cuh"

#define TWO_PI 6.28318530717958647693

/*
 * Finds the first of many terms at which their running sum exceeds a threshold. A warp brings 32
 * terms at a time; their running sums come from a fixed tree.
 */
class RunningSum {
   public:
    __device__ explicit RunningSum(double threshold)
        : threshold_(threshold), total_(0), found_(-1), last_(-1) {}

    /* Whether it is among these; `index` is that of the first lane's term. */
    __device__ bool add(double term, int32_t index) {
        const int lane = threadIdx.x % WARP;
        double sum = term;
#pragma unroll
        for (int lanes = 1; lanes < WARP; lanes *= 2) {
            const double before = __shfl_up_sync(FULL_WARP, sum, lanes);
            sum += lane >= lanes ? before : 0;
        }
        const bool counts = term > 0;
        const unsigned over = __ballot_sync(FULL_WARP, counts && total_ + sum > threshold_);
        const unsigned counted = __ballot_sync(FULL_WARP, counts);
        total_ += __shfl_sync(FULL_WARP, sum, WARP - 1);
        if (counted != 0) {
            last_ = index + WARP - 1 - __clz((int)counted);
        }
        if (over != 0) {
            found_ = index + __ffs((int)over) - 1;
        }
        return over != 0;
    }

    /*
     * The index of that term; if rounding left the sum just below, of the last positive term; or
     * -1.
     */
    __device__ int32_t index() const { return found_ >= 0 ? found_ : last_; }

    /* Forgets the index, where indices start again with the next terms. */
    __device__ void forget_index() { last_ = -1; }

   private:
    double threshold_;
    double total_;
    int32_t found_;
    int32_t last_;
};

/* The larger of two values and its index; the lower index of equal ones. */
__device__ static inline void take_larger(double &best, int32_t &index, double value, int32_t at) {
    if (value > best || (value == best && at < index)) {
        best = value;
        index = at;
    }
}

/* The same over the lanes of a warp, returned in all of them. */
__device__ static inline void warp_larger(double &best, int32_t &index) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        const double value = __shfl_xor_sync(FULL_WARP, best, lanes);
        const int32_t at = __shfl_xor_sync(FULL_WARP, index, lanes);
        take_larger(best, index, value, at);
    }
}

/* A category drawn from the probabilities parameters[category * stride]. */
__device__ static inline int32_t draw_category(const float *parameters, const Table &table,
                                               double u) {
    enum { AHEAD = 4 };
    const int32_t lane = threadIdx.x % WARP;
    const int64_t stride = table.nodes;
    double total = 0;
#pragma unroll AHEAD
    for (int32_t k = lane; k < table.categories; k += WARP) {
        total += parameters[k * stride];
    }
    RunningSum sum(u * warp_sum(total));
    for (int32_t first = 0; first < table.categories; first += AHEAD * WARP) {
        double term[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            const int32_t k = first + i * WARP + lane;
            term[i] = k < table.categories ? parameters[k * stride] : 0;
        }
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            if (sum.add(term[i], first + i * WARP)) {
                return sum.index();
            }
        }
    }
    return max(sum.index(), 0);
}

/* Whether a table holds log-densities. */
__device__ static inline bool is_tabulated(const Table &table) {
    return table.kind == SLUICE_LOG_TABLE || table.kind == SLUICE_LOG_ROWS;
}

/* Index of a node among the nodes of all blocks: the caller knows its distribution. */
__device__ static inline float node_number(const DevicePlan &c, const Input &input, int32_t node) {
    return __int_as_float((int32_t)(c.block_first[input.block] + node));
}

/* A draw from one node of an input, or the index of the node. */
__device__ static inline float leaf_draw(const DevicePlan &c, const Input &input, int32_t node,
                                         uint64_t seed, uint64_t draw) {
    const Table &table = c.table[input.table];
    if (is_tabulated(table)) {
        return node_number(c, input, node);
    }
    const float *parameters = c.parameters + input.parameter + node;
    const philox_block random = philox(seed, draw, (uint32_t)input.block, 1);
    const double u = uniform_from(random.word[0], random.word[1]);
    if (table.kind == SLUICE_GAUSSIAN) {
        /* Box and Muller 1958 */
        const double angle = TWO_PI * uniform_from(random.word[2], random.word[3]);
        return (float)(parameters[0] + parameters[table.nodes] * sqrt(-2 * log(u)) * cos(angle));
    }
    return (float)draw_category(parameters, table, u);
}

/*
 * The most probable value of one node of an input, the first of equal ones; or the index of the
 * node.
 */
__device__ static inline float leaf_mode(const DevicePlan &c, const Input &input, int32_t node) {
    const Table &table = c.table[input.table];
    if (is_tabulated(table)) {
        return node_number(c, input, node);
    }
    const float *parameters = c.parameters + input.parameter + node;
    if (table.kind == SLUICE_GAUSSIAN) {
        return parameters[0];
    }
    double best = -INFINITY;
    int32_t category = INT32_MAX;
    for (int32_t k = threadIdx.x % WARP; k < table.categories; k += WARP) {
        take_larger(best, category, parameters[(int64_t)k * table.nodes], k);
    }
    warp_larger(best, category);
    return (float)category;
}

#endif
