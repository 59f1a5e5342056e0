/* The block-scaled kernels of an instruction set. */
#ifndef SLUICE_LINEAR_H
#define SLUICE_LINEAR_H

#include "layout.h"
#include "schedule.h"

/* A thread's part of a forward or backward pass. */
typedef struct {
    const schedule *schedule;
    const schedule_owners *owners;
    int32_t thread;
    int32_t first; /* slot of its first row */
    int32_t count;
    int32_t keep;   /* forward: whether it keeps elements for the backward pass */
    bound bounded;  /* forward: how it replaces small sums */
    int32_t gather; /* backward: whether it adds statistics */
    int32_t add;    /* 0: these replace the present ones */
} linear_pass;

typedef struct {
    const char *name;
    /* values of blocks and elements */
    void (*forward)(const sluice_plan *, const sluice_state *, const linear_pass *,
                    const linear_scratch *);
    /* gradients of sums, flows of elements, and statistics with one owner */
    void (*backward)(const sluice_plan *, const sluice_state *, const linear_pass *,
                     const linear_scratch *);
    /* the other statistics; with add = 0 they replace the present ones */
    void (*weight_statistics)(const sluice_plan *, const sluice_state *, int32_t weight,
                              int32_t row_begin, int32_t row_end, int32_t count, int add,
                              const linear_scratch *);
    void (*table_statistics)(const sluice_plan *, const sluice_state *, int32_t table,
                             int32_t column_begin, int32_t column_end, int32_t count, int add);
    /* at most NODES_PER_TASK nodes of a block row, at most COLUMNS_PER_TASK columns of a table */
    int (*update_block_row)(const sluice_plan *, const sluice_state *, int32_t block_row,
                            int32_t row_begin, int32_t row_end, double step_size,
                            double pseudocount);
    int (*update_table)(const sluice_plan *, const sluice_state *, int32_t table,
                        int32_t column_begin, int32_t column_end, double step_size,
                        double pseudocount);
    void (*transpose_block_row)(const sluice_plan *, const sluice_state *, int32_t block_row,
                                int32_t row_begin, int32_t row_end);
} linear_kernels;

extern const linear_kernels sluice_linear_portable;
#if defined(__x86_64__)
extern const linear_kernels sluice_linear_avx2;
extern const linear_kernels sluice_linear_avx512;
#endif

#endif
