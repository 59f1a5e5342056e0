/*
 * The binary interface between Sluice's Java side, which compiles circuits and owns all memory,
 * and its kernel libraries, which only compute. The CPU and the CUDA library fill the same list
 * of functions.
 *
 * The CPU library returns when its work is done. The CUDA library enqueues its work on the pool's
 * stream and returns. Its buffers, batches and results lie in device memory; the host reads only
 * the structures that name them and the plan. Everything that it enqueues may be captured into a
 * graph and replayed: whatever changes from call to call is behind pointers.
 *
 * A circuit reaches a kernel as flat arrays (sluice_plan). Its words:
 *
 *   block      some consecutive nodes of one input or sum vector, all with the same scope. The
 *              values of a block for one row are contiguous and share one scale
 *   element    a product of blocks with equally many nodes: node c of the element is the product
 *              of the nodes c of its factors. Elements form no layer: they are computed for the
 *              sums that read them
 *   tile       the dense [parent nodes][child nodes] weights between a sum block and an element
 *   block row  all tiles of one sum block: their weights are normalised together
 *   operation  one entry of the bottom-up order: a sum block or an element
 *   row        one row of a data set
 *   row group  the rows of a batch that pass through the kernels together
 *
 * Every function returns a sluice_status. After any other than SLUICE_OK, the function `message`
 * says what was wrong in the calling thread. No function prints, exits, throws or calls back, and
 * no state is global.
 */
#ifndef SLUICE_H
#define SLUICE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ABI_VERSION 4

typedef int32_t sluice_status;

enum sluice_status_code {
    SLUICE_OK = 0,
    SLUICE_INVALID = 1,       /* an argument is out of range */
    SLUICE_OUT_OF_MEMORY = 2, /* the system gave no memory or no thread */
    SLUICE_DEVICE = 3         /* the device failed */
};

/* How the nodes of an input block get their values from the cell of their variable. */
enum sluice_input_kind {
    SLUICE_FINITE = 0,   /* parameters [category][nodes]: probabilities, read in place */
    SLUICE_GAUSSIAN = 1, /* parameters [2][nodes]: means, then standard deviations */
    /* For any other distribution the caller tabulates log-densities, -infinity for a density of
       zero. It learns from the statistics, which are the total flows of the table's entries;
       updates leave these tables alone. An entry is the sum of two floats: the log-density rounded
       to float, and the remainder. */
    SLUICE_LOG_TABLE = 2, /* parameters [2][category][nodes]: log-probabilities */
    SLUICE_LOG_ROWS = 3   /* parameters [2][rows][nodes]: row r belongs to row r of a batch */
};

enum sluice_cell_type { SLUICE_U8 = 0, SLUICE_I32 = 1, SLUICE_F32 = 2 };

/* Which stages sluice_accumulate_fn runs: all of them to train, single ones to measure them. */
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

/* What kernels compute with. */
enum sluice_arithmetic {
    SLUICE_LINEAR = 0, /* block-scaled float32 values */
    SLUICE_LOG = 1     /* float64 log-values: the specification */
};

/*
 * A compiled circuit. The host can read all pointers. Array lengths are in brackets. An array
 * called *_begin has one entry more than there are owners: owner i has the entries begin[i] to
 * begin[i + 1] - 1 of the array without that suffix.
 */
