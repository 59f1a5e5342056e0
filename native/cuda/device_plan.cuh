/*
 * The device plan: what kernels read of a plan, and the view of it with the buffers of a call that
 * every kernel gets by value. A tile carries all that a thread block needs to know about it, so
 * that finding the work is a single load: where a launch has one block of nodes for each thread
 * block, chains of dependent loads would cost more than the arithmetic.
 */
#ifndef SLUICE_DEVICE_PLAN_CUH
#define SLUICE_DEVICE_PLAN_CUH

#include "platform.cuh"
#include "sluice/sluice.h"

enum { STORED_BLOCK = -1, FORMED_PRODUCT = -2, NO_COPY = -1 };

/* A block that is multiplied into an element. */
struct Factor {
    int64_t offset; /* stored block: its first node among stored ones; table: its first node's
                         parameter of category 0 */
    int64_t copy;   /* of a table's parameter at `offset`: among bfloat16 copies, or NO_COPY */
    int32_t block;
    int32_t variable; /* of a table that is read in place; otherwise STORED_BLOCK, or FORMED_PRODUCT: then `offset` is among the nodes of all elements, and `block` that of its scale */
    int32_t stride;   /* parameters between categories of a table */
    int32_t parents;  /* elements that have the block as a factor */
    int32_t is_sum;
    int32_t pad;
};

enum { INLINE_FACTORS = 3 };

/*
 * A product of blocks, as seen from one of the tiles that read it. A product that is formed before
 * (formed_product.cuh) is seen as a single stored factor.
 */
struct Tile {
    int64_t parameter; /* of its weights, [sum nodes][element nodes] */
    int64_t copy;      /* of the same among bfloat16 copies */
    int64_t flow;      /* the element's first node among the nodes of all elements */
    int32_t element;
    int32_t children; /* nodes of the element */
    int32_t factors;
    int32_t tables;       /* factors that are read in place; they come first */
    int32_t factor_begin; /* in DevicePlan.factor */
    int32_t keeps; /* 1 in the one tile of an element that stores its values for the backward pass */
    int32_t sum;
    int32_t sum_block;
    int64_t sum_value; /* the sum block's first node among stored ones */
    int32_t sum_nodes;
    int32_t pad;
    Factor factor[INLINE_FACTORS]; /* the first ones once more */
};

/* An element, as the backward pass reads it. */
struct Element {
    int64_t flow;
    int32_t nodes;
    int32_t factors;
    int32_t factor_begin;
    int32_t tile_begin; /* in DevicePlan.element_tile */
    int32_t tiles;
    int32_t stored_alone; /* 1: the element is one stored block and has no values of its own */
    int64_t alone_value;  /* that block's first node among stored ones */
    int32_t needs_flow;   /* 1: something reads its flow */
    int32_t pad;
};

struct Input {
    int64_t parameter; /* of its first node */
    int64_t statistic; /* of its first node */
    int64_t value;     /* first node among stored ones, or -1 */
    int32_t block;
    int32_t nodes;
    int32_t table;
    int32_t variable;
    int32_t first;         /* its first node within a row of the table */
    int32_t element_begin; /* in DevicePlan.block_element */
    int32_t elements;
    int32_t pad;
};

struct Table {
    int64_t parameter;
    int64_t copy; /* of the same among bfloat16 copies, or NO_COPY */
    int64_t statistic;
    double floor;
    int32_t kind;
    int32_t categories;
    int32_t nodes;       /* of a row */
    int32_t input_begin; /* in DevicePlan.table_input, by variable */
    int32_t inputs;
    int32_t large;          /* 1: statistics by sorting the cells; the rest is for that */
    int32_t variable_begin; /* in DevicePlan.table_variable */
    int32_t variables;
    /*
     * offset in DevicePlan.sorted: sorted_fixed + sorted_places * capacity; there lie [categories +
     * 1] offsets of the categories, then the sorted items
     */
    int64_t sorted_fixed;
    int64_t sorted_places;
};

/* A variable that a table serves. */
struct TableVariable {
    int32_t variable;
    int32_t served_begin; /* in DevicePlan.served */
    int32_t served;
};

/* An element whose flow is one of a table's inputs, by one of its factors. */
struct Served {
    int64_t flow;  /* the element's first node among the nodes of all elements */
    int32_t first; /* the input's first node within a row of the table */
    int32_t nodes;
};

