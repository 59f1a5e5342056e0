#include "tree.h"

#include <math.h>
#include <string.h>

#include "guarded.h"
#include "statements.h"

static int32_t kind_of(const tree *t, int32_t variable) {
    static const int32_t kinds[] = {SLUICE_FINITE, SLUICE_GAUSSIAN, SLUICE_LOG_TABLE};
    return t->mixed ? kinds[variable % 3] : SLUICE_FINITE;
}

typedef struct {
    int32_t block[MOST_LINKS];
} vector;

static vector sum_vector(circuit *c, const tree *t, int32_t nodes, int32_t blocks,
                         const int32_t *element, int32_t weights) {
    vector v;
    for (int32_t i = 0; i < blocks; i++) {
        v.block[i] = add_sum(c, nodes, t->blocks, element, weights);
        weights = t->tied && weights == OWN_WEIGHTS ? sum_of(c, v.block[i]) : weights;
    }
    return v;
}

circuit *new_tree(const tree *t) {
    circuit *c = new_circuit();
    vector vectors[2 * MOST_VARIABLES_OF_TREE];
    int32_t table_of_family[SLUICE_LOG_ROWS + 1] = {-1, -1, -1, -1};
    for (int32_t v = 0; v < t->variables; v++) {
        const int32_t kind = kind_of(t, v);
        if (!t->tied || table_of_family[kind] < 0) {
            table_of_family[kind] =
                    add_table(c, kind, kind == SLUICE_GAUSSIAN ? 0 : CATEGORIES_OF_TREE,
                              t->blocks * t->nodes);
        }
        for (int32_t i = 0; i < t->blocks; i++) {
            vectors[v].block[i] = add_input(c, table_of_family[kind], i * t->nodes, v, t->nodes);
        }
    }
    int32_t count = t->variables;
    int32_t element[MOST_LINKS];
    for (int32_t first = 0; first + 1 < count; first += 2) {
        for (int32_t i = 0; i < t->blocks; i++) {
            element[i] = add_element(
                    c, 2, (const int32_t[]){vectors[first].block[i], vectors[first + 1].block[i]});
        }
        const int is_root = first + 2 == count;
        vectors[count++] = is_root ? sum_vector(c, t, 1, 1, element, OWN_WEIGHTS)
                                   : sum_vector(c, t, t->nodes, t->blocks, element, OWN_WEIGHTS);
        if (is_root) {
            break;
        }
    }
    if (t->variables == 1) {
        for (int32_t i = 0; i < t->blocks; i++) {
            element[i] = add_element(c, 1, &vectors[0].block[i]);
        }
        sum_vector(c, t, 1, 1, element, OWN_WEIGHTS);
    }
    finish(c);
    return c;
}

buffers *new_tree_buffers(const tree *t, int32_t capacity, int32_t log_capacity, int32_t threads) {
    buffers *b = new_buffers(new_tree(t), capacity, log_capacity, threads);
    fill_parameters(b);
    if (t->sparse) {
        cut_edges(b);
    }
    normalise_weights(b);
    return b;
}

rows *new_rows(const buffers *b, int32_t count, int missing) {
    static rows r;
    const int32_t variables = b->plan->variables;
    r.data_rows = count + 3;
    r.cells = guarded("cells of the data", (int64_t)sizeof(float) * r.data_rows * variables);
    r.missing = guarded("missing", (int64_t)r.data_rows * variables);
    int32_t *numbers = guarded("rows", (int64_t)sizeof(int32_t) * count);
    for (int32_t i = 0; i < r.data_rows * variables; i++) {
        const int gaussian = b->plan->variable_kind[i % variables] == SLUICE_GAUSSIAN;
        r.missing[i] = missing && random_below(3) == 0;
        r.cells[i] = r.missing[i] ? 0
                     : gaussian   ? (float)random_between(-3, 3)
                                  : (float)random_below(CATEGORIES_OF_TREE);
    }
    for (int32_t i = 0; i < count; i++) numbers[i] = random_below(r.data_rows);
    r.batch = (sluice_batch){.cell_type = SLUICE_F32,
                             .count = count,
                             .cells = r.cells,
                             .missing = missing ? r.missing : NULL,
                             .rows = numbers};
    make_read_only(r.cells);
    make_read_only(r.missing);
    make_read_only(numbers);
    return &r;
}

void row_of(const rows *r, const buffers *b, int32_t row, double *cells) {
    const int32_t variables = b->plan->variables;
    const int64_t at = (int64_t)r->batch.rows[row] * variables;
    for (int32_t v = 0; v < variables; v++) {
        cells[v] = r->missing[at + v] ? NAN : r->cells[at + v];
    }
}

double density_of(const buffers *b, int32_t input, int32_t node, double cell) {
    const sluice_plan *p = b->plan;
    const int32_t table = p->input_table[input];
    const int64_t stride = p->table_nodes[table];
    const float *entry =
            b->state.parameters + p->table_parameter[table] + p->input_first[input] + node;
    if (isnan(cell)) {
        return 1;
    }
    if (p->table_kind[table] == SLUICE_GAUSSIAN) {
        const double z = (cell - entry[0]) / entry[stride];
        return exp(-0.5 * z * z) / (entry[stride] * sqrt(2 * acos(-1)));
    }
    const int64_t row = (int64_t)cell * stride;
    return p->table_kind[table] == SLUICE_FINITE
                   ? entry[row]
                   : exp((double)entry[row] + entry[row + p->table_categories[table] * stride]);
}

