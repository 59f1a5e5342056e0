/* The queries beyond log-likelihoods, for the samples of a group at the places 0 .. c.count - 1. */
#ifndef SLUICE_QUERY_CUH
#define SLUICE_QUERY_CUH

#include "schedule.h"

/*
 * Distributions of single cells from the flows of the inputs, which the arithmetic's way back left in
 * the buffers. offset: [c.count][variables], of this group's samples; what it points to in result
 * is written for the samples that count, and only for those.
 */
cudaError_t conditional(const Schedule &schedule, const Circuit &c, cudaStream_t stream,
                        int32_t arithmetic, int32_t value_type, const int64_t *offset,
                        double *result);

/*
 * per_row draws for each sample, after log_forward. first_draw is the number of the group's first
 * draw, result is where that one goes: [c.count * per_row][variables].
 */
cudaError_t draw(const Schedule &schedule, const Circuit &c, cudaStream_t stream, int32_t per_row,
                 uint64_t seed, int64_t first_draw, float *result);

/* Decoding of each sample after log_forward with maxima; result: [c.count][variables]. */
cudaError_t max_product_decode(const Schedule &schedule, const Circuit &c, cudaStream_t stream,
                               float *result);

#endif
