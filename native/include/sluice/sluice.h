/*
 * The binary interface between Sluice's Java side, which compiles circuits and owns all memory,
 * and its kernel libraries, which only compute. The CPU and the CUDA library fill the same table.
 *
 * The CPU library returns when its work is done. The CUDA library enqueues its work on the stream
 * of the pool and returns; its buffers, batches and results lie in device memory, and only the
 * structures that name them and the plan are read by the host. Everything it enqueues may be
 * captured into a graph and replayed: what differs from call to call is behind pointers.
 *
 * A circuit reaches a kernel as flat arrays (sluice_plan). Its words:
 *
 *   block    some nodes of one input or sum vector, with the same scope; a block's values for one
 *            sample lie next to each other and share one scale
 *   element  a product of blocks with equally many nodes: node c of the element is the product of
 *            the nodes c of its factors. No layer of its own: formed for the sums that read it
 *   tile     one dense [parent nodes][child nodes] matrix of weights between a sum block and an
 *            element; a sum block with its tiles is a row of a block-sparse matrix
 *
 * Every function returns a sluice_status. After any other than SLUICE_OK the function `message`
 * of the table says what was wrong, for the calling thread. No function prints, exits, throws or
 * calls back, and no state is global.
 */
#ifndef SLUICE_H
#define SLUICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ABI_VERSION 3

typedef int32_t sluice_status;

enum sluice_status_code {
    SLUICE_OK = 0,
    SLUICE_INVALID = 1,       /* an argument is out of range */
    SLUICE_OUT_OF_MEMORY = 2, /* the system gave no memory or no thread */
    SLUICE_DEVICE = 3         /* the device failed */
};

/* How an input block computes its nodes' values from its variable's cell. */
enum sluice_input_family {
    SLUICE_FINITE = 0,   /* parameters [category][stride]: probabilities. Rows are read in place */
    SLUICE_GAUSSIAN = 1, /* parameters [2][stride]: means, standard deviations */
    /* For any other distribution the caller tabulates log-densities, -infinity for a density of
       zero, and learns from the statistics, which are total flows of the table's entries; updates
       leave such tables alone. An entry is the sum of two floats: one that is near, one that is
       the rest. */
    SLUICE_LOG_TABLE = 2, /* parameters [2][category][stride]: log-probabilities */
    SLUICE_LOG_ROWS = 3   /* parameters [2][rows][stride]: row r is for row r of a batch */
};

enum sluice_cell_type { SLUICE_U8 = 0, SLUICE_I32 = 1, SLUICE_F32 = 2 };

/* Which stages sluice_accumulate_fn runs; all of them for a training step, one to measure it. */
enum sluice_stage {
    SLUICE_STAGE_FORWARD = 1,
    SLUICE_STAGE_BACKWARD = 2,
    SLUICE_STAGE_STATISTICS = 4,
    SLUICE_STAGE_ALL = 7
};

/* How values, gradients, elements and flows are stored. */
enum sluice_value_type {
    SLUICE_VALUE_F32 = 0,
    SLUICE_VALUE_BF16 = 1 /* CUDA only: operands of its matrix units */
};

/* The kernel families. */
enum sluice_family {
    SLUICE_LINEAR = 0, /* block-scaled values */
    SLUICE_LOG = 1     /* float64 log-values: the specification */
};

/*
 * A compiled circuit. Pointers are readable by the host. Counts of arrays in brackets; arrays
 * called *_begin hold one offset more than there are owners, and owner i has the entries from
 * begin[i] to begin[i+1].
 */
