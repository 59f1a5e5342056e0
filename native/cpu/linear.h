/* The block-scaled kernels of one instruction set, as the library calls them. */
#ifndef SLUICE_LINEAR_H
#define SLUICE_LINEAR_H

#include "layout.h"

typedef struct {
    const char *name;
    /*
     * values of all blocks for the samples first .. first + count - 1, children before parents;
     * keep: of all elements too, for backward and the statistics
     */
    void (*forward)(const sluice_plan *, const sluice_state *, int32_t first, int32_t count,
                    int keep, const wave_scratch *);
    /* gradients of sums and flows of elements, parents before children */
    void (*backward)(const sluice_plan *, const sluice_state *, int32_t first, int32_t count,
                     const wave_scratch *);
    /* added to what is there, or with add = 0 in its place */
    void (*weight_statistics)(const sluice_plan *, const sluice_state *, int32_t weight,
                              int32_t row_begin, int32_t row_end, int32_t count, int add,
                              const wave_scratch *);
    void (*table_statistics)(const sluice_plan *, const sluice_state *, int32_t table,
                             int32_t column_begin, int32_t column_end, int32_t count, int add);
    int (*update_group)(const sluice_plan *, const sluice_state *, int32_t group,
                        double step_size, double pseudocount);
    int (*update_table)(const sluice_plan *, const sluice_state *, int32_t table,
                        double step_size, double pseudocount);
    void (*transpose_group)(const sluice_plan *, const sluice_state *, int32_t group);
} linear_kernels;

extern const linear_kernels sluice_linear_portable;
#if defined(__x86_64__)
extern const linear_kernels sluice_linear_avx2;
extern const linear_kernels sluice_linear_avx512;
#endif

#endif
