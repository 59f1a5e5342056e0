/*
 * What the stages of a call share: the engine's buffers, the batch, and where results go. A slot is
 * the index of a row in the buffers, below their capacity.
 */
#ifndef SLUICE_STAGE_H
#define SLUICE_STAGE_H

#include "linear.h"
#include "log_space.h"
#include "pool.h"

typedef struct {
    sluice_pool *pool;
    const sluice_plan *plan;
    const sluice_state *state;
    const sluice_batch *batch;
    const linear_kernels *linear;
    sluice_schedules *schedules;
    double *log_likelihood;  /* [batch rows] */
    uint8_t *flagged;        /* [batch rows] */
    int32_t add;             /* 0: the next statistics replace the present ones */
    int32_t row_group_begin; /* first row of the current row group */
    int32_t row_group_count; /* rows in it */
    int32_t stages;
    sluice_state compact; /* the state with a capacity of just the present rows */
} stage;

int64_t worker_bytes(const sluice_plan *plan);

static inline void *worker_memory(const stage *s, int32_t worker) {
    return (char *)s->state->workspace + worker * worker_bytes(s->plan);
}

static inline int32_t smaller_of(int32_t a, int32_t b) { return a < b ? a : b; }

static inline int32_t ceiling_of(int32_t a, int32_t b) { return a / b + (a % b != 0); }

/* The kernels for this processor. */
const linear_kernels *linear_kernels_here(void);

/* Log-likelihoods only. */
sluice_status run_forward(stage *s, int32_t arithmetic);

/*
 * Log-likelihoods and flows of the current row group, in slots 0 .. row_group_count - 1; then its
 * statistics.
 */
sluice_status run_row_group(stage *s, int32_t arithmetic);

int32_t row_group_capacity(const stage *s, int32_t arithmetic);

#endif
