/* Compiled once for each instruction set (SLUICE_ISA), with the flags of the kernels. */
#include "instruction_set.h"

#include "matmul.h"
#include "transpose.h"

#if defined(__FMA__) || defined(__aarch64__)
enum { FUSED = 1 };
#else
enum { FUSED = 0 };
#endif

#define INNER_TABLE_OF(isa) inner_##isa
#define INNER_TABLE(isa) INNER_TABLE_OF(isa)

extern const inner_kernels INNER_TABLE(SLUICE_ISA);

const inner_kernels INNER_TABLE(SLUICE_ISA) = {
        .lanes = LANES,
        .fused = FUSED,
        .matmul = matmul,
        .transpose = transpose,
};
