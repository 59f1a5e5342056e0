/*
 * Products that are formed before the sums that read them: those of many factors, which have scales
 * of their own (common/long_product.h),
 *
 *   p_c = 2^-k prod_f v_f,c      s = k + sum_f s_f      k = exponent(max_c prod_f v_f,c)
 *
 * and those of small blocks, with k = 0, which are formed once however many sums read them.
 */
#ifndef SLUICE_FORMED_PRODUCT_CUH
#define SLUICE_FORMED_PRODUCT_CUH

#include "schedule.h"

/* Values and scales of a launch's elements, long products all, for c.count samples. */
cudaError_t long_products(const ProductLaunch &range, const Circuit &c, int32_t value_type,
                          cudaStream_t stream);

/* The same of products of few factors, which lie in groups of four. */
cudaError_t small_products(const Schedule &schedule, const ProductLaunch &range, const Circuit &c,
                           int32_t value_type, bool early, cudaStream_t stream);

#endif