typedef struct sluice_plan {
    int32_t variables;
    int32_t blocks;
    int32_t elements;
    int32_t sums; /* sum blocks */
    int32_t tiles;
    int32_t inputs;            /* input blocks */
    int32_t operations;        /* sums + elements */
    int32_t block_rows;        /* of the sum blocks that own their weights */
    int32_t weights;           /* distinct tiles of parameters: tied tiles count once */
    int32_t tables;            /* distinct parameter tables of inputs */
    int32_t root;              /* block of the root; it has one node */
    int32_t maximum_nodes;     /* nodes of the largest block */
    int32_t maximum_fan_in;    /* most child nodes of any sum block */
    int32_t partitions;        /* runs of sum blocks that can share a launch */
    int64_t value_nodes;       /* nodes of the blocks whose values are stored */
    int64_t flow_nodes;        /* nodes of all elements */
    int64_t block_nodes_total; /* nodes of all blocks, stored or not */

    /* blocks: inputs first, then sums */
    const int32_t *block_nodes; /* [blocks] */
    const int64_t *block_value; /* [blocks] first node among those stored; -1: read in place */
    const int64_t *block_first; /* [blocks] first node among the nodes of all blocks */
    const int32_t *block_input; /* [blocks] input of the block; -1 for a sum block */
    const int32_t *block_element_begin; /* [blocks + 1] */
    const int32_t *block_element;       /* elements that have the block as a factor */

    const int32_t *element_nodes;        /* [elements] */
    const int64_t *element_flow;         /* [elements] first node among the nodes of all elements */
    const int32_t *element_factor_begin; /* [elements + 1] */
    const int32_t *element_factor;       /* blocks; those that are read in place come first */
    const int32_t *element_tile_begin;   /* [elements + 1] */
    const int32_t *element_tile;         /* tiles that have the element as their child */

    const int32_t *sum_block;      /* [sums] */
    const int32_t *sum_tile_begin; /* [sums + 1]; the tiles of a sum are consecutive */
    const int32_t *tile_element;   /* [tiles] */
    const int32_t *tile_sum;       /* [tiles] */
    const int64_t *tile_parameter; /* [tiles] offset of its weights, [parent nodes][child nodes] */

    const int32_t *variable_kind;        /* [variables] sluice_input_kind */
    const int32_t *variable_input_begin; /* [variables + 1] */
    const int32_t *variable_input;       /* inputs of the variable */

    const int32_t *input_block;    /* [inputs] */
    const int32_t *input_table;    /* [inputs] */
    const int32_t *input_variable; /* [inputs] */
    const int32_t *input_first;    /* [inputs] first node within a row of the table */

    const int32_t *table_kind;        /* [tables] sluice_input_kind */
    const int32_t *table_categories;  /* [tables] rows of statistics; 0 for Gaussians */
    const int32_t *table_nodes;       /* [tables] nodes of a row */
    const int64_t *table_parameter;   /* [tables] offset among the parameters */
    const int64_t *table_statistic;   /* [tables] offset among the statistics. Gaussian: [3][nodes],
                                        flow, and both moments of (x - mean) / deviation */
    const double *table_floor;        /* [tables] smallest standard deviation of Gaussians */
    const int32_t *table_input_begin; /* [tables + 1] */
    const int32_t *table_input;       /* inputs that use the table, tied ones included */

    const int32_t *block_row_nodes;        /* [block_rows] parent nodes */
    const int32_t *block_row_weight_begin; /* [block_rows + 1]; its weights are consecutive */
    const int32_t *weight_nodes;           /* [weights] child nodes */
    const int64_t *weight_parameter;       /* [weights] offset among the parameters */
    const int32_t *weight_tile_begin;      /* [weights + 1] */
    const int32_t *weight_tile;            /* tiles that use the weights, tied ones included */

    /* layer by layer, bottom up: sums with equally many nodes and nearly equal fan-in */
    const int32_t *partition_layer;     /* [partitions] 1 for sums over inputs only */
    const int32_t *partition_sum_begin; /* [partitions + 1] */

    /* bottom up, children before parents: o >= 0 is sum o, otherwise element ~o */
    const int32_t *operation; /* [operations] */
} sluice_plan;

/*
 * The buffers of an engine. The values of a stored block for the rows of a row group begin at
 * block_value * capacity and lie as [capacity][nodes]. Scales are powers of two,
 * [blocks + elements][capacity]: those of elements come after those of blocks. The true value is
 * value * 2^scale.
 */
