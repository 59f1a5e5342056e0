/*
 * The log-space kernels: every layer in float64, as plain as the formulas allow. They are the
 * specification of the block-scaled kernels, recompute the samples that those flag, and stand under
 * draws and max-product. The same functions as cpu/log_space.c, for the samples at the places 0 ..
 * c.count - 1; their cells have been loaded.
 *
 * Every number has one thread, or one warp and a fixed tree, that adds it up.
 */
#ifndef SLUICE_LOG_SPACE_CUH
#define SLUICE_LOG_SPACE_CUH

#include "schedule.h"

/*
 * Log-values of all blocks, with maxima for sums where `maximum`, and of the root also in
 * log_likelihood[c.count]. Without `maximum` settles in c.skipped which samples count.
 */
cudaError_t log_forward(const Schedule &schedule, const Circuit &c, cudaStream_t stream,
                        bool maximum, double *log_likelihood);

/* Flows of all blocks and elements; all zero for a sample that is skipped. */
cudaError_t log_backward(const Schedule &schedule, const Circuit &c, cudaStream_t stream);

/* Statistics of the samples that count: added to what is there, or in its place. */
cudaError_t log_statistics(const Schedule &schedule, const Circuit &c, cudaStream_t stream,
                           bool add);

#endif
