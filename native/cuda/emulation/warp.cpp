/* Collectives of a warp, each done for all lanes at once when the last of them arrives. */
#include <string.h>

#include "emulation/block.h"

namespace emulated {

namespace {

void nothing(void *const *, unsigned) {}

struct Vote {
    bool predicate;
    unsigned result;
};

void vote(void *const *operands, unsigned lanes) {
    unsigned result = 0;
    for (unsigned lane = 0; lane < lanes; lane++) {
        result |= static_cast<const Vote *>(operands[lane])->predicate ? 1u << lane : 0;
    }
    for (unsigned lane = 0; lane < lanes; lane++) {
        static_cast<Vote *>(operands[lane])->result = result;
    }
}

struct Shuffle {
    uint64_t value;
    unsigned source;
    uint64_t result;
};

void exchange(void *const *operands, unsigned lanes) {
    for (unsigned lane = 0; lane < lanes; lane++) {
        Shuffle *own = static_cast<Shuffle *>(operands[lane]);
        if (own->source >= lanes) {
            fail(cudaErrorLaunchFailure, "lane %u shuffles from lane %u of a warp of %u", lane,
                 own->source, lanes);
        }
        own->result = static_cast<const Shuffle *>(operands[own->source])->value;
    }
}

constexpr unsigned ROWS = 8; /* of a matrix that ldmatrix loads, and its columns */

struct MatrixLoad {
    uint32_t *registers;
    const void *row;
    unsigned matrices;
    bool transposed;
};

void require_whole(unsigned lanes, const char *what) {
    if (lanes != WARP) {
        fail(cudaErrorLaunchFailure, "%s in a warp of %u lanes", what, lanes);
    }
}

void load(void *const *operands, unsigned lanes) {
    require_whole(lanes, "ldmatrix");
    const MatrixLoad *first = static_cast<const MatrixLoad *>(operands[0]);
    uint16_t values[4][ROWS][ROWS];
    for (unsigned matrix = 0; matrix < first->matrices; matrix++) {
        for (unsigned row = 0; row < ROWS; row++) {
            const unsigned lane = matrix * ROWS + row;
            const void *address = static_cast<const MatrixLoad *>(operands[lane])->row;
            if (reinterpret_cast<uintptr_t>(address) % 16 != 0) {
                fail(cudaErrorMisalignedAddress,
                     "ldmatrix: lane %u reads a row at %p, not a "
                     "multiple of 16",
                     lane, address);
            }
            memcpy(values[matrix][row], address, sizeof(values[matrix][row]));
        }
    }
    for (unsigned lane = 0; lane < WARP; lane++) {
        const MatrixLoad *own = static_cast<const MatrixLoad *>(operands[lane]);
        const unsigned far = lane / 4, near = lane % 4 * 2;
        for (unsigned matrix = 0; matrix < first->matrices; matrix++) {
            const auto &m = values[matrix];
            const uint32_t low = first->transposed ? m[near][far] : m[far][near];
            const uint32_t high = first->transposed ? m[near + 1][far] : m[far][near + 1];
            own->registers[matrix] = low | high << 16;
        }
    }
}

struct Product {
    float *d;
    const uint32_t *a;
    const uint32_t *b;
};

float low_half(uint32_t pair) { return bit_copy<float>(pair << 16); }
float high_half(uint32_t pair) { return bit_copy<float>(pair & 0xffff0000u); }

void product(void *const *operands, unsigned lanes) {
    require_whole(lanes, "mma");
    constexpr unsigned M = 16, N = 8, K = 16;
    float a[M][K], b[K][N], d[M][N];
    for (unsigned lane = 0; lane < WARP; lane++) {
        const Product *own = static_cast<const Product *>(operands[lane]);
        const unsigned group = lane / 4, pair = lane % 4 * 2;
        for (unsigned i = 0; i < 4; i++) {
            const unsigned row = group + i % 2 * 8, column = pair + i / 2 * 8;
            a[row][column] = low_half(own->a[i]);
            a[row][column + 1] = high_half(own->a[i]);
            d[group + i / 2 * 8][pair + i % 2] = own->d[i];
        }
        for (unsigned i = 0; i < 2; i++) {
            b[pair + i * 8][group] = low_half(own->b[i]);
            b[pair + i * 8 + 1][group] = high_half(own->b[i]);
        }
    }
    for (unsigned m = 0; m < M; m++) {
        for (unsigned k = 0; k < K; k++) {
            for (unsigned n = 0; n < N; n++) {
                d[m][n] += a[m][k] * b[k][n];
            }
        }
    }
    for (unsigned lane = 0; lane < WARP; lane++) {
        const Product *own = static_cast<const Product *>(operands[lane]);
        for (unsigned i = 0; i < 4; i++) {
            own->d[i] = d[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
        }
    }
}

const Collective BARRIER = {"__syncwarp", nothing};
const Collective VOTE = {"a vote", vote};
const Collective SHUFFLE = {"a shuffle", exchange};
const Collective LOADS[2][2] = {{{"ldmatrix_x2", load}, {"ldmatrix_x2_trans", load}},
                                {{"ldmatrix_x4", load}, {"ldmatrix_x4_trans", load}}};
const Collective PRODUCT = {"mma_bf16", product};

} // namespace

void warp_barrier() { meet_warp(BARRIER, nullptr); }

unsigned ballot(bool predicate) {
    Vote operand = {predicate, 0};
    meet_warp(VOTE, &operand);
    return operand.result;
}

uint64_t shuffle(uint64_t value, unsigned source_lane) {
    Shuffle operand = {value, source_lane, 0};
    meet_warp(SHUFFLE, &operand);
    return operand.result;
}

void load_matrices(uint32_t *registers, int matrices, bool transposed, const void *row) {
    MatrixLoad operand = {registers, row, static_cast<unsigned>(matrices), transposed};
    meet_warp(LOADS[matrices == 4][transposed], &operand);
}

void multiply(float *d, const uint32_t *a, const uint32_t *b) {
    Product operand = {d, a, b};
    meet_warp(PRODUCT, &operand);
}

} // namespace emulated
