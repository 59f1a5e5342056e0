/* The queries other than log-likelihoods, for rows 0 .. c.count - 1 of the row group. */
#ifndef SLUICE_QUERY_CUH
#define SLUICE_QUERY_CUH

#include "launch_list.h"

/*
 * Distributions of single cells, from the flows of the inputs that the backward pass of the
 * arithmetic left in the buffers. offset is [c.count][variables]. Writes the distributions of rows
 * that count, and only those.
 */
cudaError_t conditional(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                        int32_t arithmetic, int32_t value_type, const int64_t *offset,
                        double *result);

/*
 * per_row draws for each row, after log_forward. first_draw is the number of the first draw; result
 * is [c.count * per_row][variables].
 */
cudaError_t draw(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                 int32_t per_row, uint64_t seed, int64_t first_draw, float *result);

/* Decoding of each row after log_forward with maxima; result is [c.count][variables]. */
cudaError_t max_product_decode(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream,
                               float *result);

#endif
