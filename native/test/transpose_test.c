#include "guarded.h"
#include "instruction_set.h"
#include "statements.h"

KERNEL_STATEMENT(a_transposed_matrix_has_rows_and_columns_exchanged) {
    const inner_kernels *inner = inner_kernels_of(kernels);
    for (int32_t i = 0; i < node_counts(); i++) {
        for (int32_t j = 0; j < node_counts(); j++) {
            for (int way = 0; way < 4; way++) {
                const int32_t rows = node_count(i);
                const int32_t columns = node_count(j);
                const int32_t gap = way & 1 ? 3 : 0;
                const int32_t stride = rows + gap;
                begin_case(first_seed(), "%d rows, %d columns, gap %d", rows, columns, gap);
                place_buffers((placement)(way >> 1));
                float *from = guarded("from", (int64_t)sizeof(float) * rows * columns);
                float *to = guarded(
                        "to", (int64_t)sizeof(float) * ((int64_t)stride * (columns - 1) + rows));
                for (int32_t k = 0; k < rows * columns; k++) from[k] = (float)k;
                make_read_only(from);
                inner->transpose(from, rows, columns, to, stride);
                for (int32_t c = 0; c < columns; c++) {
                    for (int32_t r = 0; r < rows; r++) {
                        expect(to[c * stride + r] == (float)(r * columns + c),
                               "to[%d][%d] is %g, expected %d", c, r, to[c * stride + r],
                               r * columns + c);
                    }
                    if (c + 1 < columns) {
                        expect_untouched(to + c * stride + rows, (int64_t)sizeof(float) * gap,
                                         "the gap after a row");
                    }
                }
            }
        }
    }
}
