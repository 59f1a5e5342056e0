/*
 * Statistics of input tables over the rows of the row group:
 *
 *   finite   T[category of b][n] += F_n[b]
 *   Gaussian T[0][n] += F_n[b], T[1][n] += F_n[b] d, T[2][n] += F_n[b] d^2 with d = x_b - mean_n
 *
 * Each number has one owner, which walks inputs and rows in order.
 */
#ifndef SLUICE_TABLE_STATISTICS_CUH
#define SLUICE_TABLE_STATISTICS_CUH

#include "launch_list.h"

/* Sorts the cells of large tables by category. It needs nothing but the cells. */
cudaError_t sort_cells(const LaunchList &launches, const DevicePlan &c, cudaStream_t stream);

/* After sort_cells. add: adds to the buffer, otherwise overwrites it. */
cudaError_t table_statistics(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                             bool add, cudaStream_t stream);

/* The same for a launch that category_statistics.cu can do. */
bool category_statistics_fit(const TableLaunch &range, const DevicePlan &c);
cudaError_t category_statistics(const TableLaunch &range, const DevicePlan &c, int32_t value_type,
                                bool add, cudaStream_t stream);

#endif
