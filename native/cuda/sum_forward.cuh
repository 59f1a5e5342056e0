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

#include "launch_list.h"

/*
 * Values and scales of all sum blocks for c.count rows. keep: also those of elements, for the
 * backward pass.
 */
cudaError_t sum_forward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                        bool keep, cudaStream_t stream);

/*
 * One launch, of sums that fit the matrix units. early: it may start before the launch before has
 * ended.
 */
cudaError_t sum_forward_on_matrix_units(const LaunchList &launches, const SumLaunch &range,
                                        const DevicePlan &c, bool keep, bool early,
                                        cudaStream_t stream);

/* The same for small sum blocks whose tiles read one stored factor each. */
bool can_stream_stored_sums(const SumLaunch &range);
cudaError_t sum_forward_stored(const LaunchList &launches, const SumLaunch &range,
                               const DevicePlan &c, bool early, cudaStream_t stream);

/* Several layers of it at once: see chain.cuh. */
cudaError_t sum_chain_forward(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, bool keep, cudaStream_t stream);

/* The same where a task loads all its operands at once: sum blocks of more than 32 nodes. */
cudaError_t sum_chain_at_once(const LaunchList &launches, const ChainLaunch &range,
                              const DevicePlan &c, bool keep, cudaStream_t stream);

#endif
