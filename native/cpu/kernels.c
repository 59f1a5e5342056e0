/*
 * A thread's part of a forward or backward pass. This file is compiled once for each instruction set
 * (SLUICE_ISA).
 */
#include "linear.h"

#include "input.h"
#include "statistics.h"
#include "sum.h"
#include "update.h"

/*
 * With few rows a pass waits for memory, because each tile and each table row is read only once: it
 * prefetches them some items ahead. Many rows share the cost of a read, and prefetching only takes
 * time.
 */
enum { FEW_ROWS = 16, ITEMS_AHEAD = 12, MOST_BYTES_AHEAD = 1 << 14, BYTES_PER_LINE = 64 };

static void prefetch_weights(const sluice_plan *plan, const sluice_state *state, int32_t sum) {
    const int32_t tile = plan->sum_tile_begin[sum];
    const int64_t bytes = (int64_t)sizeof(float) * plan->block_nodes[plan->sum_block[sum]]
                          * plan->element_nodes[plan->tile_element[tile]];
    const char *from = (const char *)(prepared_weights(state) + plan->tile_parameter[tile]);
    for (int64_t i = 0; i < bytes && i < MOST_BYTES_AHEAD; i += BYTES_PER_LINE) {
        __builtin_prefetch(from + i);
    }
}

static void prefetch_tables(const sluice_plan *plan, const sluice_state *state, int32_t element,
                            int32_t first, int32_t count) {
    for (int32_t f = plan->element_factor_begin[element];
         f < plan->element_factor_begin[element + 1]; f++) {
        const int32_t block = plan->element_factor[f];
        if (plan->block_value[block] >= 0) {
            return; /* factors that are read in place come first */
        }
        const int32_t input = plan->block_input[block];
        const int32_t *cells =
                variable_cells(state, state->capacity, plan->input_variable[input], first);
        for (int32_t b = 0; b < count; b++) {
            prefetch_row(plan, state, input, cells[b], plan->element_nodes[element]);
        }
    }
}

static void prefetch_item(const sluice_plan *plan, const sluice_state *state, int32_t item,
                          const linear_pass *pass) {
    if (item < plan->sums) {
        prefetch_weights(plan, state, item);
    } else if (item < plan->sums + plan->elements) {
        prefetch_tables(plan, state, item - plan->sums, pass->first, pass->count);
    }
}

static void item_forward(const sluice_plan *plan, const sluice_state *state, int32_t item,
                         int32_t first, int32_t count, int keep, bound bounded,
                         const linear_scratch *scratch) {
    const int32_t element = item - plan->sums;
    if (element < 0) {
        sum_forward(plan, state, item, first, count, keep, bounded, scratch);
    } else if (element >= plan->elements) {
        input_forward(plan, state, element - plan->elements, first, count, scratch);
    } else if (is_long_product(plan, element)) {
        form_long_product(plan, state, element, first, count, bounded, scratch);
    } else if (keep) {
        form_element(plan, state, element, first, count,
                     element_values(plan, state, element, first));
    }
}

static void item_backward(const sluice_plan *plan, const sluice_state *state, int32_t item,
                          int32_t first, int32_t count, const gathering *gathered,
                          const linear_scratch *scratch) {
    const int32_t element = item - plan->sums;
    if (element < 0) {
        sum_gradient(plan, state, item, first, count);
    } else if (element < plan->elements) {
        element_backward(plan, state, element, first, count, gathered, scratch);
        if (gathered->gather) {
            own_table_statistics(plan, state, element, first, count, gathered);
        }
    }
}

static void forward_items(const sluice_plan *plan, const sluice_state *state,
                          const linear_pass *pass, const int32_t *item, int32_t items,
                          const linear_scratch *scratch) {
    const int few = pass->count <= FEW_ROWS;
    for (int32_t i = 0; few && i < items && i < ITEMS_AHEAD; i++) {
        prefetch_item(plan, state, item[i], pass);
    }
    for (int32_t i = 0; i < items; i++) {
        if (few && i + ITEMS_AHEAD < items) {
            prefetch_item(plan, state, item[i + ITEMS_AHEAD], pass);
        }
        for (int32_t b = 0; b < pass->count; b += ROWS_PER_CALL) {
            item_forward(plan, state, item[i], pass->first + b,
                         pass->count - b < ROWS_PER_CALL ? pass->count - b : ROWS_PER_CALL,
                         pass->keep, pass->bounded, scratch);
        }
    }
}

static void forward(const sluice_plan *plan, const sluice_state *state, const linear_pass *pass,
                    const linear_scratch *scratch) {
    const schedule *s = pass->schedule;
    if (s->shares > 0) {
        forward_items(plan, state, pass, s->item, s->items, scratch);
        return;
    }
    const circuit_runs *runs = &s->runs;
    int32_t cursor = 0;
    int32_t run;
    while ((run = sluice_runs_claim(runs, 0, pass->thread, &cursor)) >= 0) {
        forward_items(plan, state, pass, runs->item + runs->begin[run],
                      runs->begin[run + 1] - runs->begin[run], scratch);
        sluice_runs_done(runs, 0, run);
    }
}

static void backward_rows(const sluice_plan *plan, const sluice_state *state,
                          const linear_pass *pass, int32_t item, const linear_scratch *scratch) {
    gathering gathered = {.owners = pass->owners, .gather = pass->gather};
    for (int32_t b = 0; b < pass->count; b += ROWS_PER_CALL) {
        gathered.add = pass->add || pass->first + b > 0;
        item_backward(plan, state, item, pass->first + b,
                      pass->count - b < ROWS_PER_CALL ? pass->count - b : ROWS_PER_CALL, &gathered,
                      scratch);
    }
}

static void backward(const sluice_plan *plan, const sluice_state *state, const linear_pass *pass,
                     const linear_scratch *scratch) {
    const schedule *s = pass->schedule;
    if (s->shares > 0) {
        for (int32_t i = 0; i < s->items; i++) {
            if (pass->thread > 0) {
                sluice_schedule_wait(s, pass->thread - 1, i + 1);
            }
            backward_rows(plan, state, pass, s->item[s->items - 1 - i], scratch);
            sluice_schedule_done(s, pass->thread, i + 1);
        }
        return;
    }
    const circuit_runs *runs = &s->runs;
    int32_t cursor = 0;
    int32_t run;
    while ((run = sluice_runs_claim(runs, 1, pass->thread, &cursor)) >= 0) {
        for (int32_t i = runs->begin[run + 1] - 1; i >= runs->begin[run]; i--) {
            backward_rows(plan, state, pass, runs->item[i], scratch);
        }
        sluice_runs_done(runs, 1, run);
    }
}

#define LINEAR_KERNELS_OF(isa) sluice_linear_##isa
#define LINEAR_KERNELS(isa) LINEAR_KERNELS_OF(isa)
#define TEXT_OF(name) #name
#define TEXT(name) TEXT_OF(name)

const linear_kernels LINEAR_KERNELS(SLUICE_ISA) = {
        .name = TEXT(SLUICE_ISA),
        .forward = forward,
        .backward = backward,
        .weight_statistics = weight_statistics,
        .table_statistics = table_statistics,
        .update_block_row = update_block_row,
        .update_table = update_table,
        .transpose_block_row = transpose_block_row,
};
