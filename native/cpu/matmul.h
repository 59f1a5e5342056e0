/*
 * C[m][n] (+)= sum_k A(m,k) B[k][n], the one loop under the three sums over edges:
 *
 *   forward      acc[b][n]  = sum_c  p[b][c] theta^T[c][n]
 *   backward     u[b][c]    = sum_n  g[b][n] theta[n][c]
 *   statistics   T[n][c]   += sum_b  g[b][n] p[b][c]          (A read down its columns)
 *
 * Every element of C is one chain of fused multiply-adds over k in order, starting from zero or
 * from C. So the result does not depend on how rows are split into calls or tiles. A tile of C
 * stays in registers for the whole chain: rows x vectors accumulators, for each k one vector load
 * per vector and one broadcast per row.
 */
#ifndef SLUICE_MATMUL_H
#define SLUICE_MATMUL_H

#include "simd.h"

typedef struct {
    const float *a;
    int64_t a_row;  /* distance of A(m,k) and A(m+1,k) */
    int64_t a_step; /* distance of A(m,k) and A(m,k+1) */
    const float *b;
    int64_t b_step;
    float *c;
    int64_t c_row;
    int depth;
    int accumulate;
} matmul_tile;

/* tail: lanes of the last vector when fewer than LANES, else 0. All but `t` and tail constant. */
INLINE void multiply_tile(const matmul_tile *t, const int rows, const int vectors, int tail) {
    vf sum[12][4];
    const int whole = tail ? vectors - 1 : vectors;
    const float *a = t->a;
    const float *b = t->b;
    float *c = t->c;
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            if (!t->accumulate) {
                sum[i][j] = (vf){0};
            } else if (j < whole) {
                sum[i][j] = load(c + i * t->c_row + j * LANES);
            } else {
                sum[i][j] = load_first(c + i * t->c_row + j * LANES, tail);
            }
        }
    }
    for (int k = 0; k < t->depth; k++) {
        vf right[4];
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            right[j] = j < whole ? load(b + j * LANES) : load_first(b + j * LANES, tail);
        }
#pragma GCC unroll 12
        for (int i = 0; i < rows; i++) {
            const vf left = splat(a[i * t->a_row]);
#pragma GCC unroll 4
            for (int j = 0; j < vectors; j++) {
                sum[i][j] += left * right[j];
            }
        }
        a += t->a_step;
        b += t->b_step;
    }
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
            if (j < whole) {
                store(c + i * t->c_row + j * LANES, sum[i][j]);
            } else {
                store_first(c + i * t->c_row + j * LANES, sum[i][j], tail);
            }
        }
    }
}

#define MATMUL_TILE(rows, vectors)                                                                 \
    static __attribute__((noinline)) void tile_##rows##_##vectors(const matmul_tile *t) {          \
        multiply_tile(t, rows, vectors, 0);                                                        \
    }                                                                                              \
    static __attribute__((noinline)) void tail_##rows##_##vectors(const matmul_tile *t,            \
                                                                  int tail) {                      \
        multiply_tile(t, rows, vectors, tail);                                                     \
    }

#if REGISTERS == 32
MATMUL_TILE(6, 4)
MATMUL_TILE(4, 4)
MATMUL_TILE(2, 4)
MATMUL_TILE(1, 4)
MATMUL_TILE(8, 3)
MATMUL_TILE(4, 3)
MATMUL_TILE(2, 3)
MATMUL_TILE(1, 3)
MATMUL_TILE(12, 2)
MATMUL_TILE(8, 2)
MATMUL_TILE(12, 1)
MATMUL_TILE(8, 1)
#else
MATMUL_TILE(6, 2)
MATMUL_TILE(8, 1)
#endif
MATMUL_TILE(4, 2)
MATMUL_TILE(2, 2)
MATMUL_TILE(1, 2)
MATMUL_TILE(4, 1)
MATMUL_TILE(2, 1)
MATMUL_TILE(1, 1)

#define MATMUL_ROWS(count, vectors)                                                                \
    while (m - i >= count) {                                                                       \
        t.a = a + i * a_row;                                                                       \
        t.c = c + i * c_row + j;                                                                   \
        if (tail) {                                                                                \
            tail_##count##_##vectors(&t, tail);                                                    \
        } else {                                                                                   \
            tile_##count##_##vectors(&t);                                                          \
        }                                                                                          \
        i += count;                                                                                \
    }

static void matmul(int m, int n, int depth, const float *a, int64_t a_row, int64_t a_step,
                   const float *b, int64_t b_step, float *c, int64_t c_row, int accumulate) {
    matmul_tile t = {.a_row = a_row,
                     .a_step = a_step,
                     .b_step = b_step,
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
        t.b = b + j;
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
