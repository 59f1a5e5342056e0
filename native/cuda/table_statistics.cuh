/*
 * Statistics of input tables over the samples at hand:
 *
 *   finite   T[category of b][n] += F_n[b]
 *   Gaussian T[0][n] += F_n[b], T[1][n] += F_n[b] d, T[2][n] += F_n[b] d^2 with d = x_b - mean_n
 *
 * One owner for each number, which walks inputs and samples in order.
 */
#ifndef SLUICE_TABLE_STATISTICS_CUH
#define SLUICE_TABLE_STATISTICS_CUH

#include "schedule.h"

/* Sorts the cells of large tables by category. It needs nothing but the cells. */
cudaError_t sort_cells(const Schedule &schedule, const Circuit &c, cudaStream_t stream);

/* After that. add: to what is in the buffer, otherwise in its place. */
cudaError_t table_statistics(const Schedule &schedule, const Circuit &c, int32_t value_type,
                             bool add, cudaStream_t stream);

/* The same for a launch that category_statistics.cu can do. */
bool category_statistics_fit(const TableLaunch &range, const Circuit &c);
cudaError_t category_statistics(const TableLaunch &range, const Circuit &c, int32_t value_type,
                                bool add, cudaStream_t stream);

#endif