typedef struct sluice_plan {
    int32_t variables;
    int32_t blocks;
    int32_t elements;
    int32_t sums;
    int32_t tiles;
    int32_t inputs;
    int32_t steps;         /* sums + elements */
    int32_t groups;        /* rows of blocks that are normalised together */
    int32_t weights;       /* distinct tiles of parameters */
    int32_t tables;        /* distinct input parameter tables */
    int32_t root;          /* the block of the root; it has one node */
    int32_t maximum_nodes; /* in the largest block */
    int32_t maximum_fan_in; /* child nodes of the sum block that has most */
    int32_t partitions;     /* runs of sum blocks that can share a launch */
    int64_t value_nodes;   /* nodes of blocks whose values are stored */
    int64_t flow_nodes;    /* nodes of all elements */
    int64_t block_nodes_total; /* nodes of all blocks, stored or not */

    /* blocks: inputs first, then sums */
    const int32_t *block_nodes;         /* [blocks] */
    const int64_t *block_value;         /* [blocks] first node among stored ones; -1: read in place */
    const int64_t *block_first;         /* [blocks] first node among all blocks' nodes */
    const int32_t *block_input;         /* [blocks] its input, or -1 for a sum block */
    const int32_t *block_element_begin; /* [blocks + 1] */
    const int32_t *block_element;       /* elements that have the block as a factor */

    const int32_t *element_nodes;        /* [elements] */
    const int64_t *element_flow;         /* [elements] first node among elements' nodes */
    const int32_t *element_factor_begin; /* [elements + 1] */
    const int32_t *element_factor;       /* blocks; those read in place come first */
    const int32_t *element_tile_begin;   /* [elements + 1] */
    const int32_t *element_tile;         /* tiles whose child the element is */

    const int32_t *sum_block;      /* [sums] */
    const int32_t *sum_tile_begin; /* [sums + 1] */
    const int32_t *tile_element;   /* [tiles] */
    const int32_t *tile_sum;       /* [tiles] */
    const int64_t *tile_parameter; /* [tiles] offset of its weights, [parent nodes][child nodes] */

    const int32_t *variable_family;      /* [variables] sluice_input_family */
    const int32_t *variable_input_begin; /* [variables + 1] */
    const int32_t *variable_input;       /* inputs of the variable */

    const int32_t *input_block;     /* [inputs] */
    const int32_t *input_table;     /* [inputs] */
    const int32_t *input_variable;  /* [inputs] */
    const int32_t *input_first;     /* [inputs] first node within the table's rows */

    const int32_t *table_family;     /* [tables] sluice_input_family */
    const int32_t *table_categories; /* [tables] rows of statistics; 0: Gaussian */
    const int32_t *table_nodes;      /* [tables] nodes in a row: the stride */
    const int64_t *table_parameter;  /* [tables] offset among parameters */
    const int64_t *table_statistic;  /* [tables] offset among statistics; Gaussian: [3][stride],
                                        flow and the moments of (x - mean) / deviation */
    const double *table_floor;       /* [tables] Gaussian: smallest standard deviation */
    const int32_t *table_input_begin; /* [tables + 1] */
    const int32_t *table_input;       /* inputs that use the table, tied ones included */

    const int32_t *group_nodes;         /* [groups] parent nodes */
    const int32_t *group_weight_begin;  /* [groups + 1]; the weights of a group are consecutive */
    const int32_t *weight_nodes;        /* [weights] child nodes */
    const int64_t *weight_parameter;    /* [weights] */
    const int32_t *weight_tile_begin;   /* [weights + 1] */
    const int32_t *weight_tile;         /* tiles that use the weights, tied ones included */

    /* layer by layer, bottom up: equally many nodes and nearly equal fan-in */
    const int32_t *partition_layer;     /* [partitions] 1 for sums over inputs only */
    const int32_t *partition_sum_begin; /* [partitions + 1] */

    /* bottom up: s >= 0 is sum s, otherwise element ~s; children before parents */
    const int32_t *step; /* [steps] */
} sluice_plan;

/*
 * The buffers of an engine. A stored block has its values for the samples of a group at
 * block_value * capacity, as [capacity][nodes]; scales are [blocks + elements][capacity] powers of
 * two, those of elements after those of blocks: the true value is value * 2^scale.
 */