/* The largest density of a node's values. */
static double density_of_mode(const buffers *b, int32_t input, int32_t node) {
    const sluice_plan *p = b->plan;
    const int32_t table = p->input_table[input];
    if (p->table_kind[table] == SLUICE_GAUSSIAN) {
        const float mean =
                b->state.parameters[p->table_parameter[table] + p->input_first[input] + node];
        return density_of(b, input, node, mean);
    }
    double best = 0;
    for (int32_t k = 0; k < p->table_categories[table]; k++) {
        best = fmax(best, density_of(b, input, node, k));
    }
    return best;
}

/* The values of all nodes. Those of element e begin at element[e]. */
typedef struct {
    double block[MOST_PARTS * MOST_LINKS];
    double element[MOST_PARTS * MOST_LINKS];
} node_values;

/* The terms of a sum's node, one after the other; returns their sum or their maximum. */
static double combine(const buffers *b, const node_values *values, int32_t sum, int32_t node,
                      int maximum, int32_t *best_element, int32_t *best_child) {
    const sluice_plan *p = b->plan;
    double total = 0;
    double best = -1;
    for (int32_t t = p->sum_tile_begin[sum]; t < p->sum_tile_begin[sum + 1]; t++) {
        const int32_t element = p->tile_element[t];
        const int32_t children = p->element_nodes[element];
        for (int32_t c = 0; c < children; c++) {
            const double term =
                    b->state.parameters[p->tile_parameter[t] + (int64_t)node * children + c]
                    * values->element[p->element_flow[element] + c];
            total += term;
            if (term > best) {
                best = term;
                *best_element = element;
                *best_child = c;
            }
        }
    }
    return maximum ? best : total;
}

static double evaluate(const buffers *b, const double *cells, int maximum, node_values *values) {
    const sluice_plan *p = b->plan;
    int32_t element;
    int32_t child;
    expect(p->block_nodes_total <= MOST_PARTS * MOST_LINKS, "the test's circuit is too large");
    for (int32_t i = 0; i < p->inputs; i++) {
        for (int32_t n = 0; n < p->block_nodes[i]; n++) {
            const double cell = cells[p->input_variable[i]];
            values->block[p->block_first[i] + n] =
                    maximum && isnan(cell) ? density_of_mode(b, i, n) : density_of(b, i, n, cell);
        }
    }
    for (int32_t i = 0; i < p->operations; i++) {
        const int32_t operation = p->operation[i];
        for (int32_t n = 0; operation >= 0 && n < p->block_nodes[p->sum_block[operation]]; n++) {
            values->block[p->block_first[p->sum_block[operation]] + n] =
                    combine(b, values, operation, n, maximum, &element, &child);
        }
        for (int32_t n = 0; operation < 0 && n < p->element_nodes[~operation]; n++) {
            double product = 1;
            for (int32_t f = p->element_factor_begin[~operation];
                 f < p->element_factor_begin[~operation + 1]; f++) {
                product *= values->block[p->block_first[p->element_factor[f]] + n];
            }
            values->element[p->element_flow[~operation] + n] = product;
        }
    }
    return values->block[p->block_first[p->root]];
}

double likelihood(const buffers *b, const double *cells) {
    static node_values values;
    return evaluate(b, cells, 0, &values);
}

static double mode_of(const buffers *b, int32_t input, int32_t node) {
    const sluice_plan *p = b->plan;
    const int32_t table = p->input_table[input];
    if (p->table_kind[table] == SLUICE_GAUSSIAN) {
        return b->state.parameters[p->table_parameter[table] + p->input_first[input] + node];
    }
    if (p->table_kind[table] != SLUICE_FINITE) { /* the node's index, as the bits of an int32_t */
        return cell_value((int32_t)(p->block_first[p->input_block[input]] + node));
    }
    int32_t best = 0;
    for (int32_t k = 1; k < p->table_categories[table]; k++) {
        best = density_of(b, input, node, k) > density_of(b, input, node, best) ? k : best;
    }
    return best;
}

static void visit(const buffers *b, const node_values *values, int32_t block, int32_t node,
                  double *cells) {
    const sluice_plan *p = b->plan;
    const int32_t input = p->block_input[block];
    if (input >= 0) {
        double *cell = &cells[p->input_variable[input]];
        *cell = isnan(*cell) ? mode_of(b, input, node) : *cell;
        return;
    }
    int32_t element = 0;
    int32_t child = 0;
    combine(b, values, block - p->inputs, node, 1, &element, &child);
    for (int32_t f = p->element_factor_begin[element]; f < p->element_factor_begin[element + 1];
         f++) {
        visit(b, values, p->element_factor[f], child, cells);
    }
}

double maximum_likelihood(const buffers *b, double *cells) {
    static node_values values;
    const double best = evaluate(b, cells, 1, &values);
    visit(b, &values, b->plan->root, 0, cells);
    return best;
}
