#include "query.h"

#include <math.h>

#include <string.h>

#include "cells.h"
#include "leaf.h"

typedef struct {
    stage *s;
    int32_t arithmetic;
    const int64_t *offset;
    double *distribution;
    int32_t per_row;
    uint64_t seed;
    int64_t first_draw;
    float *rows;
    double *log_value;
} query;

/* Flow of an input block in a slot, whichever kernels computed it. */
static void input_flow(const query *q, int32_t block, int32_t slot, double *flow) {
    const sluice_plan *plan = q->s->plan;
    const sluice_state *state = q->s->state;
    const int32_t nodes = plan->block_nodes[block];
    if (q->arithmetic == SLUICE_LOG) {
        memcpy(flow, state->log_flows + slot * plan->block_nodes_total + plan->block_first[block],
               sizeof(double) * (size_t)nodes);
        return;
    }
    memset(flow, 0, sizeof(double) * (size_t)nodes);
    for (int32_t e = plan->block_element_begin[block]; e < plan->block_element_begin[block + 1];
         e++) {
        const float *row = element_flows(plan, state, plan->block_element[e], slot);
        for (int32_t n = 0; n < nodes; n++) flow[n] += row[n];
    }
}

static void conditional_task(void *context, int64_t task, int32_t worker) {
    const query *q = context;
    const sluice_plan *plan = q->s->plan;
    const log_scratch scratch = log_scratch_at(plan, worker_memory(q->s, worker));
    const int32_t slot = (int32_t)task;
    if (q->s->state->skipped[slot] != ROW_COUNTS) {
        return;
    }
    const int64_t *offset = q->offset + (int64_t)(q->s->row_group_begin + slot) * plan->variables;
    for (int32_t v = 0; v < plan->variables; v++) {
        if (offset[v] < 0) {
            continue;
        }
        leaf_mixture mixture = leaf_mixture_start(plan, v, q->distribution + offset[v]);
        for (int32_t i = plan->variable_input_begin[v]; i < plan->variable_input_begin[v + 1];
             i++) {
            const int32_t input = plan->variable_input[i];
            input_flow(q, plan->input_block[input], slot, scratch.flow);
            leaf_mixture_add(plan, q->s->state, &mixture, input, scratch.flow);
        }
        leaf_mixture_finish(&mixture);
    }
}

void run_conditional(stage *s, int32_t arithmetic, const int64_t *offset, double *result) {
    query q = {.s = s, .arithmetic = arithmetic, .offset = offset, .distribution = result};
    sluice_pool_run(s->pool, s->row_group_count, conditional_task, &q);
}

static void copy_cells(const stage *s, int32_t slot, float *to) {
    for (int32_t v = 0; v < s->plan->variables; v++) {
        const int32_t cell = *variable_cells(s->state, s->state->log_capacity, v, slot);
        to[v] = s->plan->variable_kind[v] == SLUICE_GAUSSIAN ? cell_value(cell) : (float)cell;
    }
}

static void sample_task(void *context, int64_t task, int32_t worker) {
    const query *q = context;
    const stage *s = q->s;
    const sluice_plan *plan = s->plan;
    const log_scratch scratch = log_scratch_at(plan, worker_memory(s, worker));
    load_cells(plan, s->state, s->batch, s->state->log_capacity, (int32_t)task, worker, 1);
    s->log_likelihood[task] = log_forward(plan, s->state, s->state->log_capacity, worker, &scratch);
    for (int32_t j = 0; j < q->per_row; j++) {
        const int64_t at = task * q->per_row + j;
        const uint64_t draw = (uint64_t)(q->first_draw + at);
        float *row = q->rows + at * plan->variables;
        copy_cells(s, worker, row);
        if (s->log_likelihood[task] == -INFINITY) {
            continue;
        }
        log_draw_nodes(plan, s->state, worker, q->seed, draw, &scratch);
        for (int32_t i = 0; i < plan->inputs; i++) {
            const int32_t node = scratch.chosen[plan->input_block[i]];
            const int32_t variable = plan->input_variable[i];
            if (node >= 0 && is_missing(plan, s->state, s->state->log_capacity, variable, worker)) {
                row[variable] = leaf_draw(plan, s->state, i, node, q->seed, draw);
            }
        }
    }
}

void run_sample(stage *s, int32_t per_row, uint64_t seed, int64_t first_draw, float *result) {
    query q = {.s = s, .per_row = per_row, .seed = seed, .first_draw = first_draw, .rows = result};
    sluice_pool_run(s->pool, s->batch->count, sample_task, &q);
}

static void max_product_task(void *context, int64_t task, int32_t worker) {
    const query *q = context;
    const stage *s = q->s;
    const sluice_plan *plan = s->plan;
    const log_scratch scratch = log_scratch_at(plan, worker_memory(s, worker));
    load_cells(plan, s->state, s->batch, s->state->log_capacity, (int32_t)task, worker, 1);
    q->log_value[task] =
            log_forward_maximum(plan, s->state, s->state->log_capacity, worker, task, &scratch);
    log_trace_maximum(plan, s->state, worker, &scratch);
    float *row = q->rows + task * plan->variables;
    copy_cells(s, worker, row);
    for (int32_t i = 0; i < plan->inputs; i++) {
        const int32_t node = scratch.chosen[plan->input_block[i]];
        const int32_t variable = plan->input_variable[i];
        if (node >= 0 && is_missing(plan, s->state, s->state->log_capacity, variable, worker)) {
            row[variable] = leaf_mode(plan, s->state, i, node);
        }
    }
}

void run_max_product(stage *s, float *result, double *log_value) {
    query q = {.s = s, .rows = result, .log_value = log_value};
    sluice_pool_run(s->pool, s->batch->count, max_product_task, &q);
}
