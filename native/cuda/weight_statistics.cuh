/*
 * Statistics of the weights of sums over the samples at hand:
 *
 *   T[n][c] = sum over the tiles that use the weights, sum_b g[b][n] 2^(s_e - s) p_e[b][c]
 *
 * Edge flow = theta T. One thread block owns a part of a tile and walks tiles and samples in order.
 */
#ifndef SLUICE_WEIGHT_STATISTICS_CUH
#define SLUICE_WEIGHT_STATISTICS_CUH

#include "schedule.h"

/* add: to what is in the buffer, otherwise in its place. */
cudaError_t weight_statistics(const Schedule &schedule, const Circuit &c, int32_t value_type,
                              bool add, cudaStream_t stream);

/* One launch of small weights that go together: see WeightLaunch. */
bool weights_go_together(const WeightLaunch &range);
cudaError_t small_weight_statistics(const WeightLaunch &range, const Circuit &c, bool add,
                                    cudaStream_t stream);

#endif
