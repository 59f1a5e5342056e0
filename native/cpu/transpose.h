/*
 * Transposes matrices: squares of LANES x LANES in registers, the remaining entries one by one.
 */
#ifndef SLUICE_TRANSPOSE_H
#define SLUICE_TRANSPOSE_H

#include "simd.h"

/*
 * to[j][i] = from[i][j] of a square. Rows are interleaved in pairs, then in fours. Each 128 bits then
 * hold a column of four rows, and the last shuffles join these columns.
 */
#if defined(__AVX512F__)
INLINE void transpose_square(const float *from, int64_t from_row, float *to, int64_t to_row) {
    __m512 a[LANES];
    __m512 b[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) a[i] = (__m512)load(from + i * from_row);
#pragma GCC unroll 8
    for (int i = 0; i < LANES; i += 2) {
        b[i] = _mm512_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_ps(a[i], a[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 4) {
        for (int j = 0; j < 2; j++) {
            const __m512d low = (__m512d)b[i + j];
            const __m512d high = (__m512d)b[i + 2 + j];
            a[i + 2 * j] = (__m512)_mm512_unpacklo_pd(low, high);
            a[i + 2 * j + 1] = (__m512)_mm512_unpackhi_pd(low, high);
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        const __m512 even_low = _mm512_shuffle_f32x4(a[j], a[4 + j], 0x88);
        const __m512 odd_low = _mm512_shuffle_f32x4(a[j], a[4 + j], 0xdd);
        const __m512 even_high = _mm512_shuffle_f32x4(a[8 + j], a[12 + j], 0x88);
        const __m512 odd_high = _mm512_shuffle_f32x4(a[8 + j], a[12 + j], 0xdd);
        store(to + j * to_row, (vf)_mm512_shuffle_f32x4(even_low, even_high, 0x88));
        store(to + (4 + j) * to_row, (vf)_mm512_shuffle_f32x4(odd_low, odd_high, 0x88));
        store(to + (8 + j) * to_row, (vf)_mm512_shuffle_f32x4(even_low, even_high, 0xdd));
        store(to + (12 + j) * to_row, (vf)_mm512_shuffle_f32x4(odd_low, odd_high, 0xdd));
    }
}
#elif defined(__AVX2__)
INLINE void transpose_square(const float *from, int64_t from_row, float *to, int64_t to_row) {
    __m256 a[LANES];
    __m256 b[LANES];
#pragma GCC unroll 8
    for (int i = 0; i < LANES; i++) a[i] = (__m256)load(from + i * from_row);
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 2) {
        b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < LANES; i += 4) {
        for (int j = 0; j < 2; j++) {
            const __m256d low = (__m256d)b[i + j];
            const __m256d high = (__m256d)b[i + 2 + j];
            a[i + 2 * j] = (__m256)_mm256_unpacklo_pd(low, high);
            a[i + 2 * j + 1] = (__m256)_mm256_unpackhi_pd(low, high);
        }
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        store(to + j * to_row, (vf)_mm256_permute2f128_ps(a[j], a[4 + j], 0x20));
        store(to + (4 + j) * to_row, (vf)_mm256_permute2f128_ps(a[j], a[4 + j], 0x31));
    }
}
#else
INLINE void transpose_square(const float *from, int64_t from_row, float *to, int64_t to_row) {
    for (int j = 0; j < LANES; j++) {
        for (int i = 0; i < LANES; i++) to[j * to_row + i] = from[i * from_row + j];
    }
}
#endif

/* to[c][n] = from[n][c]; rows of `to` are `stride` apart */
static void transpose(const float *from, int32_t rows, int32_t columns, float *to, int32_t stride) {
    for (int32_t r = 0; r < rows; r += LANES) {
        for (int32_t c = 0; c < columns; c += LANES) {
            const float *square = from + (int64_t)r * columns + c;
            float *turned = to + (int64_t)c * stride + r;
            const int32_t r_left = rows - r;
            const int32_t c_left = columns - c;
            if (r_left >= LANES && c_left >= LANES) {
                transpose_square(square, columns, turned, stride);
                continue;
            }
            for (int32_t j = 0; j < LANES && j < c_left; j++) {
                for (int32_t i = 0; i < LANES && i < r_left; i++) {
                    turned[(int64_t)j * stride + i] = square[(int64_t)i * columns + j];
                }
            }
        }
    }
}

#endif