typedef struct sluice_state {
    int32_t capacity;     /* most rows of a row group, at least 1 */
    int32_t log_capacity; /* the same for the log-space buffers, at least 1 */
    int32_t value_type;   /* sluice_value_type of the buffers declared void */
    int32_t second_pass; /* CUDA: where a row has sums out of the range of SLUICE_LINEAR, 1: another
                             forward pass computes bounds; 0: the row is flagged. CPU: unused */
    float *parameters;   /* in the layout of the circuit */
    void *prepared;      /* CPU: a float copy of all parameters at the same offsets, each tile
                             transposed to [child nodes][parent nodes]. CUDA: unused */
    float *statistics;   /* flow / weight for sums, flow for inputs */
    void *values;        /* [value_nodes * capacity] */
    int32_t *scales;     /* [(blocks + elements) * capacity] */
    void *gradients;     /* [value_nodes * capacity] flow / value of sum blocks. CUDA: may be
                             `values` if no element is a single stored block */
    void *elements;      /* [flow_nodes * capacity] values of elements, for the backward pass */
    void *flows;         /* [flow_nodes * capacity] flows of elements */
    int32_t *cells;      /* [variables * max(capacity, log_capacity)] category, or float bits */
    double *log_values;  /* [log_capacity][block_nodes_total] */
    double *log_flows;   /* [log_capacity][block_nodes_total] */
    double *element_flows; /* [log_capacity][flow_nodes] */
    uint8_t *skipped;      /* [max(capacity, log_capacity)] 1: the statistics leave the row out */
    void *workspace; /* CPU: threads * workspace_bytes, 64-byte aligned. CUDA: workspace_bytes,
                             256-byte aligned; the caller keeps it from call to call, because it
                             holds what `prepare` derives */
    const void *device_plan; /* CUDA: see sluice_device_plan_fn; 256-byte aligned */
} sluice_state;

/*
 * Some rows of a data set. Cells of SLUICE_FINITE and SLUICE_LOG_TABLE variables hold category
 * numbers. With SLUICE_LOG_ROWS a batch has at most as many rows as the smallest such table.
 */
typedef struct sluice_batch {
    int32_t cell_type;      /* sluice_cell_type */
    int32_t count;          /* rows of the batch */
    const void *cells;      /* [rows of the data set][variables] */
    const uint8_t *missing; /* the same shape, 1 = missing; NULL: no cell is missing */
    const int32_t *rows;    /* [count] indices of the rows; NULL: first, first + 1, ... */
    int64_t first;          /* index of the first row where `rows` is NULL */
} sluice_batch;

typedef struct sluice_pool sluice_pool;

/*
 * What work runs on. CPU: starts threads - 1 workers beside the calling thread; stream is NULL.
 * CUDA: the stream, of the device that is current now and at every call.
 */
typedef sluice_status sluice_pool_create_fn(int32_t threads, void *stream, sluice_pool **pool);
typedef sluice_status sluice_pool_destroy_fn(sluice_pool *pool);

/*
 * Zeroed host memory, aligned to 64 bytes, in large pages where the system has them; the system
 * provides a page at its first write. The caller owns it and frees it with the same size.
 */
typedef sluice_status sluice_memory_allocate_fn(int64_t bytes, void **memory);
typedef sluice_status sluice_memory_free_fn(void *memory, int64_t bytes);

/* Workspace of one thread (CUDA: of the device) for the capacities of the state, in bytes. */
typedef int64_t sluice_workspace_bytes_fn(const sluice_plan *plan, const sluice_state *state);

/* Size of the device plan, in bytes; 0 for the CPU, whose kernels read the plan itself. */
typedef int64_t sluice_device_plan_bytes_fn(const sluice_plan *plan);

/*
 * Writes the device plan, which is what kernels on a device read of a plan, to host memory; the
 * caller copies it to the device. The pool keeps the launch list of this plan and serves only it
 * from then on.
 */
typedef sluice_status sluice_device_plan_fn(sluice_pool *pool, const sluice_plan *plan,
                                            void *device_plan);

/*
 * Derives the copies of the parameters that kernels read (`prepared`; on CUDA in the workspace).
 * Due after the parameters were written from outside.
 */
typedef sluice_status sluice_prepare_fn(sluice_pool *pool, const sluice_plan *plan,
                                        const sluice_state *state);

/*
 * log_likelihood[count] of the batch's rows, in nats. flagged[count] is 1 where a non-zero sum left
 * the range of SLUICE_LINEAR: the result of that row is not valid, and SLUICE_LOG has to compute
 * it. *flagged_rows is the number of these rows.
 */
typedef sluice_status sluice_forward_fn(sluice_pool *pool, const sluice_plan *plan,
                                        const sluice_state *state, const sluice_batch *batch,
                                        int32_t arithmetic, double *log_likelihood,
                                        uint8_t *flagged, int32_t *flagged_rows);

/*
 * Computes the same, and the expected statistics of the rows. With add = 1 these are added to
 * state.statistics, with add = 0 they replace them. Flagged rows and rows of probability zero
 * contribute nothing. CPU: totals over many rows are kept apart; a batch without rows and add = 1 writes
 * them to state.statistics, for the caller to read.
 */
