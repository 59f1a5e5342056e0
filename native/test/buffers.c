#include "buffers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "guarded.h"
#include "statements.h"

static int64_t larger_of(int64_t a, int64_t b) { return a > b ? a : b; }

buffers *new_buffers(const circuit *c, int32_t capacity, int32_t log_capacity, int32_t threads) {
    static buffers all;
    const sluice_plan *p = &c->plan;
    const int64_t size = sizeof(float);
    const int64_t most = larger_of(capacity, log_capacity);
    all = (buffers){.plan = p,
                    .parameters = c->parameters,
                    .statistics = c->statistics,
                    .values = p->value_nodes * capacity,
                    .flows = p->flow_nodes * capacity};
    sluice_state *s = &all.state;
    *s = (sluice_state){.capacity = capacity,
                        .log_capacity = log_capacity,
                        .value_type = SLUICE_VALUE_F32};
    s->parameters = guarded("parameters", c->parameters * size);
    s->prepared = guarded("prepared", c->parameters * size);
    s->statistics = guarded("statistics", c->statistics * size);
    s->values = guarded("values", all.values * size);
    s->scales = guarded("scales", (int64_t)(p->blocks + p->elements) * capacity * size);
    s->gradients = guarded("gradients", all.values * size);
    s->elements = guarded("elements", all.flows * size);
    s->flows = guarded("flows", all.flows * size);
    s->cells = guarded("cells", p->variables * most * size);
    s->log_values = guarded("log_values", log_capacity * p->block_nodes_total * 2 * size);
    s->log_flows = guarded("log_flows", log_capacity * p->block_nodes_total * 2 * size);
    s->element_flows = guarded("element_flows", log_capacity * p->flow_nodes * 2 * size);
    s->skipped = guarded("skipped", most);
    s->workspace = guarded("workspace", threads * sluice_kernels()->workspace_bytes(p, s));
    return &all;
}

static void fill_table(const buffers *b, int32_t table) {
    const sluice_plan *p = b->plan;
    const int32_t nodes = p->table_nodes[table];
    const int32_t categories = p->table_categories[table];
    float *to = b->state.parameters + p->table_parameter[table];
    for (int32_t n = 0; n < nodes; n++) {
        if (p->table_kind[table] == SLUICE_GAUSSIAN) {
            to[n] = (float)random_between(-2, 2);
            to[nodes + n] = (float)random_between(0.5, 2);
            continue;
        }
        double probability[MOST_PARTS];
        double total = 0;
        for (int32_t k = 0; k < categories; k++) {
            probability[k] = random_between(0.1, 1);
            total += probability[k];
        }
        for (int32_t k = 0; k < categories; k++) {
            const int64_t at = (int64_t)k * nodes + n;
            if (p->table_kind[table] == SLUICE_FINITE) {
                to[at] = (float)(probability[k] / total);
            } else {
                const double density = log(probability[k] / total);
                to[at] = (float)density;
                to[at + (int64_t)categories * nodes] = (float)(density - (float)density);
            }
        }
    }
}

void fill_parameters(const buffers *b) {
    const sluice_plan *p = b->plan;
    const int64_t weights = p->tables > 0 ? p->table_parameter[0] : b->parameters;
    for (int64_t i = 0; i < weights; i++) {
        b->state.parameters[i] = (float)random_between(0.05, 1);
    }
    for (int32_t t = 0; t < p->tables; t++) fill_table(b, t);
}

/* The weights of a node of a block row: calls visit for each. */
static void visit_weights(const buffers *b, int32_t block_row, int32_t node,
                          void (*visit)(float *weight, double *context), double *context) {
    const sluice_plan *p = b->plan;
    for (int32_t w = p->block_row_weight_begin[block_row];
         w < p->block_row_weight_begin[block_row + 1]; w++) {
        const int32_t children = p->weight_nodes[w];
        for (int32_t child = 0; child < children; child++) {
            visit(b->state.parameters + p->weight_parameter[w] + (int64_t)node * children + child,
                  context);
        }
    }
}

static void add_weight(float *weight, double *total) { *total += *weight; }

static void divide_weight(float *weight, double *total) { *weight = (float)(*weight / *total); }

void normalise_weights(const buffers *b) {
    for (int32_t g = 0; g < b->plan->block_rows; g++) {
        for (int32_t n = 0; n < b->plan->block_row_nodes[g]; n++) {
            double total = 0;
            visit_weights(b, g, n, add_weight, &total);
            visit_weights(b, g, n, divide_weight, &total);
        }
    }
}

/* The first edge stays. */
static void cut_weight(float *weight, double *kept) {
    if (*kept > 0 && random_below(3) == 0) {
        *weight = 0;
    }
    *kept += *weight;
}

void cut_edges(const buffers *b) {
    for (int32_t g = 0; g < b->plan->block_rows; g++) {
        for (int32_t n = 0; n < b->plan->block_row_nodes[g]; n++) {
            double kept = 0;
            visit_weights(b, g, n, cut_weight, &kept);
        }
    }
}

