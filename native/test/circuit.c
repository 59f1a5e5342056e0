#include "circuit.h"

#include <string.h>

#include "guarded.h"
#include "statements.h"

circuit *new_circuit(void) {
    static circuit c;
    memset(&c, 0, sizeof c);
    return &c;
}

static void expect_room(int32_t count, int32_t most) {
    expect(count < most, "the test's circuit has more than %d parts", most);
}

int32_t add_table(circuit *c, int32_t kind, int32_t categories, int32_t nodes) {
    enum { FLOOR_OF_DEVIATIONS_IN_THOUSANDTHS = 10 };
    expect_room(c->plan.tables, MOST_PARTS);
    c->table[c->plan.tables] = (table_part){.kind = kind,
                                            .categories = categories,
                                            .nodes = nodes,
                                            .floor = FLOOR_OF_DEVIATIONS_IN_THOUSANDTHS / 1000.0};
    return c->plan.tables++;
}

int32_t add_input(circuit *c, int32_t table, int32_t first, int32_t variable, int32_t nodes) {
    expect_room(c->plan.inputs, MOST_PARTS);
    expect(c->plan.elements == 0, "inputs come before elements");
    c->input[c->plan.inputs] = (input_part){table, first, variable, nodes};
    c->plan.variables = variable < c->plan.variables ? c->plan.variables : variable + 1;
    return c->plan.inputs++;
}

static int32_t kind_of(const circuit *c, int32_t block) {
    return c->table[c->input[block].table].kind;
}

static int is_read_in_place(const circuit *c, int32_t block) {
    return block < c->plan.inputs && kind_of(c, block) == SLUICE_FINITE;
}

static int32_t nodes_of(const circuit *c, int32_t block) {
    return block < c->plan.inputs ? c->input[block].nodes : c->sum[block - c->plan.inputs].nodes;
}

int32_t add_element(circuit *c, int32_t count, const int32_t *factor) {
    expect_room(c->plan.elements, MOST_PARTS);
    expect_room(count, MOST_LINKS);
    element_part *e = &c->element[c->plan.elements];
    e->nodes = nodes_of(c, factor[0]);
    for (int in_place = 1; in_place >= 0; in_place--) {
        for (int32_t i = 0; i < count; i++) {
            if (is_read_in_place(c, factor[i]) == in_place) {
                e->factor[e->count++] = factor[i];
            }
        }
    }
    c->operation[c->plan.operations++] = ~c->plan.elements;
    return c->plan.elements++;
}

int32_t add_sum(circuit *c, int32_t nodes, int32_t count, const int32_t *element, int32_t weights) {
    expect_room(c->plan.sums, MOST_PARTS);
    expect_room(count, MOST_LINKS);
    sum_part *s = &c->sum[c->plan.sums];
    *s = (sum_part){.nodes = nodes, .count = count, .weights = weights};
    memcpy(s->element, element, sizeof *element * (size_t)count);
    c->operation[c->plan.operations++] = c->plan.sums;
    return c->plan.inputs + c->plan.sums++;
}

/* An array that grows as it is written; finished as a guarded copy. */
typedef struct {
    int64_t number[MOST_PARTS * MOST_LINKS];
    int32_t count;
} list;

static void append(list *l, int64_t number) {
    expect_room(l->count, MOST_PARTS * MOST_LINKS);
    l->number[l->count++] = number;
}

static const int64_t *as_int64(const char *name, list *l) {
    const int64_t *copy = guarded_copy(name, l->number, (int64_t)sizeof(int64_t) * l->count);
    l->count = 0;
    return copy;
}

static const int32_t *as_int32(const char *name, list *l) {
    int32_t *copy = guarded(name, (int64_t)sizeof(int32_t) * l->count);
    for (int32_t i = 0; i < l->count; i++) copy[i] = (int32_t)l->number[i];
    make_read_only(copy);
    l->count = 0;
    return copy;
}

/* Lists of what each owner has: for every pair (owner, member) that `owner_of` gives. */
typedef struct {
    list begin;
    list member;
} lists;

static void begin_owner(lists *l) { append(&l->begin, l->member.count); }

