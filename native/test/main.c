/*
 * Runs the statements: kernel_test [thorough] [seed=N] [PART OF A NAME]. Ends with 1 if one failed.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guarded.h"
#include "statements.h"

enum { MOST_STATEMENTS = 512, MOST_NAME = 160, MOST_TEXT = 1024 };
enum { SECONDS_PER_STATEMENT = 120, SECONDS_PER_THOROUGH_STATEMENT = 1200, THOROUGH_SEEDS = 2 };

typedef struct {
    const char *name;
    statement_body *body;
    int for_kernels;
} statement;

static statement statements[MOST_STATEMENTS];
static int32_t statement_count;
static int thorough;
static uint64_t seed_begin = 1;
static uint64_t random_state;
static char case_text[MOST_TEXT / 2];
static char *why; /* shared with the process of the statement */

static void add(const char *name, statement_body *body, int for_kernels) {
    if (statement_count == MOST_STATEMENTS) {
        fprintf(stderr, "more than %d statements\n", MOST_STATEMENTS);
        abort();
    }
    statements[statement_count++] = (statement){name, body, for_kernels};
}

void add_statement(const char *name, statement_body *body) { add(name, body, 0); }

void add_kernel_statement(const char *name, statement_body *body) { add(name, body, 1); }

int is_thorough(void) { return thorough; }

uint64_t first_seed(void) { return seed_begin; }

uint64_t last_seed(void) { return seed_begin + (thorough ? THOROUGH_SEEDS - 1 : 0); }

void begin_case(uint64_t seed, const char *format, ...) {
    va_list arguments;
    end_buffers();
    random_state = seed * 0x9E3779B97F4A7C15u + 1;
    const int length =
            snprintf(case_text, sizeof case_text, "seed %llu, ", (unsigned long long)seed);
    va_start(arguments, format);
    vsnprintf(case_text + length, sizeof case_text - (size_t)length, format, arguments);
    va_end(arguments);
}

const char *current_case(void) { return case_text; }

static _Noreturn void fail_with(const char *format, va_list arguments) {
    const int length = snprintf(why, MOST_TEXT, "%s: ", case_text);
    vsnprintf(why + length, MOST_TEXT - (size_t)length, format, arguments);
    _exit(1);
}

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fail_with(format, arguments);
}

void expect(int holds, const char *format, ...) {
    if (!holds) {
        va_list arguments;
        va_start(arguments, format);
        fail_with(format, arguments);
    }
}

void expect_near(double actual, double expected, double tolerance, const char *format, ...) {
    if (actual == expected || fabs(actual - expected) <= tolerance) {
        return;
    }
    char entry[MOST_TEXT / 4];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(entry, sizeof entry, format, arguments);
    va_end(arguments);
    fail("%s is %.9g, expected %.9g within %.3g", entry, actual, expected, tolerance);
}

/* Xorshift* of Vigna 2016. */
static uint64_t random_bits(void) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545F4914F6CDD1Du;
}

double random_between(double low, double high) {
    return low + (high - low) * (double)(random_bits() >> 11) * 0x1p-53;
}

int32_t random_below(int32_t limit) { return (int32_t)(random_bits() % (uint64_t)limit); }

/* The default sweep uses the first ones, the thorough sweep all of them. */
static const int32_t nodes_swept[] = {1, 3, 4, 7, 8, 17, 31, 33, 65, 2, 5, 15, 16, 24, 32, 64};
static const int32_t rows_swept[] = {0, 1, 5, 17, 33, 2, 4, 8, 16, 40};

enum { SOME_NODES = 9, ALL_NODES = 16, SOME_ROWS = 5, ALL_ROWS = 10, MORE_THAN_A_CALL = 300 };

int32_t node_counts(void) { return thorough ? ALL_NODES : SOME_NODES; }

int32_t node_count(int32_t index) { return nodes_swept[index]; }

int32_t row_counts(void) { return 1 + (thorough ? ALL_ROWS : SOME_ROWS); }

int32_t row_count(int32_t index) {
    if (index == row_counts() - 1) {
        return MORE_THAN_A_CALL;
    }
    return rows_swept[index];
}

static int report(const statement *s, const linear_kernels *kernels, const char *part) {
    char name[MOST_NAME];
    snprintf(name, sizeof name, kernels != NULL ? "%s [%s]" : "%s", s->name,
             kernels != NULL ? kernels->name : "");
    if (part != NULL && strstr(name, part) == NULL) {
        return 0;
    }
    why[0] = 0;
    case_text[0] = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        watch_guards();
        alarm(thorough ? SECONDS_PER_THOROUGH_STATEMENT : SECONDS_PER_STATEMENT);
        s->body(kernels);
        end_buffers();
        exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        printf("ok %s\n", name);
        return 0;
    }
    if (why[0] == 0 && WIFSIGNALED(status)) {
        snprintf(why, MOST_TEXT, "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else if (why[0] == 0) {
        snprintf(why, MOST_TEXT, "ended with status %d", WEXITSTATUS(status));
    }
    printf("FAILED %s: %s\n", name, why);
    return 1;
}

/* The kernels of the instruction sets that this processor has; says which it lacks. */
static int32_t kernels_here(const linear_kernels **found) {
    int32_t count = 0;
    found[count++] = &sluice_linear_portable;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
        && __builtin_cpu_supports("bmi2")) {
        found[count++] = &sluice_linear_avx2;
    } else {
        printf("# not tested: avx2, which this processor lacks\n");
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512cd")) {
        found[count++] = &sluice_linear_avx512;
    } else {
        printf("# not tested: avx512, which this processor lacks\n");
    }
#endif
    return count;
}

int main(int count, char **arguments) {
    const linear_kernels *kernels[3];
    const char *part = NULL;
    int failed = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "thorough") == 0) {
            thorough = 1;
        } else if (strncmp(arguments[i], "seed=", 5) == 0) {
            seed_begin = strtoull(arguments[i] + 5, NULL, 10);
        } else {
            part = arguments[i];
        }
    }
    why = mmap(NULL, MOST_TEXT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (why == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    const int32_t sets = kernels_here(kernels);
    for (int32_t i = 0; i < statement_count; i++) {
        for (int32_t k = 0; k < (statements[i].for_kernels ? sets : 1); k++) {
            failed |= report(&statements[i], statements[i].for_kernels ? kernels[k] : NULL, part);
        }
    }
    return failed;
}
