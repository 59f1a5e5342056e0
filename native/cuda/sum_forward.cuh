/*
 * Sum blocks forward. With incoming tiles e of scale s_e:
 *
 *   sigma = max_e s_e      acc_n = sum_e 2^(s_e - sigma) (theta_e p_e)_n      k = exponent(max acc)
 *   v_n = acc_n 2^-k       s = sigma + k
 *
 * and sums that left the range are bounded, from above or (c.bounded) from below: see cpu/sum.h.
 */
#ifndef SLUICE_SUM_FORWARD_CUH
#define SLUICE_SUM_FORWARD_CUH

#include "schedule.h"

/*
 * Values and scales of all sum blocks for c.count samples; keep: values and scales of elements
 * too, for the way back.
 */
cudaError_t sum_forward(const Schedule &schedule, const Circuit &c, int32_t value_type, bool keep,
                        cudaStream_t stream);

/* One launch of it, of sums that fit them; early: it may start before the launch before has ended. */
cudaError_t sum_forward_on_matrix_units(const Schedule &schedule, const SumLaunch &range,
                                        const Circuit &c, bool keep, bool early,
                                        cudaStream_t stream);

/* The same of small sum blocks, each tile of which reads one stored factor. */
bool can_stream_stored_sums(const SumLaunch &range);
cudaError_t sum_forward_stored(const Schedule &schedule, const SumLaunch &range, const Circuit &c,
                               bool early, cudaStream_t stream);

/* Several layers of it at once: see chain.cuh. */
cudaError_t sum_chain_forward(const Schedule &schedule, const ChainLaunch &range, const Circuit &c,
                              bool keep, cudaStream_t stream);

/* The same with all operands of a task on their way at once: of more than 32 nodes. */
cudaError_t sum_chain_at_once(const Schedule &schedule, const ChainLaunch &range, const Circuit &c,
                              bool keep, cudaStream_t stream);

#endif
