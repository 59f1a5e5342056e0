/* The queries beyond log-likelihoods, each over the rows of a batch. */
#ifndef SLUICE_QUERY_H
#define SLUICE_QUERY_H

#include "stage.h"

/* Distributions of single cells of the row group whose flows the buffers hold. */
void run_conditional(stage *s, int32_t arithmetic, const int64_t *offset, double *result);

void run_sample(stage *s, int32_t per_row, uint64_t seed, int64_t first_draw, float *result);

void run_max_product(stage *s, float *result, double *log_value);

#endif
