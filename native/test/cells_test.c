#include "cells.h"

#include <math.h>
#include <string.h>

#include "guarded.h"
#include "statements.h"

enum { ROWS_OF_DATA = 50, MOST_VARIABLES = 70, GAP = 2, CATEGORIES_IN_A_BYTE = 200 };

typedef struct {
    int32_t variables, type, kind; /* kind -1: all of them, in turn */
    int32_t count, row_begin, first;
    int missing, listed;
} shape;

typedef struct {
    sluice_plan plan;
    sluice_state state;
    sluice_batch batch;
    int32_t category[ROWS_OF_DATA * MOST_VARIABLES];
    float number[ROWS_OF_DATA * MOST_VARIABLES];
} data;

static int32_t kind_of(const shape *s, int32_t variable) {
    return s->kind >= 0 ? s->kind : variable % 4;
}

/* Cells of Gaussian variables are fractions where the type holds them. */
static const void *cells_of_type(const shape *s, data *d) {
    const int32_t cells = ROWS_OF_DATA * s->variables;
    uint8_t bytes[ROWS_OF_DATA * MOST_VARIABLES];
    float floats[ROWS_OF_DATA * MOST_VARIABLES];
    for (int32_t i = 0; i < cells; i++) {
        const int gaussian = kind_of(s, i % s->variables) == SLUICE_GAUSSIAN;
        d->category[i] = random_below(CATEGORIES_IN_A_BYTE);
        d->number[i] = (float)d->category[i]
                       + (gaussian && s->type == SLUICE_F32 ? (float)random_between(0, 1) : 0);
        bytes[i] = (uint8_t)d->category[i];
        floats[i] = d->number[i];
    }
    switch (s->type) {
        case SLUICE_U8:
            return guarded_copy("cells of the data", bytes, cells);
        case SLUICE_I32:
            return guarded_copy("cells of the data", d->category, (int64_t)sizeof(int32_t) * cells);
        default:
            return guarded_copy("cells of the data", floats, (int64_t)sizeof(float) * cells);
    }
}

static data *new_data(const shape *s) {
    static data d;
    int32_t kinds[MOST_VARIABLES];
    int32_t rows[ROWS_OF_DATA];
    uint8_t missing[ROWS_OF_DATA * MOST_VARIABLES];
    const int32_t batch_rows = s->row_begin + s->count;
    memset(&d, 0, sizeof d);
    for (int32_t v = 0; v < s->variables; v++) kinds[v] = kind_of(s, v);
    for (int32_t i = 0; i < batch_rows; i++) rows[i] = random_below(ROWS_OF_DATA);
    for (int32_t i = 0; i < ROWS_OF_DATA * s->variables; i++) missing[i] = random_below(3) == 0;
    d.plan.variables = s->variables;
    d.plan.variable_kind =
            guarded_copy("variable_kind", kinds, (int64_t)sizeof(int32_t) * s->variables);
    d.state.capacity = s->first + s->count + GAP;
    d.state.cells = guarded("cells", (int64_t)sizeof(int32_t) * s->variables * d.state.capacity);
    d.batch = (sluice_batch){.cell_type = s->type,
                             .count = batch_rows,
                             .cells = cells_of_type(s, &d),
                             .first = ROWS_OF_DATA - batch_rows};
    if (s->missing) {
        d.batch.missing = guarded_copy("missing", missing, ROWS_OF_DATA * s->variables);
    }
    if (s->listed) {
        d.batch.rows = guarded_copy("rows", rows, (int64_t)sizeof(int32_t) * batch_rows);
    }
    return &d;
}

static int32_t expected_cell(const shape *s, const data *d, int32_t number, int32_t variable) {
    const int64_t row = d->batch.rows != NULL ? d->batch.rows[number] : d->batch.first + number;
    const int64_t at = row * s->variables + variable;
    const int missing = d->batch.missing != NULL && d->batch.missing[at];
    switch (kind_of(s, variable)) {
        case SLUICE_GAUSSIAN:
            return cell_of_value(d->number[at]);
        case SLUICE_LOG_ROWS:
            return missing ? MISSING_CATEGORY : number;
        default:
            return missing ? MISSING_CATEGORY : d->category[at];
    }
}

static int is_missing_number(const shape *s, const data *d, int32_t number, int32_t variable) {
    const int64_t row = d->batch.rows != NULL ? d->batch.rows[number] : d->batch.first + number;
    return kind_of(s, variable) == SLUICE_GAUSSIAN && d->batch.missing != NULL
           && d->batch.missing[row * s->variables + variable];
}

static void expect_cells(const shape *s) {
    data *d = new_data(s);
    load_cells(&d->plan, &d->state, &d->batch, d->state.capacity, s->row_begin, s->first, s->count);
    for (int32_t v = 0; v < s->variables; v++) {
        const int32_t *cells = d->state.cells + (int64_t)v * d->state.capacity;
        expect_untouched(cells, (int64_t)sizeof(int32_t) * s->first, "slots before the rows");
        expect_untouched(cells + s->first + s->count, (int64_t)sizeof(int32_t) * GAP,
                         "slots after the rows");
        for (int32_t i = 0; i < s->count; i++) {
            const int32_t actual = cells[s->first + i];
            if (is_missing_number(s, d, s->row_begin + i, v)) {
                expect(isnan(cell_value(actual)), "missing cell[%d][%d] is %g", i, v,
                       cell_value(actual));
            } else {
                expect(actual == expected_cell(s, d, s->row_begin + i, v),
                       "cell[%d][%d] is %d, expected %d", i, v, actual,
                       expected_cell(s, d, s->row_begin + i, v));
            }
        }
    }
}

STATEMENT(cells_of_any_type_reach_their_places) {
    static const int32_t variables[] = {1, 3, 31, 32, 33, 65};
    static const int32_t counts[] = {0, 1, 3, 4, 5, 17};
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < 6 * 6 * 3 * 2 * 4; i++) {
            const shape s = {.variables = variables[i % 6],
                             .count = counts[i / 6 % 6],
                             .type = i / 36 % 3,
                             .kind = i / 108 % 2 - 1,
                             .missing = i / 216 % 2,
                             .listed = i / 432 % 2,
                             .row_begin = i % 5,
                             .first = i % 3};
            begin_case(seed, "%d variables, %d rows, type %d, kinds %d, missing %d, listed %d",
                       s.variables, s.count, s.type, s.kind, s.missing, s.listed);
            place_buffers((placement)(i / 7 % 2));
            expect_cells(&s);
        }
    }
}
