/*
 * Compiled once for each instruction set (SLUICE_ISA), from the same source. A wave of samples
 * travels up the whole circuit, and down again, on one thread: a block's values are read by its
 * parents while they are still in the cache, and threads meet only between stages.
 */
#include "linear.h"

#include "input.h"
#include "statistics.h"
#include "sum.h"
#include "update.h"

/*
 * With few samples a pass waits for memory: each tile of weights and each table row is read once,
 * from wherever it lies. They are asked for some steps before they are needed. With many samples
 * their cost is spread, and asking only takes time.
 */
enum { FEW_SAMPLES = 16, STEPS_AHEAD = 12, MOST_BYTES_AHEAD = 1 << 14, BYTES_A_LINE = 64 };

static void prefetch_weights(const sluice_plan *plan, const sluice_state *state, int32_t sum) {
    const int32_t tile = plan->sum_tile_begin[sum];
    const int64_t bytes = (int64_t)sizeof(float) * plan->block_nodes[plan->sum_block[sum]]
                          * plan->element_nodes[plan->tile_element[tile]];
    const char *from = (const char *)(prepared_weights(state) + plan->tile_parameter[tile]);
    for (int64_t i = 0; i < bytes && i < MOST_BYTES_AHEAD; i += BYTES_A_LINE) {
        __builtin_prefetch(from + i);
    }
}

static void prefetch_tables(const sluice_plan *plan, const sluice_state *state, int32_t element,
                            int32_t first, int32_t count) {
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        const int32_t block = plan->element_factor[f];
        if (plan->block_value[block] >= 0) {
            return; /* those read in place come first */
        }
        const int32_t input = plan->block_input[block];
        const int32_t *cells =
                variable_cells(state, state->capacity, plan->input_variable[input], first);
        for (int32_t b = 0; b < count; b++) {
            prefetch_row(plan, state, input, cells[b], plan->element_nodes[element]);
        }
    }
}

static void prefetch_step(const sluice_plan *plan, const sluice_state *state, int32_t i,
                          int32_t first, int32_t count) {
    if (i >= plan->steps) {
        return;
    }
    if (plan->step[i] >= 0) {
        prefetch_weights(plan, state, plan->step[i]);
    } else {
        prefetch_tables(plan, state, ~plan->step[i], first, count);
    }
}

static void forward(const sluice_plan *plan, const sluice_state *state, int32_t first,
                    int32_t count, int keep, const wave_scratch *scratch) {
    for (int32_t i = 0; i < plan->inputs; i++) {
        input_forward(plan, state, i, first, count, scratch);
    }
    for (int32_t i = 0; i < plan->steps; i++) {
        const int32_t step = plan->step[i];
        if (count <= FEW_SAMPLES) {
            prefetch_step(plan, state, i + STEPS_AHEAD, first, count);
        }
        if (step >= 0) {
            sum_forward(plan, state, step, first, count, keep, scratch);
        } else if (keep) {
            form_element(plan, state, ~step, first, count,
                         element_values(plan, state, ~step, first));
        }
    }
}

static void backward(const sluice_plan *plan, const sluice_state *state, int32_t first,
                     int32_t count, const wave_scratch *scratch) {
    for (int32_t i = plan->steps - 1; i >= 0; i--) {
        if (plan->step[i] >= 0) {
            sum_gradient(plan, state, plan->step[i], first, count);
        } else {
            element_backward(plan, state, ~plan->step[i], first, count, scratch);
        }
    }
}

#define LINEAR_TABLE_OF(isa) sluice_linear_##isa
#define LINEAR_TABLE(isa) LINEAR_TABLE_OF(isa)
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

const linear_kernels LINEAR_TABLE(SLUICE_ISA) = {
        .name = TEXT(SLUICE_ISA),
        .forward = forward,
        .backward = backward,
        .weight_statistics = weight_statistics,
        .table_statistics = table_statistics,
        .update_group = update_group,
        .update_table = update_table,
        .transpose_group = transpose_group,
};
