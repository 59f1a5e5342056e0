/*
 * Which elements have so many factors that their values are brought back into range while they are
 * formed, and get scales of their own. Rows of input tables have no scale: a product of 16 with 256
 * categories may lie below anything that a float32 holds. Normalised blocks have one, but a node may
 * be small in all of them.
 */
#ifndef SLUICE_LONG_PRODUCT_H
#define SLUICE_LONG_PRODUCT_H

#include "../include/sluice/sluice.h"

/* Table rows fall to about 2^-17 each, nodes of stored blocks to about 2^-8: well above 2^-90. */
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
