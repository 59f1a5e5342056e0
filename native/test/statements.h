/*
 * Statements about the CPU kernels. Each runs in a process of its own, so a crash or a hang fails only
 * one statement. Each is reported on one line: "ok NAME" or "FAILED NAME: why". A statement ends at
 * the first expectation that does not hold.
 */
#ifndef SLUICE_TEST_STATEMENTS_H
#define SLUICE_TEST_STATEMENTS_H

#include <stdint.h>

#include "linear.h"

typedef void statement_body(const linear_kernels *kernels);

/* Adds a statement that runs once, with NULL for the kernels. */
void add_statement(const char *name, statement_body *body);

/* Adds a statement that runs once for each instruction set of this processor. */
void add_kernel_statement(const char *name, statement_body *body);

#define STATEMENT(name)                                                                            \
    static void name(void);                                                                        \
    static void run_##name(const linear_kernels *kernels) {                                        \
        (void)kernels;                                                                             \
        name();                                                                                    \
    }                                                                                              \
    __attribute__((constructor)) static void add_##name(void) {                                    \
        add_statement(#name, run_##name);                                                          \
    }                                                                                              \
    static void name(void)

/* The body reads `kernels`. */
#define KERNEL_STATEMENT(name)                                                                     \
    static void name(const linear_kernels *kernels);                                               \
    __attribute__((constructor)) static void add_##name(void) {                                    \
        add_kernel_statement(#name, name);                                                         \
    }                                                                                              \
    static void name(const linear_kernels *kernels)

#define LIKE_PRINTF(text, values) __attribute__((format(printf, text, values)))

/* Whether this is the wide sweep: all shapes, several seeds. */
int is_thorough(void);

/* Seeds of a sweep: first_seed() .. last_seed(). */
uint64_t first_seed(void);
uint64_t last_seed(void);

/* Begins a case: seeds the random numbers, and drops the buffers of the case before. Failures name
   the case. */
void begin_case(uint64_t seed, const char *format, ...) LIKE_PRINTF(2, 3);

/* The name of the running case, with its seed. */
const char *current_case(void);

/* Fails the statement, which ends at once. */
_Noreturn void fail(const char *format, ...) LIKE_PRINTF(1, 2);

void expect(int holds, const char *format, ...) LIKE_PRINTF(2, 3);

/* |actual - expected| <= tolerance, and neither is a NaN; the format names the entry. */
void expect_near(double actual, double expected, double tolerance, const char *format, ...)
        LIKE_PRINTF(4, 5);

/* Relative error of `count` float32 operations on terms of one sign. */
static inline double roundings(double count) { return count * 0x1p-24; }

double random_between(double low, double high);
int32_t random_below(int32_t limit);

/* Node counts on both sides of every vector width; more of them in the thorough sweep. */
int32_t node_counts(void);
int32_t node_count(int32_t index);

/* Row counts likewise: 0, 1, and more than a kernel computes in one call. */
int32_t row_counts(void);
int32_t row_count(int32_t index);

#endif