typedef struct sluice_state {
    int32_t capacity;     /* samples in a group, at least 1 */
    int32_t log_capacity; /* the same for the log-space buffers, at least 1 */
    int32_t value_type;   /* sluice_value_type of the buffers declared void */
    int32_t twice;        /* CUDA: 1: rows with sums out of the range of SLUICE_LINEAR go up once
                             more, between two bounds; 0: they are flagged. CPU: not used */
    float *parameters;    /* in the layout of the circuit */
    void *prepared;       /* CPU: all parameters once more, float, at the same offsets, each tile as
                             [child nodes][parent nodes]. CUDA: not used */
    float *statistics;    /* flow / weight for sums, flow for inputs */
    void *values;         /* [value_nodes * capacity] */
    int32_t *scales;      /* [(blocks + elements) * capacity] */
    void *gradients;      /* [value_nodes * capacity] flow / value of sum blocks. CUDA: may be
                             `values`, where no element is a single stored block */
    void *elements;       /* [flow_nodes * capacity] values of elements, for the way down */
    void *flows;          /* [flow_nodes * capacity] flows of elements */
    int32_t *cells;       /* [variables * max(capacity, log_capacity)] category, or float bits */
    double *log_values;   /* [log_capacity][block_nodes_total] */
    double *log_flows;    /* [log_capacity][block_nodes_total] */
    double *element_flows; /* [log_capacity][flow_nodes] */
    uint8_t *skipped;     /* [max(capacity, log_capacity)] samples left out of the statistics */
    void *workspace;      /* threads * workspace_bytes, 64-byte aligned; CUDA: one, 256-byte, which
                             the caller leaves as it is between calls: it holds what `prepare` makes */
    const void *image;    /* CUDA: the plan's image, 256-byte aligned */
} sluice_state;

/*
 * Some rows of a data set. Cells of SLUICE_FINITE and SLUICE_LOG_TABLE variables hold category
 * numbers. With SLUICE_LOG_ROWS there are no more rows than the smallest such table has.
 */
typedef struct sluice_batch {
    int32_t cell_type; /* sluice_cell_type */
    int32_t count;     /* rows in the batch */
    const void *cells; /* [rows of the data set][variables] */
    const uint8_t *missing; /* the same shape, 1 = missing; NULL: nothing is */
    const int32_t *rows;    /* [count] numbers of the rows; NULL: first, first + 1, ... */
    int64_t first;
} sluice_batch;

typedef struct sluice_pool sluice_pool;

/*
 * What work runs on. CPU: starts threads - 1 workers, the calling thread is the other one; stream
 * is NULL. CUDA: the stream, of the device that is current now and at every call.
 */
typedef sluice_status sluice_pool_create_fn(int32_t threads, void *stream, sluice_pool **pool);
typedef sluice_status sluice_pool_destroy_fn(sluice_pool *pool);

/*
 * Zeroed memory of the host, aligned to 64 bytes, in large pages where the system has them; pages
 * are taken when first written. The caller owns it and gives it back with the same size.
 */
typedef sluice_status sluice_memory_allocate_fn(int64_t bytes, void **memory);
typedef sluice_status sluice_memory_free_fn(void *memory, int64_t bytes);

/* Workspace that one thread (CUDA: the device) needs with the capacities of the state. */
typedef int64_t sluice_workspace_bytes_fn(const sluice_plan *plan, const sluice_state *state);

/* Bytes of what the kernels read of a plan; 0 where that is the plan itself. */
typedef int64_t sluice_image_bytes_fn(const sluice_plan *plan);

/*
 * Writes that image to host memory, for the caller to copy to the device, and keeps in the pool
 * what has to be launched for this plan: the pool serves that plan from then on.
 */
typedef sluice_status sluice_image_fn(sluice_pool *pool, const sluice_plan *plan, void *image);

/* Makes of `parameters` what kernels want besides (`prepared`, or on CUDA in the workspace); due after parameters were written from outside. */
typedef sluice_status sluice_prepare_fn(sluice_pool *pool, const sluice_plan *plan,
                                        const sluice_state *state);

/*
 * Log-likelihood (nats) of each row of the batch. flagged[i] = 1 where a non-zero sum left the
 * range of SLUICE_LINEAR: that row's result is not valid and SLUICE_LOG has to give it.
 * *flagged_rows is how many there are.
 */
typedef sluice_status sluice_forward_fn(sluice_pool *pool, const sluice_plan *plan,
                                        const sluice_state *state, const sluice_batch *batch,
                                        int32_t family, double *log_likelihood,
                                        uint8_t *flagged, int32_t *flagged_rows);

