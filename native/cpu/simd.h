/*
 * Vectors of LANES floats for the instruction set this file is compiled for (SLUICE_ISA_*), with
 * loads and stores of the first few lanes only, since rows of a block are not padded.
 */
#ifndef SLUICE_SIMD_H
#define SLUICE_SIMD_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#define REGISTERS 32
#elif defined(__AVX2__)
#define LANES 8
#define REGISTERS 16
#else
#define LANES 4
#define REGISTERS 16
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef float vf_memory __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* The result of a comparison: all ones where it holds. */
typedef int32_t vf_mask __attribute__((vector_size(4 * LANES)));

/* a where the mask is set, else 0 */
INLINE vf masked(vf a, vf_mask mask) { return (vf)((vf_mask)a & mask); }

INLINE vf load(const float *from) { return *(const vf_memory *)from; }

INLINE void store(float *to, vf value) { *(vf_memory *)to = value; }

/*
 * A broadcast; from memory, a single load. ({0} + value would also cost an addition and a shuffle on
 * the ports of the multiply-adds, since -0 + 0 is not -0.)
 */
#if defined(__AVX512F__)
INLINE vf splat(float value) { return (vf)_mm512_set1_ps(value); }
#elif defined(__AVX2__)
INLINE vf splat(float value) { return (vf)_mm256_set1_ps(value); }
#else
INLINE vf splat(float value) { return (vf){value, value, value, value}; }
#endif

#if defined(__AVX512F__)
INLINE vf load_first(const float *from, int lanes) {
    return (vf)_mm512_maskz_loadu_ps((__mmask16)((1u << lanes) - 1), from);
}

INLINE void store_first(float *to, vf value, int lanes) {
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << lanes) - 1), (__m512)value);
}

INLINE vf larger(vf a, vf b) { return (vf)_mm512_max_ps((__m512)a, (__m512)b); }

INLINE vf smaller(vf a, vf b) { return (vf)_mm512_min_ps((__m512)a, (__m512)b); }

/* a where condition is not zero, else 0 */
INLINE vf keep_where_nonzero(vf a, vf condition) {
    __mmask16 nonzero = _mm512_cmp_ps_mask((__m512)condition, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    return (vf)_mm512_maskz_mov_ps(nonzero, (__m512)a);
}

INLINE float largest(vf a) { return _mm512_reduce_max_ps((__m512)a); }

/* Whether a lane is below its limit, or a NaN. */
INLINE int any_below(vf a, vf limit) {
    return _mm512_cmp_ps_mask((__m512)a, (__m512)limit, _CMP_NGE_UQ) != 0;
}
#elif defined(__AVX2__)
INLINE __m256i first_lanes(int lanes) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE vf load_first(const float *from, int lanes) {
    return (vf)_mm256_maskload_ps(from, first_lanes(lanes));
}

INLINE void store_first(float *to, vf value, int lanes) {
    _mm256_maskstore_ps(to, first_lanes(lanes), (__m256)value);
}

INLINE vf larger(vf a, vf b) { return (vf)_mm256_max_ps((__m256)a, (__m256)b); }

INLINE vf smaller(vf a, vf b) { return (vf)_mm256_min_ps((__m256)a, (__m256)b); }

INLINE vf keep_where_nonzero(vf a, vf condition) {
    __m256 nonzero = _mm256_cmp_ps((__m256)condition, _mm256_setzero_ps(), _CMP_NEQ_UQ);
    return (vf)_mm256_and_ps((__m256)a, nonzero);
}

INLINE float largest(vf a) {
    __m128 four =
            _mm_max_ps(_mm256_castps256_ps128((__m256)a), _mm256_extractf128_ps((__m256)a, 1));
    four = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(four, _mm_shuffle_ps(four, four, 1)));
}

INLINE int any_below(vf a, vf limit) {
    return _mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)limit, _CMP_NGE_UQ)) != 0;
}
#else
INLINE vf load_first(const float *from, int lanes) {
    vf value = {0};
    for (int i = 0; i < lanes; i++) value[i] = from[i];
    return value;
}

INLINE void store_first(float *to, vf value, int lanes) {
    for (int i = 0; i < lanes; i++) to[i] = value[i];
}

INLINE vf larger(vf a, vf b) {
    for (int i = 0; i < LANES; i++) a[i] = b[i] > a[i] ? b[i] : a[i];
    return a;
}

INLINE vf smaller(vf a, vf b) {
    for (int i = 0; i < LANES; i++) a[i] = b[i] < a[i] ? b[i] : a[i];
    return a;
}

INLINE vf keep_where_nonzero(vf a, vf condition) {
    for (int i = 0; i < LANES; i++) a[i] = condition[i] != 0 ? a[i] : 0;
    return a;
}

INLINE float largest(vf a) {
    float best = a[0];
    for (int i = 1; i < LANES; i++) best = a[i] > best ? a[i] : best;
    return best;
}

INLINE int any_below(vf a, vf limit) {
    int any = 0;
    for (int i = 0; i < LANES; i++) any |= !(a[i] >= limit[i]);
    return any;
}
#endif

/* Visits each vector of a row of `count` floats. `lanes` is LANES; the last vector may have fewer. */
#define FOR_EACH_VECTOR(i, lanes, count)                                                           \
    for (int i = 0, lanes = (count) < LANES ? (count) : LANES; i < (count);                        \
         i += LANES, lanes = (count)-i < LANES ? (count)-i : LANES)

INLINE vf load_lanes(const float *from, int lanes) {
    return lanes == LANES ? load(from) : load_first(from, lanes);
}

INLINE void store_lanes(float *to, vf value, int lanes) {
    if (lanes == LANES) {
        store(to, value);
    } else {
        store_first(to, value, lanes);
    }
}

/* 2^exponent; 0 below the normal range. */
INLINE float power_of_two(int32_t exponent) {
    if (exponent < -126) {
        return 0;
    }
    uint32_t bits = (uint32_t)((exponent > 127 ? 127 : exponent) + 127) << 23;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
