/*
 * The log-space kernels: every layer in float64, as plain as the formulas allow. They are the
 * specification of the block-scaled kernels, recompute the rows that those flag, and serve draws
 * and max-product. The same functions as cpu/log_space.c, for rows 0 .. c.count - 1 of the row
 * group, whose cells are loaded.
 *
 * One thread, or one warp with a fixed tree, adds up each number.
 */
#ifndef SLUICE_LOG_SPACE_CUH
#define SLUICE_LOG_SPACE_CUH

#include "launch_list.h"

/*
 * Log-values of all blocks, with maxima for sums if `maximum`; log_likelihood[c.count] receives
 * those of the root. With `maximum`, an input without a cell has the density of its mode. Without
 * it, c.skipped says which rows count.
 */
cudaError_t log_forward(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                        bool maximum, double *log_likelihood);

/* Flows of all blocks and elements; zero for a row that is skipped. */
cudaError_t log_backward(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream);

/* Statistics of the rows that count. add: adds to the buffer, otherwise overwrites it. */
cudaError_t log_statistics(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                           bool add);

#endif
