/* Inputs, and launches for the tables of their parameters. */
#include "launch_parts.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "layout.cuh"

namespace {

/* Powers of two: a launch sets aside shared memory for the table that has most categories. */
int32_t category_class(const Table &table) {
    int32_t bits = 0;
    while (table.categories >> bits > 1) {
        bits++;
    }
    return bits;
}

} // namespace

Inputs::Inputs(const sluice_plan &p, LaunchList &launches) {
    for (int32_t i = 0; i < p.inputs; i++) {
        Input input = {};
        input.block = p.input_block[i];
        input.nodes = p.block_nodes[input.block];
        input.table = p.input_table[i];
        input.variable = p.input_variable[i];
        input.first = p.input_first[i];
        input.parameter = p.table_parameter[input.table] + input.first;
        input.statistic = p.table_statistic[input.table] + input.first;
        input.value = p.block_value[input.block];
        input.element_begin = p.block_element_begin[input.block];
        input.elements = parents_of(p, input.block);
        input_.push_back(input);
        if (input.value >= 0) {
            stored_.push_back(i);
        }
    }
    launches.stored_inputs = (int32_t)stored_.size();
}

void Inputs::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.input = writer.add(input_);
    c.stored_input = writer.add(stored_);
}

Tables::Tables(const sluice_plan &plan, const Copies &copies, const Inputs &inputs,
               LaunchList &launches)
    : p_(plan), inputs_(inputs), s_(launches) {
    tables(copies);
    list_launches();
}

void Tables::add_to(PlanWriter &writer, DevicePlan &c) const {
    c.table = writer.add(table_);
    c.table_order = writer.add(table_order_);
    c.table_input = writer.add(table_input_);
    c.row_input = writer.add(row_input_);
    c.table_variable = writer.add(table_variable_);
    c.served = writer.add(served_);
}

void Tables::tables(const Copies &copies) {
    int64_t fixed = 0;
    int64_t places = 0;
    for (int32_t t = 0; t < p_.tables; t++) {
        Table table = {};
        table.parameter = p_.table_parameter[t];
        table.copy = copies.has(t) ? copies.of(table.parameter) : (int64_t)NO_COPY;
        table.statistic = p_.table_statistic[t];
        table.floor = p_.table_floor[t];
        table.kind = p_.table_kind[t];
        table.categories = p_.table_categories[t];
        table.nodes = p_.table_nodes[t];
        table.input_begin = (int32_t)table_input_.size();
        table.inputs = p_.table_input_begin[t + 1] - p_.table_input_begin[t];
        table_input_.insert(table_input_.end(), p_.table_input + p_.table_input_begin[t],
                            p_.table_input + p_.table_input_begin[t + 1]);
        std::stable_sort(
                table_input_.begin() + table.input_begin, table_input_.end(),
                [&](int32_t a, int32_t b) { return p_.input_variable[a] < p_.input_variable[b]; });
        table.variable_begin = (int32_t)table_variable_.size();
        for (int32_t i = table.input_begin; i < (int32_t)table_input_.size(); i++) {
            const int32_t variable = p_.input_variable[table_input_[(size_t)i]];
            if (i == table.input_begin || table_variable_.back().variable != variable) {
                table_variable_.push_back({variable, (int32_t)served_.size(), 0});
            }
            const Input &input = inputs_.input(table_input_[(size_t)i]);
            for (int32_t e = 0; e < input.elements; e++) {
                const int32_t element = p_.block_element[input.element_begin + e];
                served_.push_back({p_.element_flow[element], input.first, input.nodes});
            }
            table_variable_.back().served += input.elements;
        }
        table.variables = (int32_t)table_variable_.size() - table.variable_begin;
        table.large = is_large(p_, t);
        if (table.large) {
            const int64_t slices = ceiling_of(table.categories, CATEGORIES_A_SLICE);
            s_.slice_floats = std::max(s_.slice_floats, 2 * slices * table.nodes);
            table.sorted_fixed = fixed;
            table.sorted_places = places;
            fixed += table.categories + 1;
            places += table.variables;
        }
        table_.push_back(table);
    }
    s_.sorted_fixed = fixed;
    s_.sorted_places = places;
}

