/*
 * Products of many factors, which have scales of their own (common/long_product.h):
 *
 *   p_c = 2^-k prod_f v_f,c      s = k + sum_f s_f      k = exponent(max_c prod_f v_f,c)
 */
#ifndef SLUICE_LONG_PRODUCT_CUH
#define SLUICE_LONG_PRODUCT_CUH

#include "schedule.h"

/* Values and scales of a launch's elements for c.count samples. */
cudaError_t long_products(const LongProductLaunch &range, const Circuit &c, int32_t value_type,
                          cudaStream_t stream);

#endif
