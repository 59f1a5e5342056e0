/* Functions that the kernels of linear.h inline, for one instruction set. */
#ifndef SLUICE_TEST_INSTRUCTION_SET_H
#define SLUICE_TEST_INSTRUCTION_SET_H

#include "linear.h"

typedef struct {
    int lanes;
    int fused; /* whether a multiply-add rounds once */
    void (*matmul)(int m, int n, int depth, const float *a, int64_t a_row, int64_t a_column,
                   const float *b, int64_t b_row, float *c, int64_t c_row, int accumulate);
    void (*transpose)(const float *from, int32_t rows, int32_t columns, float *to, int32_t stride);
} inner_kernels;

/* The functions of the same instruction set. */
const inner_kernels *inner_kernels_of(const linear_kernels *kernels);

#endif