/*
 * The same, and the rows' expected statistics are added to state.statistics, or, with add = 0,
 * replace what is there. Flagged rows and rows of probability zero add nothing. CPU: totals over
 * many rows are kept apart; a batch without rows and add = 1 writes them to state.statistics, for
 * the caller to read.
 */
typedef sluice_status sluice_accumulate_fn(sluice_pool *pool, const sluice_plan *plan,
                                           const sluice_state *state, const sluice_batch *batch,
                                           int32_t family, int32_t stages, int32_t add,
                                           double *log_likelihood, uint8_t *flagged,
                                           int32_t *flagged_rows);

/*
 * EM step from the statistics, which stay as they are; keeps what `prepare` makes in step. step[0] is the
 * step size, over 0 and up to 1, step[1] the pseudocount, at least 0. Parameters whose statistics
 * are not finite stay, and *failed is 1, otherwise 0. Where `unless` is not NULL and *unless is
 * not 0, nothing happens at all.
 */
typedef sluice_status sluice_update_fn(sluice_pool *pool, const sluice_plan *plan,
                                       const sluice_state *state, const double *step,
                                       const int32_t *unless, int32_t *failed);

/*
 * Distribution of single cells given the other observed cells of their row: at
 * result + offset[row * variables + variable], where that is not negative, the probabilities of
 * the categories of SLUICE_FINITE; otherwise the weights of the mixture's components, which are the
 * nodes of the variable's inputs, input by input. They sum to one but for rounding.
 */
typedef sluice_status sluice_conditional_fn(sluice_pool *pool, const sluice_plan *plan,
                                            const sluice_state *state, const sluice_batch *batch,
                                            int32_t family, const int64_t *offset, double *result,
                                            double *log_likelihood, uint8_t *flagged,
                                            int32_t *flagged_rows);

/*
 * per_row draws for each row given its observed cells; result is [count * per_row][variables],
 * observed cells copied. Draw j of row i is numbered first_draw + i * per_row + j, which together
 * with the seed fixes its random numbers. Of SLUICE_LOG_TABLE and SLUICE_LOG_ROWS a missing cell
 * gets the drawn node's number among all blocks' nodes, as the bits of an int32_t, and what an
 * observed one gets does not count.
 */
typedef sluice_status sluice_sample_fn(sluice_pool *pool, const sluice_plan *plan,
                                       const sluice_state *state, const sluice_batch *batch,
                                       int32_t per_row, uint64_t seed, int64_t first_draw,
                                       float *result, double *log_likelihood);

/*
 * Max-product value of each row, missing cells contributing 1, and its decoding: result is
 * [count][variables], observed cells copied, missing ones set to the chosen input node's mode, or
 * to its number as in sluice_sample_fn.
 */
typedef sluice_status sluice_max_product_fn(sluice_pool *pool, const sluice_plan *plan,
                                            const sluice_state *state, const sluice_batch *batch,
                                            float *result, double *log_value);

/* What went wrong in this thread's latest failing call; valid until its next one. */
typedef const char *sluice_message_fn(void);

/* Name of the instruction set or device generation chosen when the library was loaded. */
typedef const char *sluice_target_fn(void);

typedef struct sluice_table {
    uint32_t abi_version;
    uint32_t struct_size;
    uint32_t plan_size;
    uint32_t state_size;
    uint32_t batch_size;
    uint32_t reserved;
    sluice_message_fn *message;
    sluice_target_fn *target;
    sluice_pool_create_fn *pool_create;
    sluice_pool_destroy_fn *pool_destroy;
    sluice_memory_allocate_fn *memory_allocate;
    sluice_memory_free_fn *memory_free;
    sluice_workspace_bytes_fn *workspace_bytes;
    sluice_image_bytes_fn *image_bytes;
    sluice_image_fn *image;
    sluice_prepare_fn *prepare;
    sluice_forward_fn *forward;
    sluice_accumulate_fn *accumulate;
    sluice_update_fn *update;
    sluice_conditional_fn *conditional;
    sluice_sample_fn *sample;
    sluice_max_product_fn *max_product;
} sluice_table;

/* The one exported symbol of a kernel library. */
typedef const sluice_table *sluice_kernels_fn(void);
#if defined(_WIN32)
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
const sluice_table *sluice_kernels(void);

#ifdef __cplusplus
}
#endif

#endif
