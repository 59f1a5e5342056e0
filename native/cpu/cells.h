/* Copies cells of some rows of a data set into the buffers, as [variable][row]. */
#ifndef SLUICE_CELLS_H
#define SLUICE_CELLS_H

#include "layout.h"

/*
 * Rows row_begin .. row_begin + count - 1 of the batch go to slots first .. first + count - 1, in
 * buffers with `capacity` slots.
 */
void load_cells(const sluice_plan *plan, const sluice_state *state, const sluice_batch *batch,
                int32_t capacity, int32_t row_begin, int32_t first, int32_t count);

/* The index in the data set of a row of the batch. */
static inline int64_t batch_row(const sluice_batch *batch, int32_t row) {
    return batch->rows != NULL ? batch->rows[row] : batch->first + row;
}

#endif