static void finish_blocks(circuit *c) {
    static list nodes, value, first, input;
    static lists element;
    sluice_plan *p = &c->plan;
    p->blocks = p->inputs + p->sums;
    for (int32_t b = 0; b < p->blocks; b++) {
        append(&nodes, nodes_of(c, b));
        append(&value, is_read_in_place(c, b) ? -1 : p->value_nodes);
        append(&first, p->block_nodes_total);
        append(&input, b < p->inputs ? b : -1);
        p->value_nodes += is_read_in_place(c, b) ? 0 : nodes_of(c, b);
        p->block_nodes_total += nodes_of(c, b);
        p->maximum_nodes = p->maximum_nodes > nodes_of(c, b) ? p->maximum_nodes : nodes_of(c, b);
        begin_owner(&element);
        for (int32_t e = 0; e < p->elements; e++) {
            for (int32_t f = 0; f < c->element[e].count; f++) {
                if (c->element[e].factor[f] == b) {
                    append(&element.member, e);
                }
            }
        }
    }
    begin_owner(&element);
    p->block_nodes = as_int32("block_nodes", &nodes);
    p->block_value = as_int64("block_value", &value);
    p->block_first = as_int64("block_first", &first);
    p->block_input = as_int32("block_input", &input);
    p->block_element_begin = as_int32("block_element_begin", &element.begin);
    p->block_element = as_int32("block_element", &element.member);
}

static void finish_elements(circuit *c) {
    static list nodes, flow;
    static lists factor;
    sluice_plan *p = &c->plan;
    for (int32_t e = 0; e < p->elements; e++) {
        append(&nodes, c->element[e].nodes);
        append(&flow, p->flow_nodes);
        p->flow_nodes += c->element[e].nodes;
        begin_owner(&factor);
        for (int32_t f = 0; f < c->element[e].count; f++) {
            append(&factor.member, c->element[e].factor[f]);
        }
    }
    begin_owner(&factor);
    p->element_nodes = as_int32("element_nodes", &nodes);
    p->element_flow = as_int64("element_flow", &flow);
    p->element_factor_begin = as_int32("element_factor_begin", &factor.begin);
    p->element_factor = as_int32("element_factor", &factor.member);
}

/* Tiles of a sum are numbered on from its first. */
static int32_t first_tile(const circuit *c, int32_t sum) {
    int32_t tile = 0;
    for (int32_t s = 0; s < sum; s++) tile += c->sum[s].count;
    return tile;
}

static void finish_tiles(circuit *c) {
    static list block, element, sum, parameter, begin;
    static lists tile;
    sluice_plan *p = &c->plan;
    for (int32_t s = 0; s < p->sums; s++) {
        const sum_part *part = &c->sum[s];
        int32_t fan_in = 0;
        append(&block, p->inputs + s);
        append(&begin, p->tiles);
        for (int32_t i = 0; i < part->count; i++) {
            const int32_t children = c->element[part->element[i]].nodes;
            append(&element, part->element[i]);
            append(&sum, s);
            if (part->weights >= 0) {
                append(&parameter, parameter.number[first_tile(c, part->weights) + i]);
            } else {
                append(&parameter, c->parameters);
                c->parameters += (int64_t)part->nodes * children;
            }
            fan_in += children;
            p->tiles++;
        }
        p->maximum_fan_in = p->maximum_fan_in > fan_in ? p->maximum_fan_in : fan_in;
    }
    append(&begin, p->tiles);
    for (int32_t e = 0; e < p->elements; e++) {
        begin_owner(&tile);
        for (int32_t t = 0; t < p->tiles; t++) {
            if (element.number[t] == e) {
                append(&tile.member, t);
            }
        }
    }
    begin_owner(&tile);
    p->sum_block = as_int32("sum_block", &block);
    p->sum_tile_begin = as_int32("sum_tile_begin", &begin);
    p->tile_element = as_int32("tile_element", &element);
    p->tile_sum = as_int32("tile_sum", &sum);
    p->tile_parameter = as_int64("tile_parameter", &parameter);
    p->element_tile_begin = as_int32("element_tile_begin", &tile.begin);
    p->element_tile = as_int32("element_tile", &tile.member);
}

