#include <math.h>

#include "guarded.h"
#include "instruction_set.h"
#include "statements.h"

extern const inner_kernels inner_portable;
#if defined(__x86_64__)
extern const inner_kernels inner_avx2;
extern const inner_kernels inner_avx512;
#endif

const inner_kernels *inner_kernels_of(const linear_kernels *kernels) {
#if defined(__x86_64__)
    if (kernels == &sluice_linear_avx2) {
        return &inner_avx2;
    }
    if (kernels == &sluice_linear_avx512) {
        return &inner_avx512;
    }
#endif
    (void)kernels;
    return &inner_portable;
}

typedef struct {
    int m, n, depth;
    int64_t a_row, a_column, b_row, c_row;
    float *a, *b, *c;
    float *before; /* what c held */
} product;

/* `gap` floats separate the rows of b, and of c. `columns`: a is read down its columns. */
static product new_product(int m, int n, int depth, int gap, int columns) {
    product p = {.m = m, .n = n, .depth = depth, .b_row = n + gap, .c_row = n + gap};
    p.a_row = columns ? 1 : depth;
    p.a_column = columns ? m : 1;
    p.a = guarded("a", (int64_t)sizeof(float) * m * depth);
    /* The last row has no gap after it. */
    p.b = guarded("b", (int64_t)sizeof(float) * (depth > 0 ? p.b_row * (depth - 1) + n : 0));
    p.c = guarded("c", (int64_t)sizeof(float) * (p.c_row * (m - 1) + n));
    for (int i = 0; i < m * depth; i++) p.a[i] = (float)random_between(-1, 1);
    for (int k = 0; k < depth; k++) {
        for (int j = 0; j < n; j++) p.b[k * p.b_row + j] = (float)random_between(-1, 1);
    }
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) p.c[i * p.c_row + j] = (float)random_between(-1, 1);
    }
    p.before = snapshot(p.c, (int64_t)sizeof(float) * (p.c_row * (m - 1) + n));
    make_read_only(p.a);
    make_read_only(p.b);
    return p;
}

static void expect_product(const product *p, int accumulate, int fused) {
    for (int i = 0; i < p->m; i++) {
        for (int j = 0; j < p->n; j++) {
            const int64_t at = i * p->c_row + j;
            float chain = accumulate ? p->before[at] : 0;
            double sum = chain;
            double size = fabs(sum);
            for (int k = 0; k < p->depth; k++) {
                const float left = p->a[i * p->a_row + k * p->a_column];
                const float right = p->b[k * p->b_row + j];
                const float term = left * right;
                chain = fused ? fmaf(left, right, chain) : chain + term;
                sum += (double)left * right;
                size += fabs((double)left * right);
            }
            expect_near(p->c[at], sum, size * roundings(2 * p->depth), "c[%d][%d]", i, j);
#ifndef SLUICE_SANITIZED /* instrumentation keeps the compiler from fusing the product and the sum */
            expect(p->c[at] == chain, "c[%d][%d] is %.9g, but terms in order give %.9g", i, j,
                   p->c[at], chain);
#endif
        }
        if (i + 1 < p->m) {
            expect_untouched(p->c + i * p->c_row + p->n, (int64_t)sizeof(float) * (p->c_row - p->n),
                             "the gap after a row");
        }
    }
}

KERNEL_STATEMENT(a_matrix_product_adds_its_terms_in_order) {
    const inner_kernels *inner = inner_kernels_of(kernels);
    static const int depths[] = {0, 1, 2, 17, 65};
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < node_counts(); i++) {
            for (int32_t j = 0; j < node_counts(); j++) {
                const int depth = depths[(i + j + (int)seed) % 5];
                for (int way = 0; way < 8; way++) {
                    const int accumulate = way & 1;
                    const int columns = way >> 1 & 1;
                    const int gap = way >> 2 & 1 ? 5 : 0;
                    begin_case(seed, "m %d, n %d, depth %d, gap %d, accumulate %d, columns %d",
                               node_count(i), node_count(j), depth, gap, accumulate, columns);
                    place_buffers((placement)(way >> 1 & 1));
                    product p = new_product(node_count(i), node_count(j), depth, gap, columns);
                    inner->matmul(p.m, p.n, depth, p.a, p.a_row, p.a_column, p.b, p.b_row, p.c,
                                  p.c_row, accumulate);
                    expect_product(&p, accumulate, inner->fused);
                }
            }
        }
    }
}
