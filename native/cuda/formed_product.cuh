/*
 * Products that are computed before the sums that read them. Those of many factors have scales of
 * their own (common/long_product.h):
 *
 *   p_c = 2^-k prod_f v_f,c      s = k + sum_f s_f      k = exponent(max_c prod_f v_f,c)
 *
 * Those of small blocks have k = 0, and are computed once however many sums read them.
 */
#ifndef SLUICE_FORMED_PRODUCT_CUH
#define SLUICE_FORMED_PRODUCT_CUH

#include "launch_list.h"

/* Values and scales of the elements of a launch, all of them long products, for c.count rows. */
cudaError_t long_products(const ProductLaunch &range, const DevicePlan &c, int32_t value_type,
                          cudaStream_t stream);

/* The same for products of few factors, aligned to four nodes. */
cudaError_t small_products(const LaunchList &launches, const ProductLaunch &range,
                           const DevicePlan &c, int32_t value_type, bool early,
                           cudaStream_t stream);

#endif
