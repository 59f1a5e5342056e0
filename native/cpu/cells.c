#include "cells.h"

#include <math.h>

static int32_t missing_cell(int32_t kind) {
    return kind != SLUICE_GAUSSIAN ? MISSING_CATEGORY : cell_of_value(NAN);
}

static inline int32_t cell_of(const sluice_batch *batch, int64_t at, int32_t kind, int32_t type) {
    float value;
    switch (type) {
        case SLUICE_U8:
            if (kind != SLUICE_GAUSSIAN) {
                return ((const uint8_t *)batch->cells)[at];
            }
            value = ((const uint8_t *)batch->cells)[at];
            break;
        case SLUICE_I32:
            if (kind != SLUICE_GAUSSIAN) {
                return ((const int32_t *)batch->cells)[at];
            }
            value = (float)((const int32_t *)batch->cells)[at];
            break;
        default:
            value = ((const float *)batch->cells)[at];
            if (kind != SLUICE_GAUSSIAN) {
                return (int32_t)value;
            }
            break;
    }
    return cell_of_value(value);
}

/*
 * Variables of a strip: the rows that are read and the columns that are written stay in the cache.
 * Columns are mostly a multiple of a kilobyte apart, so the sets of the first-level cache hold no more
 * than this many.
 */
enum { STRIP = 32 };

/* Cells begin .. end - 1 of a row, to addresses `capacity` apart; the type is a constant. */
static inline __attribute__((always_inline)) void load_strip(const sluice_plan *plan,
                                                             const sluice_batch *batch,
                                                             int32_t number, int32_t begin,
                                                             int32_t end, int32_t *to,
                                                             int64_t capacity, const int32_t type) {
    const int64_t row = batch_row(batch, number) * plan->variables;
    for (int32_t v = begin; v < end; v++, to += capacity) {
        const int32_t kind = plan->variable_kind[v];
        *to = batch->missing != NULL && batch->missing[row + v] ? missing_cell(kind)
              : kind == SLUICE_LOG_ROWS                         ? number
                                        : cell_of(batch, row + v, kind, type);
    }
}

/* Prefetch distance in rows, which may be anywhere in the data set. */
enum { ROWS_AHEAD = 4, BYTES_PER_LINE = 64 };

static void prefetch_cells(const sluice_plan *plan, const sluice_batch *batch, int32_t number) {
    const int64_t size = batch->cell_type == SLUICE_U8 ? 1 : sizeof(int32_t);
    const char *row =
            (const char *)batch->cells + batch_row(batch, number) * plan->variables * size;
    for (int64_t i = 0; i < plan->variables * size; i += BYTES_PER_LINE)
        __builtin_prefetch(row + i);
}

/* The most frequent case: no cell is missing, and categories are bytes. */
static void load_bytes(const uint8_t *from, int32_t count, int32_t *to, int64_t capacity) {
    for (int32_t v = 0; v < count; v++) to[v * capacity] = from[v];
}

static int are_categories(const sluice_plan *plan, int32_t begin, int32_t end) {
    int32_t other = 0;
    for (int32_t v = begin; v < end; v++) other += plan->variable_kind[v] != SLUICE_FINITE;
    return other == 0;
}

void load_cells(const sluice_plan *plan, const sluice_state *state, const sluice_batch *batch,
                int32_t capacity, int32_t row_begin, int32_t first, int32_t count) {
    const int32_t variables = plan->variables;
    for (int32_t begin = 0; begin < variables; begin += STRIP) {
        const int32_t end = begin + STRIP < variables ? begin + STRIP : variables;
        const int bytes = batch->cell_type == SLUICE_U8 && batch->missing == NULL
                          && are_categories(plan, begin, end);
        for (int32_t b = 0; b < count; b++) {
            const int32_t number = row_begin + b;
            int32_t *to = variable_cells(state, capacity, begin, first + b);
            if (begin == 0 && b + ROWS_AHEAD < count) {
                prefetch_cells(plan, batch, number + ROWS_AHEAD);
            }
            if (bytes) {
                load_bytes((const uint8_t *)batch->cells
                                   + batch_row(batch, number) * (int64_t)variables + begin,
                           end - begin, to, capacity);
            } else if (batch->cell_type == SLUICE_U8) {
                load_strip(plan, batch, number, begin, end, to, capacity, SLUICE_U8);
            } else if (batch->cell_type == SLUICE_I32) {
                load_strip(plan, batch, number, begin, end, to, capacity, SLUICE_I32);
            } else {
                load_strip(plan, batch, number, begin, end, to, capacity, SLUICE_F32);
            }
        }
    }
}
