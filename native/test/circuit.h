/*
 * Small plans, made by hand: add tables, then inputs, then elements and sums in the order of the
 * forward pass, then finish. Every array of a finished plan is a guarded, read-only buffer.
 */
#ifndef SLUICE_TEST_CIRCUIT_H
#define SLUICE_TEST_CIRCUIT_H

#include "linear.h"

enum { MOST_PARTS = 256, MOST_LINKS = 16 };

/* Whose weights the tiles of a sum have, if not the number of another sum, which shares them. */
enum { OWN_WEIGHTS = -1, FIXED_WEIGHTS = -2 };

typedef struct {
    int32_t kind, categories, nodes;
    double floor;
} table_part;

typedef struct {
    int32_t table, first, variable, nodes;
} input_part;

typedef struct {
    int32_t nodes, count;
    int32_t factor[MOST_LINKS];
} element_part;

typedef struct {
    int32_t nodes, count, weights;
    int32_t element[MOST_LINKS];
} sum_part;

typedef struct {
    table_part table[MOST_PARTS];
    input_part input[MOST_PARTS];
    element_part element[MOST_PARTS];
    sum_part sum[MOST_PARTS];
    int32_t operation[2 * MOST_PARTS];
    sluice_plan plan;
    int64_t parameters; /* how many floats */
    int64_t statistics;
} circuit;

/* One at a time: the memory is static. */
circuit *new_circuit(void);

/* The number of the table. A Gaussian has 0 categories. */
int32_t add_table(circuit *c, int32_t kind, int32_t categories, int32_t nodes);

/* The block of the input, which reads the table's columns from `first` on. */
int32_t add_input(circuit *c, int32_t table, int32_t first, int32_t variable, int32_t nodes);

/* The number of the element. */
int32_t add_element(circuit *c, int32_t count, const int32_t *factor);

/* The block of the sum. */
int32_t add_sum(circuit *c, int32_t nodes, int32_t count, const int32_t *element, int32_t weights);

/* The number of the sum whose block this is. */
static inline int32_t sum_of(const circuit *c, int32_t block) { return block - c->plan.inputs; }

/* Fills the plan. The root is the last sum's block, which has one node unless a kernel is tested alone. */
const sluice_plan *finish(circuit *c);

/* Buffers of exactly the sizes that sluice.h gives. */
typedef struct {
    const sluice_plan *plan;
    sluice_state state;
    int64_t parameters; /* floats */
    int64_t statistics;
    int64_t values; /* floats */
    int64_t flows;
} buffers;

buffers *new_buffers(const circuit *c, int32_t capacity, int32_t log_capacity, int32_t threads);

/* Random parameters: weights from [0.05, 1], distributions that sum to one, log-densities, means and
   deviations. */
void fill_parameters(const buffers *b);

/* Divides the weights of each node by their sum. */
void normalise_weights(const buffers *b);

/* The transposed copies of weights, made by a plain loop. */
void fill_prepared(const buffers *b);

/* Some weights of each node become zero, never all of them. */
void cut_edges(const buffers *b);

/* Cells of slots first .. first + count - 1; one in four is missing where asked for. */
void fill_cells(const buffers *b, int32_t first, int32_t count, int missing);

/* Random values from [0.1, 1) with scales from [-20, 20] in every stored block. */
void fill_values(const buffers *b, int32_t first, int32_t count);

/* Scratch memory of one thread, each array guarded. */
linear_scratch new_linear_scratch(const sluice_plan *plan);

/* The true value of a node, as the buffers have it now: value * 2^scale; an entry of a table that is
   read in slot, or 1 where the cell is missing. */
double node_value(const buffers *b, int32_t block, int32_t slot, int32_t node);

/* The product of the values of an element's factors. */
double element_value(const buffers *b, int32_t element, int32_t slot, int32_t node);

/* The scale that a sum gives an element of few factors: the sum of the factors' scales. */
int32_t element_scale(const buffers *b, int32_t element, int32_t slot);

/* An item of a forward pass: see schedule.h. */
int32_t item_of_element(const sluice_plan *plan, int32_t element);

/*
 * Runs a pass of the kernels over some items, at slots first .. first + count - 1. `pass` gives the
 * rest.
 */
void run_items(const linear_kernels *kernels, const buffers *b, int backward, int32_t items,
               const int32_t *item, linear_pass pass);

#endif
