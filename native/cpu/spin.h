/* Waiting for another thread that is about to be done. */
#ifndef SLUICE_SPIN_H
#define SLUICE_SPIN_H

#include <sched.h>
#include <stdint.h>

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* A thread that waits longer than this many looks lets others run. */
enum { LOOKS_BEFORE_YIELD = 1000 };

static inline void wait_between_looks(int32_t *looks) {
    if (++*looks > LOOKS_BEFORE_YIELD) {
        sched_yield();
    } else {
        relax();
    }
}

#endif
