/* Addresses in the buffers of a sluice_state; `first` is the slot of the first row of a call. */
#ifndef SLUICE_LAYOUT_H
#define SLUICE_LAYOUT_H

#include <stddef.h>
#include <string.h>

#include "../common/range.h"
#include "sluice/sluice.h"

/* A missing cell; that of a Gaussian variable is a NaN. */
#define MISSING_CATEGORY (-1)

static inline float *block_values(const sluice_plan *plan, void *buffer, int32_t capacity,
                                  int32_t block, int32_t first) {
    return (float *)buffer + plan->block_value[block] * capacity
           + (int64_t)first * plan->block_nodes[block];
}

static inline int32_t *block_scales(const sluice_state *state, int32_t block, int32_t first) {
    return state->scales + (int64_t)block * state->capacity + first;
}

/* Only products of many factors have them: see product.h. */
static inline int32_t *element_scales_at(const sluice_plan *plan, const sluice_state *state,
                                         int32_t element, int32_t first) {
    return block_scales(state, plan->blocks + element, first);
}

static inline float *element_flows(const sluice_plan *plan, const sluice_state *state,
                                   int32_t element, int32_t first) {
    return (float *)state->flows + plan->element_flow[element] * state->capacity
           + (int64_t)first * plan->element_nodes[element];
}

static inline float *element_values(const sluice_plan *plan, const sluice_state *state,
                                    int32_t element, int32_t first) {
    return (float *)state->elements + plan->element_flow[element] * state->capacity
           + (int64_t)first * plan->element_nodes[element];
}

/* The weights of each tile as [child nodes][parent nodes], at the tile's offset. */
static inline float *prepared_weights(const sluice_state *state) { return state->prepared; }

/* Cells of a variable in consecutive rows, in buffers with `capacity` slots. */
static inline int32_t *variable_cells(const sluice_state *state, int32_t capacity, int32_t variable,
                                      int32_t first) {
    return state->cells + (int64_t)variable * capacity + first;
}

static inline float cell_value(int32_t cell) {
    union {
        int32_t bits;
        float value;
    } both = {.bits = cell};
    return both.value;
}

static inline int32_t cell_of_value(float value) {
    union {
        int32_t bits;
        float value;
    } both = {.value = value};
    return both.bits;
}

static inline int is_missing(const sluice_plan *plan, const sluice_state *state, int32_t capacity,
                             int32_t variable, int32_t b) {
    const int32_t cell = *variable_cells(state, capacity, variable, b);
    const float value = cell_value(cell);
    return plan->variable_kind[variable] == SLUICE_GAUSSIAN ? value != value : cell < 0;
}

static inline int32_t table_statistic_rows(const sluice_plan *plan, int32_t table) {
    enum { GAUSSIAN_MOMENTS = 3 };
    return plan->table_kind[table] == SLUICE_GAUSSIAN ? GAUSSIAN_MOMENTS
                                                      : plan->table_categories[table];
}

static inline void clear_table_columns(const sluice_plan *plan, const sluice_state *state,
                                       int32_t table, int32_t begin, int32_t end) {
    float *statistics = state->statistics + plan->table_statistic[table] + begin;
    for (int32_t r = 0; r < table_statistic_rows(plan, table); r++) {
        memset(statistics + (int64_t)r * plan->table_nodes[table], 0,
               sizeof *statistics * (size_t)(end - begin));
    }
}

/* Offset from a log-density's high part to its low part in a table. */
static inline int64_t table_entries(const sluice_plan *plan, int32_t table) {
    return (int64_t)plan->table_categories[table] * plan->table_nodes[table];
}

/*
 * The first entry of `table_input` from i on whose input reads some of the table's columns begin ..
 * end - 1; the table's last entry + 1 if there is none. Each vector that uses a table divides its
 * columns into equal blocks with one entry each. So the search can skip entries, and a task need not
 * examine all of many blocks.
 */
static inline int32_t next_table_input(const sluice_plan *plan, int32_t table, int32_t begin,
                                       int32_t end, int32_t i) {
    const int32_t last = plan->table_input_begin[table + 1];
    while (i < last) {
        const int32_t input = plan->table_input[i];
        const int32_t first = plan->input_first[input];
        const int32_t nodes = plan->block_nodes[plan->input_block[input]];
        int32_t target; /* column at which the search goes on */
        if (first + nodes <= begin) {
            target = begin / nodes * nodes;
        } else if (first >= end) {
            target = plan->table_nodes[table];
        } else {
            return i;
        }
        const int64_t candidate = (int64_t)i + (target - first) / nodes;
        const int32_t column = target < plan->table_nodes[table] ? target : 0;
        const int there =
                candidate == last
                || (candidate < last && plan->input_first[plan->table_input[candidate]] == column);
        i = there && candidate > i ? (int32_t)candidate : i + 1;
    }
    return last;
}

/* Rows of a weight: the nodes of the sum blocks whose tiles use it. */
static inline int32_t weight_rows(const sluice_plan *plan, int32_t weight) {
    const int32_t tile = plan->weight_tile[plan->weight_tile_begin[weight]];
    return plan->block_nodes[plan->sum_block[plan->tile_sum[tile]]];
}

/*
 * The most that one task owns: columns of a table, nodes of a block row in an update, rows of a weight
 * in the statistics. Tasks are small enough to keep every thread busy with one large tied tile, and
 * large enough that the elements that each task forms again are a small part of its work.
 */
enum { COLUMNS_PER_TASK = 64, NODES_PER_TASK = 32, ROWS_PER_TASK = 64 };

enum { FLOATS_PER_LINE = 16 }; /* of the cache */

/* A kernel computes at most this many rows in one call. */
enum { ROWS_PER_CALL = 256 };

typedef struct {
    float *formed;  /* [ROWS_PER_CALL][maximum_nodes] an element's values */
    float *scaled;  /* [ROWS_PER_CALL][maximum_nodes] another operand, or powers of two (int32_t) */
    float *flow;    /* [ROWS_PER_CALL][maximum_nodes] flows over an element's values */
    int32_t *scale; /* [ROWS_PER_CALL] */
    int32_t *scale2; /* [ROWS_PER_CALL] */
    float *factor;   /* [ROWS_PER_CALL] */
} linear_scratch;    /* of one thread */

static inline int64_t aligned_bytes(int64_t bytes) { return (bytes + 63) / 64 * 64; }

static inline int64_t linear_scratch_bytes(const sluice_plan *plan) {
    return 3 * aligned_bytes((int64_t)ROWS_PER_CALL * plan->maximum_nodes * (int64_t)sizeof(float))
           + 3 * aligned_bytes(ROWS_PER_CALL * (int64_t)sizeof(float));
}

static inline linear_scratch linear_scratch_at(const sluice_plan *plan, void *memory) {
    int64_t rows =
            aligned_bytes((int64_t)ROWS_PER_CALL * plan->maximum_nodes * (int64_t)sizeof(float));
    int64_t row_floats = aligned_bytes(ROWS_PER_CALL * (int64_t)sizeof(float));
    char *at = memory;
    linear_scratch scratch;
    scratch.formed = (float *)at;
    scratch.scaled = (float *)(at + rows);
    scratch.flow = (float *)(at + 2 * rows);
    scratch.scale = (int32_t *)(at + 3 * rows);
    scratch.scale2 = (int32_t *)(at + 3 * rows + row_floats);
    scratch.factor = (float *)(at + 3 * rows + 2 * row_floats);
    return scratch;
}

#endif
