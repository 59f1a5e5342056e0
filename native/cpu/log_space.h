/*
 * The log-space kernels: every layer in float64, one row at a time, as plain as the formulas. They
 * specify the fast kernels, are the precise mode, and recompute the rows that the fast kernels flag.
 * b is the row's slot in the log-space buffers.
 */
#ifndef SLUICE_LOG_SPACE_H
#define SLUICE_LOG_SPACE_H

#include "layout.h"

/* One thread's scratch memory. */
typedef struct {
    double *element; /* [maximum_fan_in] log-values of the elements of one sum block */
    double *linear;  /* [maximum_fan_in] their exponentials, divided by the largest */
    double *rows;    /* [LOG_ROWS][maximum_nodes] */
    double *flow;    /* [maximum_nodes] */
    int32_t *chosen; /* [blocks] node that a draw visits, or -1 */
} log_scratch;

/* Rows of a weight whose statistics one task adds up. */
enum { LOG_ROWS = 16 };

int64_t log_scratch_bytes(const sluice_plan *plan);
log_scratch log_scratch_at(const sluice_plan *plan, void *memory);

/* Computes the log-values of all blocks; returns the root's. */
double log_forward(const sluice_plan *plan, const sluice_state *state, int32_t capacity, int32_t b,
                   const log_scratch *scratch);

/*
 * The same with maxima for sums; an input without a cell contributes the density of its mode.
 * row: index of the row in the batch.
 */
double log_forward_maximum(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                           int32_t b, int32_t row, const log_scratch *scratch);

/* Flows of all blocks and elements; all zero for a row that is skipped. */
void log_backward(const sluice_plan *plan, const sluice_state *state, int32_t b,
                  const log_scratch *scratch);

/* These statistics are added to the present ones; with add = 0 they replace them. */
void log_weight_statistics(const sluice_plan *plan, const sluice_state *state, int32_t weight,
                           int32_t row_begin, int32_t row_end, int32_t count, int add,
                           const log_scratch *scratch);

void log_table_statistics(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                          int32_t table, int32_t column_begin, int32_t column_end, int32_t count,
                          int add);

/* Sets scratch->chosen to a draw from the posterior over nodes after log_forward. */
void log_draw_nodes(const sluice_plan *plan, const sluice_state *state, int32_t b, uint64_t seed,
                    uint64_t draw, const log_scratch *scratch);

/* Sets scratch->chosen to the nodes of the maximum after log_forward_maximum. */
void log_trace_maximum(const sluice_plan *plan, const sluice_state *state, int32_t b,
                       const log_scratch *scratch);

#endif
