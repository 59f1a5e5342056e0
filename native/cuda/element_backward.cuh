/*
 * Flows, top down. F is the flow of a node (d log p / d log node), g = F / v that of a sum node
 * over its value:
 *
 *   element  F_e,c = p_c sum over the tiles it feeds of 2^(s_e - s) sum_n g_n theta_nc
 *   sum      F_n = sum over elements that contain it of F_e,n          g_n = F_n / v_n
 *
 * The flow of the root is 1, or 0 for a row that does not count. A value of zero has flow zero.
 */
#ifndef SLUICE_ELEMENT_BACKWARD_CUH
#define SLUICE_ELEMENT_BACKWARD_CUH

#include "launch_list.h"

/* Gradients of all sum blocks and flows of elements, from the root's gradient. */
cudaError_t element_backward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                             cudaStream_t stream);

/* One launch of small elements, all of whose parents are as large as each other. */
bool can_stream_small_elements(const ElementLaunch &range);
cudaError_t small_element_backward(const ElementLaunch &range, const DevicePlan &c, bool early,
                                   cudaStream_t stream);

/* One launch of elements of any number of nodes, without matrix units. */
cudaError_t element_backward_any(const ElementLaunch &range, const DevicePlan &c,
                                 int32_t value_type, bool early, cudaStream_t stream);

/* A chain of levels whose tasks load all their operands at once: elements of more than 32 nodes. */
cudaError_t element_chain_at_once(const LaunchList &launches, const ChainLaunch &range,
                                  const DevicePlan &c, cudaStream_t stream);

#endif
