/*
 * Elements of so many factors that their values are normalised while they are formed, and have scales
 * of their own. Rows of input tables have no scale: a product of 16 rows for 256 categories may be
 * below the range of a float32. Stored blocks have scales, but the same node may be small in all of
 * them.
 */
#ifndef SLUICE_LONG_PRODUCT_H
#define SLUICE_LONG_PRODUCT_H

#include "../include/sluice/sluice.h"

/* A table row may be about 2^-17, a node of a stored block 2^-8: the products stay above 2^-90. */
enum { MOST_TABLES_IN_RANGE = 4, MOST_FACTORS_IN_RANGE = 8 };

static inline int is_long_product(const sluice_plan *plan, int32_t element) {
    const int32_t begin = plan->element_factor_begin[element];
    const int32_t factors = plan->element_factor_begin[element + 1] - begin;
    /* Factors that are read in place come first. */
    return factors > MOST_FACTORS_IN_RANGE
           || (factors > MOST_TABLES_IN_RANGE
               && plan->block_value[plan->element_factor[begin + MOST_TABLES_IN_RANGE]] < 0);
}

#endif
