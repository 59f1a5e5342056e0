/* From a batch to the buffers, and from the root to the results. */
#ifndef SLUICE_CELLS_CUH
#define SLUICE_CELLS_CUH

#include "schedule.h"

/* Rows row .. row + c.count - 1 of a batch become the cells of the samples at hand. */
cudaError_t load_cells(const Circuit &c, const sluice_batch &batch, int32_t row,
                       cudaStream_t stream);

/* Values of the inputs that are not read in place. */
cudaError_t input_forward(const Schedule &schedule, const Circuit &c, int32_t value_type,
                          cudaStream_t stream);

/*
 * Reads the root: log-likelihood and flag of each sample at hand, and how many were flagged is
 * added to *flagged_rows. keep: also the root's gradient, for the way back. Unless it is the last way
 * up, only the upper bound.
 */
cudaError_t settle_samples(const Circuit &c, int32_t value_type, bool keep, bool last,
                           double *log_likelihood, uint8_t *flagged, int32_t *flagged_rows,
                           cudaStream_t stream);

#endif
