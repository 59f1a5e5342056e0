#include "cells.h"

#include <math.h>

static int32_t missing_cell(int32_t family) {
    return family != SLUICE_GAUSSIAN ? MISSING_CATEGORY : cell_of_value(NAN);
}

static int32_t cell_of(const sluice_batch *batch, int64_t at, int32_t family) {
    float value;
    switch (batch->cell_type) {
        case SLUICE_U8:
            if (family != SLUICE_GAUSSIAN) {
                return ((const uint8_t *)batch->cells)[at];
            }
            value = ((const uint8_t *)batch->cells)[at];
            break;
        case SLUICE_I32:
            if (family != SLUICE_GAUSSIAN) {
                return ((const int32_t *)batch->cells)[at];
            }
            value = (float)((const int32_t *)batch->cells)[at];
            break;
        default:
            value = ((const float *)batch->cells)[at];
            if (family != SLUICE_GAUSSIAN) {
                return (int32_t)value;
            }
            break;
    }
    return cell_of_value(value);
}

void load_cells(const sluice_plan *plan, const sluice_state *state, const sluice_batch *batch,
                int32_t capacity, int32_t row_begin, int32_t first, int32_t count) {
    /* Strips of variables keep both the rows read and the columns written in the cache. */
    enum { STRIP = 64 };
    const int64_t variables = plan->variables;
    for (int32_t strip = 0; strip < variables; strip += STRIP) {
        const int32_t end = strip + STRIP < variables ? strip + STRIP : (int32_t)variables;
        for (int32_t b = 0; b < count; b++) {
            const int64_t row = batch_row(batch, row_begin + b) * variables;
            for (int32_t v = strip; v < end; v++) {
                const int32_t family = plan->variable_family[v];
                *variable_cells(state, capacity, v, first + b) =
                        batch->missing != NULL && batch->missing[row + v]
                                ? missing_cell(family)
                        : family == SLUICE_LOG_ROWS ? row_begin + b
                                                    : cell_of(batch, row + v, family);
            }
        }
    }
}
