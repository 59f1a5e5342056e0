/*
 * Statistics of the weights of sums over the rows of the row group:
 *
 *   T[n][c] = sum over the tiles that use the weights, sum_b g[b][n] 2^(s_e - s) p_e[b][c]
 *
 * Edge flow = theta T. One thread block owns a part of a tile and walks tiles and rows in order.
 */
#ifndef SLUICE_WEIGHT_STATISTICS_CUH
#define SLUICE_WEIGHT_STATISTICS_CUH

#include "launch_list.h"

/* Rows that the matrix units add up apart: their sums then go to memory and start anew. */
enum { MATRIX_SPAN = 1024 };

/* add: adds to the buffer, otherwise overwrites it. */
cudaError_t weight_statistics(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                              bool add, cudaStream_t stream);

/* One launch of small weights that are computed together: see WeightLaunch. */
bool weights_go_together(const WeightLaunch &range);
cudaError_t small_weight_statistics(const WeightLaunch &range, const DevicePlan &c, bool add,
                                    cudaStream_t stream);

#endif
