/* Whole circuits for tests of the library's functions, and their values by plain loops. */
#ifndef SLUICE_TEST_TREE_H
#define SLUICE_TEST_TREE_H

#include "buffers.h"

enum { CATEGORIES_OF_TREE = 5, MOST_VARIABLES_OF_TREE = 8 };

typedef struct {
    int32_t variables;
    int32_t nodes;  /* of each block */
    int32_t blocks; /* of each vector */
    int mixed;      /* Gaussian and tabulated variables too; otherwise all are finite */
    int tied;       /* sums of one level share weights, variables of one kind share a table */
    int sparse;     /* a third of the weights is zero */
} tree;

/* Vectors of two variables are multiplied, block by block, and summed, until one root is left. */
circuit *new_tree(const tree *t);

/* Buffers with parameters, normalised. */
buffers *new_tree_buffers(const tree *t, int32_t capacity, int32_t log_capacity, int32_t threads);

/* Random rows; a third of the cells is missing where asked for: their cells hold category 0. */
typedef struct {
    sluice_batch batch;
    int32_t data_rows;
    float *cells;     /* [data rows][variables] */
    uint8_t *missing; /* [data rows][variables] */
} rows;

rows *new_rows(const buffers *b, int32_t count, int missing);

/* Cells of a row of the batch; NaN where missing. */
void row_of(const rows *r, const buffers *b, int32_t row, double *cells);

/* Likelihood of a row, every node's value by a plain float64 loop. */
double likelihood(const buffers *b, const double *cells);

/*
 * With maxima for sums and missing cells at the modes of their nodes, the largest value of a tree;
 * sets missing cells to the modes of its nodes.
 */
double maximum_likelihood(const buffers *b, double *cells);

/* The density, or probability, of a cell at a node of an input; 1 where missing. */
double density_of(const buffers *b, int32_t input, int32_t node, double cell);

#endif
