/*
 * C[m][n] (+)= sum_k A(m,k) B[k][n], the one loop under the three sums over edges:
 *
 *   forward      acc[b][n]  = sum_c  p[b][c] theta^T[c][n]
 *   backward     u[b][c]    = sum_n  g[b][n] theta[n][c]
 *   statistics   T[n][c]   += sum_b  g[b][n] p[b][c]          (A read down its columns)
 *
 * Every entry of C is one chain of fused multiply-adds in the order of k, which starts from zero or
 * from C. So the result does not depend on how rows are split into calls or fragments. A fragment of
 * C stays in registers for the whole chain: rows x vectors accumulators. Each k needs one load per
 * vector and one broadcast per row.
 */
#ifndef SLUICE_MATMUL_H
#define SLUICE_MATMUL_H

#include "simd.h"

typedef struct {
    const float *a;
    int64_t a_row;    /* distance of A(m,k) and A(m+1,k) */
    int64_t a_column; /* distance of A(m,k) and A(m,k+1) */
    const float *b;
    int64_t b_row;
    float *c;
    int64_t c_row;
    int depth;
    int accumulate;
} matmul_fragment;

/* tail: lanes of the last vector if fewer than LANES, else 0. `rows` and `vectors` are constants. */
INLINE void multiply_fragment(const matmul_fragment *f, const int rows, const int vectors,
                              int tail) {
    vf sum[12][4];
    const int whole = tail ? vectors - 1 : vectors;
    const float *a = f->a;
    const float *b = f->b;
    float *c = f->c;
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            if (!f->accumulate) {
                sum[i][j] = (vf){0};
            } else if (j < whole) {
                sum[i][j] = load(c + i * f->c_row + j * LANES);
            } else {
                sum[i][j] = load_first(c + i * f->c_row + j * LANES, tail);
            }
        }
    }
    for (int k = 0; k < f->depth; k++) {
        vf right[4];
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            right[j] = j < whole ? load(b + j * LANES) : load_first(b + j * LANES, tail);
        }
#pragma GCC unroll 12
        for (int i = 0; i < rows; i++) {
            const vf left = splat(a[i * f->a_row]);
#pragma GCC unroll 4
            for (int j = 0; j < vectors; j++) {
                sum[i][j] += left * right[j];
            }
        }
        a += f->a_column;
        b += f->b_row;
    }
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            if (j < whole) {
                store(c + i * f->c_row + j * LANES, sum[i][j]);
            } else {
                store_first(c + i * f->c_row + j * LANES, sum[i][j], tail);
            }
        }
    }
}

#define MATMUL_FRAGMENT(rows, vectors)                                                             \
    static __attribute__((noinline)) void fragment_##rows##_##vectors(const matmul_fragment *f) {  \
        multiply_fragment(f, rows, vectors, 0);                                                    \
    }                                                                                              \
    static __attribute__((noinline)) void tail_##rows##_##vectors(const matmul_fragment *f,        \
                                                                  int tail) {                      \
        multiply_fragment(f, rows, vectors, tail);                                                 \
    }

#if REGISTERS == 32
MATMUL_FRAGMENT(6, 4)
MATMUL_FRAGMENT(4, 4)
MATMUL_FRAGMENT(2, 4)
MATMUL_FRAGMENT(1, 4)
MATMUL_FRAGMENT(8, 3)
MATMUL_FRAGMENT(4, 3)
MATMUL_FRAGMENT(2, 3)
MATMUL_FRAGMENT(1, 3)
MATMUL_FRAGMENT(12, 2)
MATMUL_FRAGMENT(8, 2)
MATMUL_FRAGMENT(12, 1)
MATMUL_FRAGMENT(8, 1)
#else
MATMUL_FRAGMENT(6, 2)
MATMUL_FRAGMENT(8, 1)
#endif
MATMUL_FRAGMENT(4, 2)
MATMUL_FRAGMENT(2, 2)
MATMUL_FRAGMENT(1, 2)
MATMUL_FRAGMENT(4, 1)
MATMUL_FRAGMENT(2, 1)
MATMUL_FRAGMENT(1, 1)

#define MATMUL_ROWS(count, vectors)                                                                \
    while (m - i >= count) {                                                                       \
        f.a = a + i * a_row;                                                                       \
        f.c = c + i * c_row + j;                                                                   \
        if (tail) {                                                                                \
            tail_##count##_##vectors(&f, tail);                                                    \
        } else {                                                                                   \
            fragment_##count##_##vectors(&f);                                                      \
        }                                                                                          \
        i += count;                                                                                \
    }

static void matmul(int m, int n, int depth, const float *a, int64_t a_row, int64_t a_column,
                   const float *b, int64_t b_row, float *c, int64_t c_row, int accumulate) {
    matmul_fragment f = {.a_row = a_row,
                         .a_column = a_column,
                         .b_row = b_row,
                         .c_row = c_row,
                         .depth = depth,
                         .accumulate = accumulate};
    for (int j = 0; j < n;) {
        int left = (n - j + LANES - 1) / LANES;
#if REGISTERS == 32
        int vectors = left >= 4 ? (left == 5 ? 3 : 4) : left;
#else
        int vectors = left >= 2 ? 2 : left;
#endif
        int columns = n - j < vectors * LANES ? n - j : vectors * LANES;
        int tail = columns % LANES;
        int i = 0;
        f.b = b + j;
        switch (vectors) {
#if REGISTERS == 32
            case 4:
                MATMUL_ROWS(6, 4)
                MATMUL_ROWS(4, 4)
                MATMUL_ROWS(2, 4)
                MATMUL_ROWS(1, 4)
                break;
            case 3:
                MATMUL_ROWS(8, 3)
                MATMUL_ROWS(4, 3)
                MATMUL_ROWS(2, 3)
                MATMUL_ROWS(1, 3)
                break;
            case 2:
                MATMUL_ROWS(12, 2)
                MATMUL_ROWS(8, 2)
                MATMUL_ROWS(4, 2)
                MATMUL_ROWS(2, 2)
                MATMUL_ROWS(1, 2)
                break;
            default:
                MATMUL_ROWS(12, 1)
                MATMUL_ROWS(8, 1)
                MATMUL_ROWS(4, 1)
                MATMUL_ROWS(2, 1)
                MATMUL_ROWS(1, 1)
                break;
#else
            case 2:
                MATMUL_ROWS(6, 2)
                MATMUL_ROWS(4, 2)
                MATMUL_ROWS(2, 2)
                MATMUL_ROWS(1, 2)
                break;
            default:
                MATMUL_ROWS(8, 1)
                MATMUL_ROWS(4, 1)
                MATMUL_ROWS(2, 1)
                MATMUL_ROWS(1, 1)
                break;
#endif
        }
        j += columns;
    }
}

#endif
