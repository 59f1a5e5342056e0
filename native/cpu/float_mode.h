/*
 * While kernels run, values below the normal float range are flushed to zero: on some processors they
 * cost a hundred cycles each. sum.h detects the sums that this could change.
 */
#ifndef SLUICE_FLOAT_MODE_H
#define SLUICE_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

/* Returns what sluice_float_mode_leave needs. */
static inline uint32_t sluice_float_mode_enter(void) {
    uint32_t before = _mm_getcsr();
    _mm_setcsr(before | 0x8040u); /* flush to zero, denormals are zero */
    return before;
}

static inline void sluice_float_mode_leave(uint32_t before) { _mm_setcsr(before); }
#else
static inline uint32_t sluice_float_mode_enter(void) { return 0; }

static inline void sluice_float_mode_leave(uint32_t before) { (void)before; }
#endif

#endif
