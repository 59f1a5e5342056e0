/*
 * Rate of float32 fused multiply-adds when nothing else has to be done: independent chains that
 * stay in registers, on some threads. Prints GFLOP/s: fused THREADS
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
enum { LANES = 16, CHAINS = 24 };
#elif defined(__AVX__)
enum { LANES = 8, CHAINS = 12 };
#else
enum { LANES = 4, CHAINS = 16 };
#endif
enum { STEPS = 2000000, REPETITIONS = 9, MOST_THREADS = 1024 };

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

static volatile float sink;

static void *multiply_add(void *unused) {
    vector chain[CHAINS];
    vector factor;
    vector term;
    (void)unused;
    for (int i = 0; i < LANES; i++) {
        factor[i] = 0.999f + sink;
        term[i] = 0.001f + sink;
    }
    for (int c = 0; c < CHAINS; c++) chain[c] = term * (float)c;
    for (int step = 0; step < STEPS; step++) {
#pragma GCC unroll 24
        for (int c = 0; c < CHAINS; c++) chain[c] = chain[c] * factor + term;
    }
    for (int c = 1; c < CHAINS; c++) chain[0] += chain[c];
    sink = chain[0][0] * 0;
    return NULL;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int count, char **arguments) {
    const int threads = count > 1 ? atoi(arguments[1]) : 1;
    static pthread_t others[MOST_THREADS];
    double durations[REPETITIONS];
    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "fused: give a number of threads from 1 to %d\n", MOST_THREADS);
        return 2;
    }
    for (int r = 0; r < REPETITIONS; r++) {
        const double start = seconds();
        for (int i = 1; i < threads; i++) {
            if (pthread_create(&others[i], NULL, multiply_add, NULL) != 0) return 1;
        }
        multiply_add(NULL);
        for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
        durations[r] = seconds() - start;
    }
    qsort(durations, REPETITIONS, sizeof *durations, ascending);
    printf("%.1f\n", 2e-9 * LANES * CHAINS * STEPS * threads / durations[REPETITIONS / 2]);
    return 0;
}