void fill_prepared(const buffers *b) {
    const sluice_plan *p = b->plan;
    float *prepared = b->state.prepared;
    for (int32_t t = 0; t < p->tiles; t++) {
        const int32_t nodes = p->block_nodes[p->sum_block[p->tile_sum[t]]];
        const int32_t children = p->element_nodes[p->tile_element[t]];
        const int64_t at = p->tile_parameter[t];
        for (int32_t n = 0; n < nodes; n++) {
            for (int32_t c = 0; c < children; c++) {
                prepared[at + (int64_t)c * nodes + n] =
                        b->state.parameters[at + (int64_t)n * children + c];
            }
        }
    }
}

static int32_t categories_of_variable(const sluice_plan *p, int32_t variable) {
    int32_t least = INT32_MAX;
    for (int32_t i = p->variable_input_begin[variable]; i < p->variable_input_begin[variable + 1];
         i++) {
        const int32_t categories = p->table_categories[p->input_table[p->variable_input[i]]];
        least = categories < least ? categories : least;
    }
    return least;
}

void fill_cells(const buffers *b, int32_t first, int32_t count, int missing) {
    const sluice_plan *p = b->plan;
    for (int32_t v = 0; v < p->variables; v++) {
        const int gaussian = p->variable_kind[v] == SLUICE_GAUSSIAN;
        const int32_t categories = categories_of_variable(p, v);
        int32_t *to = variable_cells(&b->state, b->state.capacity, v, first);
        for (int32_t i = 0; i < count; i++) {
            to[i] = gaussian ? cell_of_value((float)random_between(-3, 3))
                             : random_below(categories);
            if (missing && random_below(4) == 0) {
                to[i] = gaussian ? cell_of_value(NAN) : MISSING_CATEGORY;
            }
        }
    }
}

void fill_values(const buffers *b, int32_t first, int32_t count) {
    const sluice_plan *p = b->plan;
    for (int32_t block = 0; block < p->blocks; block++) {
        if (p->block_value[block] < 0) {
            continue;
        }
        const int32_t nodes = p->block_nodes[block];
        float *to = block_values(p, b->state.values, b->state.capacity, block, first);
        for (int32_t i = 0; i < count * nodes; i++) to[i] = (float)random_between(0.1, 1);
        for (int32_t i = 0; i < count; i++) {
            block_scales(&b->state, block, first)[i] = random_below(41) - 20;
        }
    }
}

linear_scratch new_linear_scratch(const sluice_plan *plan) {
    const int64_t row = ROWS_PER_CALL * (int64_t)sizeof(float);
    return (linear_scratch){.formed = guarded("formed", row * plan->maximum_nodes),
                            .scaled = guarded("scaled", row * plan->maximum_nodes),
                            .flow = guarded("flow", row * plan->maximum_nodes),
                            .scale = guarded("scale", row),
                            .scale2 = guarded("scale2", row),
                            .factor = guarded("factor", row)};
}

double node_value(const buffers *b, int32_t block, int32_t slot, int32_t node) {
    const sluice_plan *p = b->plan;
    const sluice_state *s = &b->state;
    if (p->block_value[block] >= 0) {
        return ldexp(block_values(p, s->values, s->capacity, block, slot)[node],
                     *block_scales(s, block, slot));
    }
    const int32_t input = p->block_input[block];
    const int32_t table = p->input_table[input];
    const int32_t cell = *variable_cells(s, s->capacity, p->input_variable[input], slot);
    return cell < 0
                   ? 1
                   : s->parameters[p->table_parameter[table] + (int64_t)cell * p->table_nodes[table]
                                   + p->input_first[input] + node];
}

double element_value(const buffers *b, int32_t element, int32_t slot, int32_t node) {
    const sluice_plan *p = b->plan;
    double product = 1;
    for (int32_t f = p->element_factor_begin[element]; f < p->element_factor_begin[element + 1];
         f++) {
        product *= node_value(b, p->element_factor[f], slot, node);
    }
    return product;
}

int32_t element_scale(const buffers *b, int32_t element, int32_t slot) {
    const sluice_plan *p = b->plan;
    int32_t scale = 0;
    for (int32_t f = p->element_factor_begin[element]; f < p->element_factor_begin[element + 1];
         f++) {
        const int32_t block = p->element_factor[f];
        scale += p->block_value[block] < 0 ? 0 : *block_scales(&b->state, block, slot);
    }
    return scale;
}

int32_t item_of_element(const sluice_plan *plan, int32_t element) { return plan->sums + element; }

void run_items(const linear_kernels *kernels, const buffers *b, int backward, int32_t items,
               const int32_t *item, linear_pass pass) {
    sluice_schedules *schedules = sluice_schedules_of(b->plan, 1);
    schedule_progress progress = {.done = 0};
    const schedule some = {.item = item,
                           .items = items,
                           .threads = 1,
                           .shares = 1,
                           .progress = &progress};
    const linear_scratch scratch = new_linear_scratch(b->plan);
    pass.schedule = &some;
    pass.owners = sluice_owners_of(schedules);
    (backward ? kernels->backward : kernels->forward)(b->plan, &b->state, &pass, &scratch);
    sluice_schedules_free(schedules);
}
