/* The buffers of a plan, random contents for them, and the values that they stand for. */
#ifndef SLUICE_TEST_BUFFERS_H
#define SLUICE_TEST_BUFFERS_H

#include "circuit.h"

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

/* Random parameters: weights from [0.05, 1], probabilities that sum to one, log-densities, means and
   deviations. */
void fill_parameters(const buffers *b);

/* Divides the weights of each node by their sum. */
void normalise_weights(const buffers *b);

/* Makes the transposed copies of weights by a plain loop. */
void fill_prepared(const buffers *b);

/* Sets some weights of each node to zero, never all of them. */
void cut_edges(const buffers *b);

/* Cells of slots first .. first + count - 1; one in four is missing where asked for. */
void fill_cells(const buffers *b, int32_t first, int32_t count, int missing);

/* Random values from [0.1, 1) with scales from [-20, 20] in every stored block. */
void fill_values(const buffers *b, int32_t first, int32_t count);

/* Scratch memory of one thread, each array guarded. */
linear_scratch new_linear_scratch(const sluice_plan *plan);

/* The true value of a node in the buffers: value * 2^scale. For an input that is read in place, the
   table's entry, or 1 where the cell is missing. */
double node_value(const buffers *b, int32_t block, int32_t slot, int32_t node);

/* The product of the values of an element's factors. */
double element_value(const buffers *b, int32_t element, int32_t slot, int32_t node);

/* The scale of an element of few factors: the sum of the factors' scales. */
int32_t element_scale(const buffers *b, int32_t element, int32_t slot);

/* An item of a forward pass: see schedule.h. */
int32_t item_of_element(const sluice_plan *plan, int32_t element);

/* Runs a pass of the kernels over some items; `pass` gives the rows and the options. */
void run_items(const linear_kernels *kernels, const buffers *b, int backward, int32_t items,
               const int32_t *item, linear_pass pass);

#endif
