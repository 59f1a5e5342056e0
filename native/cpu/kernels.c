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

static void forward(const sluice_plan *plan, const sluice_state *state, int32_t first,
                    int32_t count, int keep, const wave_scratch *scratch) {
    for (int32_t i = 0; i < plan->inputs; i++) {
        if (plan->table_family[plan->input_table[i]] == SLUICE_GAUSSIAN) {
            gaussian_forward(plan, state, i, first, count);
        }
    }
    for (int32_t i = 0; i < plan->steps; i++) {
        const int32_t step = plan->step[i];
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