struct Weight {
    int64_t parameter;
    int64_t copy; /* of the same among bfloat16 copies */
    int32_t children;
    int32_t tile_begin; /* in DevicePlan.weight_tile */
    int32_t tiles;
    int32_t nodes;
};

struct BlockRow {
    int32_t weight_begin; /* its weights are consecutive */
    int32_t weights;
    int32_t nodes;
    int32_t node_begin; /* first of its nodes among those of all block rows */
};

/* A block whose gradient is gathered from several elements, or from none. */
struct Gathered {
    int64_t value;
    int32_t block;
    int32_t nodes;
    int32_t element_begin; /* in DevicePlan.block_element */
    int32_t elements;
};

/*
 * A sum block in the forward pass, or an element in the backward pass, in a chain (chain.cuh). It
 * waits for others, given by their indices in the chain.
 */
struct ChainItem {
    int32_t number; /* of the element */
    int32_t nodes;
    int32_t tile_begin; /* of the sum block: in DevicePlan.tile */
    int32_t tiles;
    int32_t children;   /* nodes of each element, or 0 where they differ */
    int32_t wait_begin; /* in DevicePlan.chain_wait */
    int32_t waits;
};

enum { CHAIN_TICKET_SPACE = 32 };

/* What kernels get of a plan and of the buffers. All pointers are the device's. */
struct DevicePlan {
    /* the device plan */
    const Tile *tile;              /* [tiles] in the order of sums */
    const int32_t *sum_tile_begin; /* [sums + 1] */
    const Factor *factor;
    const Element *element;
    const int32_t *element_tile; /* tiles whose child an element is */
    const int32_t *backward;     /* elements in the order of the backward pass */
    const Input *input;
    const Table *table;
    const int32_t *table_order; /* tables in the order of launches */
    const int32_t *table_input;
    const int32_t *row_input; /* inputs in the order of category_statistics.cu */
    const TableVariable *table_variable;
    const Served *served;
    const Weight *weight;
    const int32_t *weight_tile;
    const BlockRow *block_row;
    const int32_t *node_block_row; /* [nodes of all block rows] */
    const Gathered *gathered;
    const int32_t *block_element;        /* elements that have a block as a factor */
    const int64_t *block_first;          /* [blocks] first node among all blocks' nodes */
    const int32_t *variable_input_begin; /* [variables + 1] */
    const int32_t *variable_input;
    const int32_t *variable_kind; /* [variables] */
    const int32_t *stored_input;  /* inputs whose values are stored */
    const ChainItem *chain_item;
    const int32_t *chain_wait;
    const int32_t *formed; /* elements that are formed before, in the order of launches */

    /* sizes */
    int32_t variables;
    int32_t blocks;
    int32_t elements;
    int32_t sums;
    int32_t inputs;
    int32_t tables;
    int32_t weights;
    int32_t root;             /* block */
    int64_t root_value_first; /* its node among stored ones */
    int64_t flow_nodes;
    int64_t block_nodes_total;

    /* the buffers of sluice_state; those of rows have room for `capacity` rows */
    int32_t capacity;
    int32_t log_capacity;
    int32_t cell_capacity; /* rows that `cells` has room for in the current arithmetic */
    int32_t count;         /* rows of the row group */
    int32_t first_row;     /* index of its first row in the batch */
    int32_t bounded;       /* bound: what the forward pass makes of sums that are too small */
    float *parameters;
    bf16 *copies; /* of parameters, for values of that type; or NULL */
    float *statistics;
    void *values;
    int32_t *scales; /* of blocks, then of elements */
    void *gradients;
    void *element_values;
    void *flows;
    int32_t *cells;
    double *log_values;
    double *log_flows;
    double *log_element_flows;
    uint8_t *skipped;

    /* scratch */
    int32_t *chain_state; /* ticket, and state of each task of a chain: see chain.cuh */
    float *root_value;    /* [capacity] of the root, at float32's precision */
    int32_t *chosen;      /* [draws][blocks] chosen node of each block, or -1 */
    float *slices;        /* parts of statistics: see weight_statistics.cu */
    int32_t *sorted;      /* cells of large tables, by category: see table_statistics.cu */
};

#endif
