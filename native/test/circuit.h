/*
 * Small plans, made by hand. Add tables, then inputs, then elements and sums in the order of the forward
 * pass, then finish. Every array of a finished plan is a guarded, read-only buffer.
 */
#ifndef SLUICE_TEST_CIRCUIT_H
#define SLUICE_TEST_CIRCUIT_H

#include "linear.h"

enum { MOST_PARTS = 256, MOST_LINKS = 16 };

/* The weights of a sum: its own, fixed ones, or those of another sum, given by its index. */
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

/* Returns the index of the table. A Gaussian has 0 categories. */
int32_t add_table(circuit *c, int32_t kind, int32_t categories, int32_t nodes);

/* Returns the block of the input, which reads the table's columns from `first` on. */
int32_t add_input(circuit *c, int32_t table, int32_t first, int32_t variable, int32_t nodes);

/* Returns the index of the element. */
int32_t add_element(circuit *c, int32_t count, const int32_t *factor);

/* Returns the block of the sum. */
int32_t add_sum(circuit *c, int32_t nodes, int32_t count, const int32_t *element, int32_t weights);

/* The index of the sum that computes this block. */
static inline int32_t sum_of(const circuit *c, int32_t block) { return block - c->plan.inputs; }

/* Fills the plan. The root is the last sum's block, which has one node unless a kernel is tested alone. */
const sluice_plan *finish(circuit *c);

#endif