/* Whether all values that are read and written for a table are aligned to four. */
bool Tables::has_groups_of_four(const Table &table) const {
    bool fours = table.statistic % 4 == 0 && table.nodes % 4 == 0;
    for (int32_t i = 0; i < table.inputs && fours; i++) {
        const Input &input = inputs_.input(table_input_[(size_t)(table.input_begin + i)]);
        fours = input.first % 4 == 0 && input.nodes % 4 == 0;
        for (int32_t e = 0; e < input.elements && fours; e++) {
            fours = p_.element_flow[p_.block_element[input.element_begin + e]] % 4 == 0;
        }
    }
    return fours;
}

/* Whether inputs of one variable divide the columns of the table among them, aligned to four. */
bool Tables::goes_by_rows(const Table &table) const {
    if (table.kind != SLUICE_FINITE || table.large || table.variables != 1
        || !has_groups_of_four(table)) {
        return false;
    }
    std::vector<int32_t> inputs(table_input_.begin() + table.input_begin,
                                table_input_.begin() + table.input_begin + table.inputs);
    std::sort(inputs.begin(), inputs.end(), [&](int32_t a, int32_t b) {
        return inputs_.input(a).first < inputs_.input(b).first;
    });
    int32_t next = 0;
    for (int32_t i : inputs) {
        const Input &input = inputs_.input(i);
        if (input.first != next) {
            return false;
        }
        next += input.nodes;
    }
    return next == table.nodes;
}

/* Whether no two of the elements that a variable of the table serves read the same column. */
bool Tables::serves_once(const Table &table) const {
    bool once = true;
    for (int32_t v = 0; v < table.variables && once; v++) {
        const TableVariable &variable = table_variable_[(size_t)(table.variable_begin + v)];
        std::vector<Served> served(served_.begin() + variable.served_begin,
                                   served_.begin() + variable.served_begin + variable.served);
        std::sort(served.begin(), served.end(),
                  [](const Served &a, const Served &b) { return a.first < b.first; });
        for (size_t i = 1; i < served.size() && once; i++) {
            once = served[i - 1].first + served[i - 1].nodes <= served[i].first;
        }
    }
    return once;
}

void Tables::list_launches() {
    std::vector<char> by_rows;
    for (const Table &table : table_) {
        by_rows.push_back(goes_by_rows(table));
    }
    table_order_.resize(table_.size());
    std::iota(table_order_.begin(), table_order_.end(), 0);
    const auto key = [&](int32_t t) {
        const Table &table = table_[(size_t)t];
        /* Each large table has a launch of its own. */
        return std::make_tuple(table.kind, table.large, category_class(table), table.large ? t : 0,
                               by_rows[(size_t)t]);
    };
    std::stable_sort(table_order_.begin(), table_order_.end(),
                     [&](int32_t a, int32_t b) { return key(a) < key(b); });
    for (size_t i = 0; i < table_order_.size(); i++) {
        const Table &table = table_[(size_t)table_order_[i]];
        if (i == 0 || key(table_order_[i - 1]) != key(table_order_[i])) {
            const int32_t inputs = (int32_t)row_input_.size();
            s_.tables.push_back({(int32_t)i, (int32_t)i, table.kind, 0, 0, table.large,
                                 table_order_[i], has_groups_of_four(table),
                                 table.large && serves_once(table),
                                 by_rows[(size_t)table_order_[i]], inputs, inputs});
        }
        TableLaunch &launch = s_.tables.back();
        launch.end = (int32_t)i + 1;
        launch.categories = std::max(launch.categories, table.categories);
        launch.nodes = std::max(launch.nodes, table.nodes);
        if (launch.by_rows) {
            row_input_.insert(row_input_.end(), table_input_.begin() + table.input_begin,
                              table_input_.begin() + table.input_begin + table.inputs);
            launch.input_end = (int32_t)row_input_.size();
        }
    }
}
