/*
 * Statistics over any number of rows. A float32 that counts rows one by one is off by 1e-4 after some
 * ten thousand rows and stops growing at 2^24. So at most ROWS_PER_SUM rows are added in float32.
 * Their sums are then carried: added to totals of two floats each, the nearest float32 and the rest,
 * and begun anew. The error does not grow with the number of rows. The cost is one pass over all
 * statistics every ROWS_PER_SUM rows. Totals take twice the memory of the statistics, but only if
 * there are more rows than that between two updates.
 *
 * While there are totals, `state->statistics` holds only the rows since the last carry. Settling
 * writes the totals there.
 */
#ifndef SLUICE_LONG_SUMS_H
#define SLUICE_LONG_SUMS_H

#include "pool.h"

enum { ROWS_PER_SUM = 4096 };

/*
 * Call it before the statistics of some rows are added (*add = 1) or replace the present ones (0).
 * It sets *add to what the kernels have to do.
 */
sluice_status long_sums_begin(sluice_pool *pool, const sluice_plan *plan, const sluice_state *state,
                              int32_t rows, int32_t *add);

/* Makes `state->statistics` the sums over all rows. */
sluice_status long_sums_settle(sluice_pool *pool, const sluice_state *state);

void long_sums_free(long_sums *sums);

#endif