static void finish_weights(circuit *c) {
    static list block_row_nodes, weight_nodes, parameter;
    static lists weight, tile;
    sluice_plan *p = &c->plan;
    for (int32_t s = 0; s < p->sums; s++) {
        if (c->sum[s].weights != OWN_WEIGHTS) {
            continue;
        }
        append(&block_row_nodes, c->sum[s].nodes);
        append(&weight.begin, p->weights);
        for (int32_t i = 0; i < c->sum[s].count; i++) {
            append(&weight_nodes, c->element[c->sum[s].element[i]].nodes);
            append(&parameter, p->tile_parameter[first_tile(c, s) + i]);
            begin_owner(&tile);
            for (int32_t t = 0; t < p->tiles; t++) {
                if (p->tile_parameter[t] == p->tile_parameter[first_tile(c, s) + i]) {
                    append(&tile.member, t);
                }
            }
            p->weights++;
        }
        p->block_rows++;
    }
    append(&weight.begin, p->weights);
    begin_owner(&tile);
    p->block_row_nodes = as_int32("block_row_nodes", &block_row_nodes);
    p->block_row_weight_begin = as_int32("block_row_weight_begin", &weight.begin);
    p->weight_nodes = as_int32("weight_nodes", &weight_nodes);
    p->weight_parameter = as_int64("weight_parameter", &parameter);
    p->weight_tile_begin = as_int32("weight_tile_begin", &tile.begin);
    p->weight_tile = as_int32("weight_tile", &tile.member);
}

static void finish_inputs(circuit *c) {
    static list kind, block, table, variable, first;
    static lists input;
    sluice_plan *p = &c->plan;
    for (int32_t v = 0; v < p->variables; v++) {
        int32_t of = 0;
        begin_owner(&input);
        for (int32_t i = 0; i < p->inputs; i++) {
            if (c->input[i].variable == v) {
                of = kind_of(c, i);
                append(&input.member, i);
            }
        }
        append(&kind, of);
    }
    begin_owner(&input);
    for (int32_t i = 0; i < p->inputs; i++) {
        append(&block, i);
        append(&table, c->input[i].table);
        append(&variable, c->input[i].variable);
        append(&first, c->input[i].first);
    }
    p->variable_kind = as_int32("variable_kind", &kind);
    p->variable_input_begin = as_int32("variable_input_begin", &input.begin);
    p->variable_input = as_int32("variable_input", &input.member);
    p->input_block = as_int32("input_block", &block);
    p->input_table = as_int32("input_table", &table);
    p->input_variable = as_int32("input_variable", &variable);
    p->input_first = as_int32("input_first", &first);
}

static void finish_tables(circuit *c) {
    enum { GAUSSIAN_PARAMETERS = 2, GAUSSIAN_STATISTICS = 3 };
    static list kind, categories, nodes, parameter, statistic;
    static lists input;
    double floor[MOST_PARTS];
    sluice_plan *p = &c->plan;
    c->statistics = c->parameters; /* weights have theirs at the offsets of their parameters */
    for (int32_t t = 0; t < p->tables; t++) {
        const table_part *part = &c->table[t];
        const int gaussian = part->kind == SLUICE_GAUSSIAN;
        const int finite = part->kind == SLUICE_FINITE;
        append(&kind, part->kind);
        append(&categories, part->categories);
        append(&nodes, part->nodes);
        append(&parameter, c->parameters);
        append(&statistic, c->statistics);
        floor[t] = part->floor;
        c->parameters += (int64_t)part->nodes
                         * (gaussian ? GAUSSIAN_PARAMETERS
                            : finite ? part->categories
                                     : 2 * part->categories);
        c->statistics += (int64_t)part->nodes * (gaussian ? GAUSSIAN_STATISTICS : part->categories);
        begin_owner(&input);
        for (int32_t i = 0; i < p->inputs; i++) {
            if (c->input[i].table == t) {
                append(&input.member, i);
            }
        }
    }
    begin_owner(&input);
    p->table_kind = as_int32("table_kind", &kind);
    p->table_categories = as_int32("table_categories", &categories);
    p->table_nodes = as_int32("table_nodes", &nodes);
    p->table_parameter = as_int64("table_parameter", &parameter);
    p->table_statistic = as_int64("table_statistic", &statistic);
    p->table_floor =
            guarded_copy("table_floor", floor, (int64_t)sizeof *floor * (int64_t)p->tables);
    p->table_input_begin = as_int32("table_input_begin", &input.begin);
    p->table_input = as_int32("table_input", &input.member);
}

const sluice_plan *finish(circuit *c) {
    finish_blocks(c);
    finish_elements(c);
    finish_tiles(c);
    finish_weights(c);
    finish_inputs(c);
    finish_tables(c);
    c->plan.root = c->plan.blocks - 1;
    c->plan.operation = guarded_copy("operation", c->operation,
                                     (int64_t)sizeof *c->operation * c->plan.operations);
    return &c->plan;
}