typedef sluice_status sluice_accumulate_fn(sluice_pool *pool, const sluice_plan *plan,
                                           const sluice_state *state, const sluice_batch *batch,
                                           int32_t arithmetic, int32_t stages, int32_t add,
                                           double *log_likelihood, uint8_t *flagged,
                                           int32_t *flagged_rows);

/*
 * EM step from the statistics, which do not change. Keeps the copies of `prepare` up to date.
 * step[0] is the step size, above 0 and at most 1; step[1] is the pseudocount, at least 0.
 * Parameters whose statistics are not finite stay as they are, and *failed becomes 1, otherwise 0.
 * Does nothing at all where `unless` is not NULL and *unless is not 0.
 */
typedef sluice_status sluice_update_fn(sluice_pool *pool, const sluice_plan *plan,
                                       const sluice_state *state, const double *step,
                                       const int32_t *unless, int32_t *failed);

/*
 * Distributions of single cells given the other observed cells of their row. The distribution for
 * a cell begins at result + offset[row * variables + variable]; a negative offset skips the cell.
 * For SLUICE_FINITE it holds the probabilities of the categories; otherwise the weights of the
 * mixture's components, which are the nodes of the variable's inputs, input by input. Either sums
 * to one up to rounding.
 */
typedef sluice_status sluice_conditional_fn(sluice_pool *pool, const sluice_plan *plan,
                                            const sluice_state *state, const sluice_batch *batch,
                                            int32_t arithmetic, const int64_t *offset,
                                            double *result, double *log_likelihood,
                                            uint8_t *flagged, int32_t *flagged_rows);

/*
 * per_row draws for each row given its observed cells; result is [count * per_row][variables], with
 * the observed cells copied. The number of draw j of row i is first_draw + i * per_row + j: with
 * the seed it determines the draw's random numbers. For SLUICE_LOG_TABLE and SLUICE_LOG_ROWS a
 * missing cell becomes the drawn node's index among the nodes of all blocks, as the bits of an
 * int32_t, and an observed cell is unspecified.
 */
typedef sluice_status sluice_sample_fn(sluice_pool *pool, const sluice_plan *plan,
                                       const sluice_state *state, const sluice_batch *batch,
                                       int32_t per_row, uint64_t seed, int64_t first_draw,
                                       float *result, double *log_likelihood);

/*
 * log_value[count]: the max-product value of each row, in nats: the largest product of weights and
 * densities along a sub-circuit, where an input without a cell contributes the density of its mode.
 * The decoding follows from that sub-circuit: result is [count][variables], with the observed cells
 * copied and each missing cell set to the mode of its input node, or to the node's index as in
 * sluice_sample_fn. For a missing cell of SLUICE_LOG_ROWS, entry r of the table is the log-density
 * of the node's mode.
 */
typedef sluice_status sluice_max_product_fn(sluice_pool *pool, const sluice_plan *plan,
                                            const sluice_state *state, const sluice_batch *batch,
                                            float *result, double *log_value);

/* What went wrong in this thread's latest failed call; valid until its next call. */
typedef const char *sluice_message_fn(void);

/* The instruction set or device generation that was chosen when the library was loaded. */
typedef const char *sluice_target_fn(void);

/* The functions of a kernel library, and the sizes of the structures that it was built with. */
typedef struct sluice_functions {
    uint32_t abi_version;
    uint32_t struct_size; /* of this structure */
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
    sluice_device_plan_bytes_fn *device_plan_bytes;
    sluice_device_plan_fn *device_plan;
    sluice_prepare_fn *prepare;
    sluice_forward_fn *forward;
    sluice_accumulate_fn *accumulate;
    sluice_update_fn *update;
    sluice_conditional_fn *conditional;
    sluice_sample_fn *sample;
    sluice_max_product_fn *max_product;
} sluice_functions;

/* The one exported symbol of a kernel library. */
typedef const sluice_functions *sluice_kernels_fn(void);
#if defined(_WIN32)
__declspec(dllexport)
#else
__attribute__((visibility("default")))
#endif
        const sluice_functions *sluice_kernels(void);

#ifdef __cplusplus
}
#endif

#endif
