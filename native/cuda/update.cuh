/*
 * EM step. With flow = theta T of a weight or T of a category, total = their sum over the node, and
 * sum = that of the node's parameters, which is one but for rounding:
 *
 *   theta <- (1 - step) theta / sum + step (flow + pseudocount / n) / (total + pseudocount)
 *
 * n is the number of weights that are not zero, or of categories. Dividing by sum keeps rounding
 * from adding up over many small steps. A weight of zero is no edge and stays zero; no other
 * parameter falls below SMALLEST_WEIGHT (common/range.h). A node keeps its parameters when total +
 * pseudocount is below SMALLEST_FLOW.
 */
#ifndef SLUICE_UPDATE_CUH
#define SLUICE_UPDATE_CUH

#include "launch_list.h"

/* As sluice_update_fn; updates the copies too, where there are any. */
cudaError_t update_parameters(const LaunchList &launches, const DevicePlan &c, const double *step,
                              const int32_t *unless, int32_t *failed, cudaStream_t stream);

/* Fills the bfloat16 copies of parameters. */
cudaError_t fill_copies(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream);

#endif
