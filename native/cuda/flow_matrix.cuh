/*
 * What the kernels of flows on the matrix units share: how a thread turns the sums that it has into
 * flows, and those into gradients. A Shape has Warps (matrix.cuh).
 */
#ifndef SLUICE_FLOW_MATRIX_CUH
#define SLUICE_FLOW_MATRIX_CUH

#include "matrix.cuh"
#include "operand.cuh"

/* Factors of an element that a thread block has in shared memory. */
enum { KEPT_BLOCKS = 4 };

/* The values of some neighbouring pairs of children that a thread settles. */
template <typename Shape>
struct PairLoader {
    uint32_t value[Shape::Warps::M / 8 * (Shape::Warps::N / 8)];

    template <typename Row>
    __device__ __forceinline__ void fetch(int32_t first, int32_t column, int32_t nodes, Row row) {
#pragma unroll
        for (int i = 0; i < Shape::Warps::M / 8; i++) {
            const bf16 *from = row(first + i * 8) + column;
#pragma unroll
            for (int j = 0; j < Shape::Warps::N / 8; j++) {
                value[i * (Shape::Warps::N / 8) + j] =
                        column + j * 8 < nodes ? *(const uint32_t *)(from + j * 8) : 0;
            }
        }
    }

    /* Of a stored block. */
    __device__ __forceinline__ void fetch_block(const DevicePlan &c, const Factor &factor,
                                                int32_t nodes, int32_t first, int32_t column) {
        const int64_t offset = factor.offset;
        fetch(first, column, nodes, [&](int32_t sample) {
            return block_row<bf16>(c, c.values, offset, nodes, min(sample, c.count - 1));
        });
    }

    /* Of the element itself. */
    __device__ __forceinline__ void fetch_element(const DevicePlan &c, const Element &element,
                                                  int32_t nodes, int32_t first, int32_t column) {
        fetch(first, column, nodes, [&](int32_t sample) {
            const int32_t there = min(sample, c.count - 1);
            return element.stored_alone
                           ? block_row<bf16>(c, c.values, element.alone_value, nodes, there)
                           : element_row<bf16>(c, c.element_values, element.flow, nodes, there);
        });
    }
};

/* Whether a factor's gradient comes from its one element. */
__device__ static __forceinline__ bool gets_gradient(const Factor &factor) {
    return factor.is_sum && factor.parents == 1;
}

/*
 * Given the values of an element and u = sum theta g in `product`, writes the element's flows,
 * unless `flow` is negative, and the gradients of the blocks that are factors of this element only.
 * The thread's first sum belongs to row `my_row` and node `my_column`. `direct_value` holds the
 * values of the factor `direct`, if there is one.
 */
template <typename Shape>
__device__ static __forceinline__ void settle_flows(const DevicePlan &c,
                                                    typename Shape::Warps::Product &product,
                                                    PairLoader<Shape> &value, const Factor *blocks,
                                                    const Factor *kept_block, int32_t factors,
                                                    int64_t flow, int32_t nodes, int32_t my_row,
                                                    int32_t my_column, int32_t direct,
                                                    const PairLoader<Shape> &direct_value) {
    typedef typename Shape::Warps Warps;
    const int32_t last = c.count - 1;
    /* Turns sums into flows, in place. */
    constexpr int BY_COLUMN = Warps::N / 8;
#pragma unroll
    for (int i = 0; i < Warps::M / 8; i++) {
#pragma unroll
        for (int j = 0; j < BY_COLUMN; j++) {
            const float2 v = unpack_bf16(value.value[i * BY_COLUMN + j]);
            product.sum[i / 2][j][i % 2 * 2] *= v.x;
            product.sum[i / 2][j][i % 2 * 2 + 1] *= v.y;
        }
    }
    if (flow >= 0) {
#pragma unroll
        for (int i = 0; i < Warps::M / 8; i++) {
            const int32_t sample = my_row + i * 8;
#pragma unroll
            for (int j = 0; j < BY_COLUMN; j++) {
                const int32_t child = my_column + j * 8;
                if (sample <= last && child < nodes) {
                    *(uint32_t *)(element_row<bf16>(c, c.flows, flow, nodes, sample) + child) =
                            pack_bf16(product.sum[i / 2][j][i % 2 * 2],
                                      product.sum[i / 2][j][i % 2 * 2 + 1]);
                }
            }
        }
    }
    for (int32_t f = 0; f < factors; f++) {
        const Factor &factor = f < KEPT_BLOCKS ? kept_block[f] : blocks[f];
        if (!gets_gradient(factor)) {
            continue;
        }
        const int64_t offset = factor.offset;
        if (f == direct) {
            value = direct_value;
        } else {
            value.fetch_block(c, factor, nodes, my_row, my_column);
        }
#pragma unroll
        for (int i = 0; i < Warps::M / 8; i++) {
            const int32_t sample = my_row + i * 8;
#pragma unroll
            for (int j = 0; j < BY_COLUMN; j++) {
                const int32_t child = my_column + j * 8;
                if (sample <= last && child < nodes) {
                    const float2 v = unpack_bf16(value.value[i * BY_COLUMN + j]);
                    const float one = product.sum[i / 2][j][i % 2 * 2];
                    const float two = product.sum[i / 2][j][i % 2 * 2 + 1];
                    *(uint32_t *)(block_row<bf16>(c, c.gradients, offset, nodes, sample) + child) =
                            pack_bf16(v.x > 0 ? quotient(one, v.x) : 0,
                                      v.y > 0 ? quotient(two, v.y) : 0);
                }
            }
        }
    }
}

#endif
