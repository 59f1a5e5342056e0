/* Waiting for another thread that is about to finish. */
#ifndef SLUICE_SPIN_H
#define SLUICE_SPIN_H

#include <sched.h>
#include <stdint.h>

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* After this many spins a waiting thread lets others run. */
enum { SPINS_BEFORE_YIELD = 1000 };

static inline void spin(int32_t *spins) {
    if (++*spins > SPINS_BEFORE_YIELD) {
        sched_yield();
    } else {
        relax();
    }
}

#endif
