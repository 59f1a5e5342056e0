/* From a batch to the buffers, and from the root to the results. */
#ifndef SLUICE_CELLS_CUH
#define SLUICE_CELLS_CUH

#include "launch_list.h"

/* Loads the cells of rows row .. row + c.count - 1 of a batch. */
cudaError_t load_cells(const DevicePlan &c, const sluice_batch &batch, int32_t row,
                       cudaStream_t stream);

/* Computes the values of the inputs that are stored. */
cudaError_t input_forward(const LaunchList &launches, const DevicePlan &c, int32_t value_type,
                          cudaStream_t stream);

/*
 * Reads the root: log-likelihood and flag of each row of the row group; adds the number of flagged
 * rows to *flagged_rows. keep: also writes the root's gradient for the backward pass. Unless this
 * is the last forward pass, the result is only the upper bound.
 */
cudaError_t settle_samples(const DevicePlan &c, int32_t value_type, bool keep, bool last,
                           double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows,
                           cudaStream_t stream);

#endif
