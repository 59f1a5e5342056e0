/*
 * Philox4x32-10, the counter-based generator of Salmon et al. 2011 ("Parallel random numbers: as
 * easy as 1, 2, 3"). The random numbers of a draw depend only on the seed, the draw's number and the
 * block that uses them. Every device uses this generator, so all devices draw the same.
 */
#ifndef SLUICE_PHILOX_H
#define SLUICE_PHILOX_H

#include <stdint.h>

#ifdef __CUDACC__
#define PHILOX_FUNCTION __host__ __device__ static inline
#else
#define PHILOX_FUNCTION static inline
#endif

typedef struct {
    uint32_t word[4];
} philox_block;

PHILOX_FUNCTION philox_block philox(uint64_t seed, uint64_t draw, uint32_t block,
                                    uint32_t purpose) {
    uint32_t c0 = (uint32_t)draw;
    uint32_t c1 = (uint32_t)(draw >> 32);
    uint32_t c2 = block;
    uint32_t c3 = purpose;
    uint32_t k0 = (uint32_t)seed;
    uint32_t k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        const uint64_t a = (uint64_t)0xD2511F53u * c0;
        const uint64_t b = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const philox_block random = {{c0, c1, c2, c3}};
    return random;
}

/* Uniform in (0, 1), with 53 random bits. */
PHILOX_FUNCTION double uniform_from(uint32_t high, uint32_t low) {
    const uint64_t bits = ((uint64_t)high << 21) ^ (low >> 11);
    return ((double)bits + 0.5) * 0x1p-53;
}

#endif
