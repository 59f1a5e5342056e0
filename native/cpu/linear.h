/* The block-scaled kernels of one instruction set, as the library calls them. */
#ifndef SLUICE_LINEAR_H
#define SLUICE_LINEAR_H

#include "layout.h"
#include "schedule.h"

/* A thread's part of a forward or backward pass. */
typedef struct {
    const schedule *schedule;
    const schedule_owners *owners;
    int32_t thread;
    int32_t first; /* row of the row group */
    int32_t count;
    int32_t keep;   /* forward: elements too, for the backward pass */
    bound bounded;  /* forward: what becomes of small sums */
    int32_t gather; /* backward: add statistics */
    int32_t add;    /* 0: they replace what is there */
} linear_pass;

typedef struct {
    const char *name;
    /* values of blocks and elements */
    void (*forward)(const sluice_plan *, const sluice_state *, const linear_pass *,
                    const wave_scratch *);
    /* gradients of sums, flows of elements, and the statistics that are added on the way */
    void (*backward)(const sluice_plan *, const sluice_state *, const linear_pass *,
                     const wave_scratch *);
    /* the other statistics; with add = 0 they replace what is there */
    void (*weight_statistics)(const sluice_plan *, const sluice_state *, int32_t weight,
                              int32_t row_begin, int32_t row_end, int32_t count, int add,
                              const wave_scratch *);
    void (*table_statistics)(const sluice_plan *, const sluice_state *, int32_t table,
                             int32_t column_begin, int32_t column_end, int32_t count, int add);
    /* of some nodes of a group, and of some columns of a table, at most COLUMNS_A_TASK */
    int (*update_group)(const sluice_plan *, const sluice_state *, int32_t group, int32_t row_begin,
                        int32_t row_end, double step_size, double pseudocount);
    int (*update_table)(const sluice_plan *, const sluice_state *, int32_t table,
                        int32_t column_begin, int32_t column_end, double step_size,
                        double pseudocount);
    void (*transpose_group)(const sluice_plan *, const sluice_state *, int32_t group,
                            int32_t row_begin, int32_t row_end);
} linear_kernels;

extern const linear_kernels sluice_linear_portable;
#if defined(__x86_64__)
extern const linear_kernels sluice_linear_avx2;
extern const linear_kernels sluice_linear_avx512;
#endif

#endif
