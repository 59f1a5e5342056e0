/*
 * EM step: theta <- (1 - step) theta + step (flow + pseudocount / fan_in) / (total + pseudocount),
 * with flow = theta T. A weight of exactly zero is no edge and stays zero; fan_in counts the others.
 * Nodes without any flow or pseudocount keep their parameters.
 */
#ifndef SLUICE_UPDATE_CUH
#define SLUICE_UPDATE_CUH

#include "schedule.h"

/* As sluice_update_fn; keeps copies in step, where there are some. */
cudaError_t update_parameters(const Schedule &schedule, const Circuit &c, const double *step,
                              const int32_t *unless, int32_t *failed, cudaStream_t stream);

/* Fills the bfloat16 copies of parameters. */
cudaError_t fill_copies(const Schedule &schedule, const Circuit &c, cudaStream_t stream);

#endif
