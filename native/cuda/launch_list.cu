#include "launch_list.h"

#include <cstring>

#include "layout.cuh"
#include "launch_parts.h"

namespace {

/* What kernels read of the plan as it is. */
void add_plan(const sluice_plan &p, PlanWriter &writer, DevicePlan &c) {
    c.block_element = writer.add(p.block_element, p.block_element_begin[p.blocks]);
    c.block_first = writer.add(p.block_first, p.blocks);
    c.variable_input_begin = writer.add(p.variable_input_begin, p.variables + 1);
    c.variable_input = writer.add(p.variable_input, p.variable_input_begin[p.variables]);
    c.variable_kind = writer.add(p.variable_kind, p.variables);
}

void add_sizes(const sluice_plan &p, DevicePlan &c) {
    c.variables = p.variables;
    c.blocks = p.blocks;
    c.elements = p.elements;
    c.sums = p.sums;
    c.inputs = p.inputs;
    c.tables = p.tables;
    c.weights = p.weights;
    c.root = p.root;
    c.root_value_first = p.block_value[p.root];
    c.flow_nodes = p.flow_nodes;
    c.block_nodes_total = p.block_nodes_total;
}

void build(const sluice_plan &plan, LaunchList &launches) {
    const Copies copies(plan, launches);
    const Operands operands(plan, copies);
    Chains chains(operands, launches);
    const Sums sums(plan, operands, chains, launches);
    const Levels levels(plan, operands, chains, launches);
    const Inputs inputs(plan, launches);
    const Tables tables(plan, copies, inputs, launches);
    const Weights weights(plan, copies, operands, launches);
    PlanWriter writer(launches.device_plan);
    DevicePlan &c = launches.offsets;
    memset(&c, 0, sizeof c);
    operands.add_to(writer, c);
    chains.add_to(writer, c);
    levels.add_to(writer, c);
    inputs.add_to(writer, c);
    sums.add_to(writer, c);
    tables.add_to(writer, c);
    weights.add_to(writer, c);
    add_plan(plan, writer, c);
    add_sizes(plan, c);
}

/* Where the parts of the scratch memory begin, in bytes. */
struct Scratch {
    int64_t chain_state;
    int64_t root_value;
    int64_t chosen;
    int64_t sorted;
    int64_t slices;
    int64_t copies;
    int64_t total;

    Scratch(const LaunchList &s, const sluice_state &state) {
        const int64_t capacity = state.capacity;
        const int64_t log_capacity = state.log_capacity;
        chain_state = 0;
        root_value = aligned(
                (CHAIN_TICKET_SPACE + (int64_t)s.chain_items * ceiling_of(capacity, FEWEST_ROWS))
                * 4);
        chosen = root_value + aligned(capacity * 4);
        sorted = chosen + aligned(log_capacity * s.offsets.blocks * 4);
        slices = sorted + aligned((s.sorted_fixed + s.sorted_places * capacity) * 4);
        copies = slices + aligned(s.slice_floats * 4);
        total = copies;
        if (state.value_type == SLUICE_VALUE_BF16) {
            total += aligned(s.copies * (int64_t)sizeof(bf16));
        }
    }
};

template <typename T>
void relocate(const T *&offset, const void *base) {
    offset = (const T *)((const char *)base + (int64_t)offset);
}

} // namespace

LaunchList::LaunchList(const sluice_plan &plan) { build(plan, *this); }

int64_t LaunchList::scratch_bytes(const sluice_state &state) const {
    return Scratch(*this, state).total;
}

DevicePlan LaunchList::view(const sluice_state &state) const {
    DevicePlan c = offsets;
    const void *base = state.device_plan;
    relocate(c.tile, base);
    relocate(c.sum_tile_begin, base);
    relocate(c.factor, base);
    relocate(c.element, base);
    relocate(c.element_tile, base);
    relocate(c.backward, base);
    relocate(c.input, base);
    relocate(c.table, base);
    relocate(c.table_order, base);
    relocate(c.table_input, base);
    relocate(c.row_input, base);
    relocate(c.table_variable, base);
    relocate(c.served, base);
    relocate(c.weight, base);
    relocate(c.weight_tile, base);
    relocate(c.block_row, base);
    relocate(c.node_block_row, base);
    relocate(c.gathered, base);
    relocate(c.block_element, base);
    relocate(c.block_first, base);
    relocate(c.variable_input_begin, base);
    relocate(c.variable_input, base);
    relocate(c.variable_kind, base);
    relocate(c.stored_input, base);
    relocate(c.chain_item, base);
    relocate(c.chain_wait, base);
    relocate(c.formed, base);
    c.capacity = state.capacity;
    c.log_capacity = state.log_capacity;
    c.cell_capacity = state.capacity;
    c.parameters = state.parameters;
    c.statistics = state.statistics;
    c.values = state.values;
    c.scales = state.scales;
    c.gradients = state.gradients;
    c.element_values = state.elements;
    c.flows = state.flows;
    c.cells = state.cells;
    c.log_values = state.log_values;
    c.log_flows = state.log_flows;
    c.log_element_flows = state.element_flows;
    c.skipped = state.skipped;
    const Scratch scratch(*this, state);
    char *memory = (char *)state.workspace;
    c.chain_state = (int32_t *)(memory + scratch.chain_state);
    c.root_value = (float *)(memory + scratch.root_value);
    c.chosen = (int32_t *)(memory + scratch.chosen);
    c.sorted = (int32_t *)(memory + scratch.sorted);
    c.slices = (float *)(memory + scratch.slices);
    c.copies = state.value_type == SLUICE_VALUE_BF16 ? (bf16 *)(memory + scratch.copies) : NULL;
    return c;
}
