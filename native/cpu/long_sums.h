/*
 * Statistics over any number of rows. A float32 that counts rows one by one is off by 1e-4 after
 * some ten thousand and stands still at 2^24. So the statistics of at most ROWS_A_SUM rows are
 * added in float32; then they are carried into a total of two floats for each, the nearest float32
 * and the rest, and begin anew. The error does not grow with the number of rows. The cost is one
 * pass over all statistics every ROWS_A_SUM rows. The totals take twice the memory of the
 * statistics once there are more rows than that without an update.
 *
 * While there is a total, `state->statistics` holds the rows since then. Settling writes the total
 * there.
 */
#ifndef SLUICE_LONG_SUMS_H
#define SLUICE_LONG_SUMS_H

#include "pool.h"

enum { ROWS_A_SUM = 4096 };

/*
 * Before the statistics of a group of rows are added (add = 1) or replace what is there: sets *add
 * to what the kernels have to do.
 */
sluice_status long_sums_begin(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                              int32_t rows, int32_t *add);

/* Makes `state->statistics` the sums over all rows. */
sluice_status long_sums_settle(sluice_pool *pool, const sluice_state *state);

void long_sums_free(long_sums *sums);

#endif
