/* Collectives of a warp, against what they are defined to give. */
#include <string.h>

#include "statements.h"

static constexpr unsigned ALL = 0xffffffffu;

static __global__ void shuffles(double *out) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    double *mine = out + threadIdx.x * 8;
    mine[0] = __shfl_sync(ALL, lane * 1.5, 31 - lane);
    mine[1] = __shfl_up_sync(ALL, lane, 3);
    mine[2] = __shfl_down_sync(ALL, lane * 1.0f, 5);
    mine[3] = __shfl_xor_sync(ALL, static_cast<unsigned>(lane), 12);
    mine[4] = __shfl_sync(ALL, lane, 2, 8);
    mine[5] = __shfl_up_sync(ALL, lane, 1, 4);
    mine[6] = __shfl_down_sync(ALL, static_cast<long long>(lane), 1, 4);
    mine[7] = __shfl_xor_sync(ALL, lane, 4, 8);
}

STATEMENT(shuffles_bring_the_value_of_the_lane_asked_for) {
    const std::vector<double> out = results<double>(shuffles, dim3(1), 64, 0, 64 * 8);
    for (int thread = 0; thread < 64; thread++) {
        const int lane = thread % 32;
        const double expected[8] = {(31 - lane) * 1.5,
                                    lane < 3 ? lane : lane - 3.0,
                                    lane > 26 ? lane : lane + 5.0,
                                    static_cast<double>(lane ^ 12),
                                    lane / 8 * 8 + 2.0,
                                    lane % 4 == 0 ? lane : lane - 1.0,
                                    lane % 4 == 3 ? lane : lane + 1.0,
                                    static_cast<double>(lane ^ 4)};
        for (int i = 0; i < 8; i++) {
            expect(out[thread * 8 + i] == expected[i],
                   "shuffle " + std::to_string(i) + " of lane " + std::to_string(lane));
        }
    }
}

static __global__ void votes(unsigned *out) {
    const int lane = static_cast<int>(threadIdx.x) % 32;
    unsigned *mine = out + threadIdx.x * 5;
    mine[0] = __ballot_sync(ALL, lane % 3 == 0);
    mine[1] = __any_sync(ALL, lane == 9);
    mine[2] = __any_sync(ALL, lane == 40);
    mine[3] = __all_sync(ALL, lane < 32);
    mine[4] = __all_sync(ALL, lane != 9);
}

STATEMENT(votes_count_every_lane) {
    const std::vector<unsigned> out = results<unsigned>(votes, dim3(1), 64, 0, 64 * 5);
    for (int thread = 0; thread < 64; thread++) {
        const unsigned *mine = out.data() + thread * 5;
        expect(mine[0] == 0x49249249u, "ballot");
        expect(mine[1] == 1 && mine[2] == 0, "any");
        expect(mine[3] == 1 && mine[4] == 0, "all");
    }
}

static constexpr int M = 16, N = 8, K = 16;

static __host__ __device__ float a_value(int m, int k) { return (m * 7 + k * 3) % 11 - 5.0f; }
static __host__ __device__ float b_value(int k, int n) { return (k * 5 + n * 13) % 9 - 4.0f; }

/*
 * The same product with its operands stored in either order: A[m][k] and B[n][k] are read as they
 * lie, A[k][m] and B[k][n] transposed.
 */
static __global__ void products(float *out) {
    __shared__ __align__(16) bf16 a[M][K], a_transposed[K][M], b[N][K], b_transposed[K][N];
    const int lane = static_cast<int>(threadIdx.x);
    for (int i = lane; i < M * K; i += 32) {
        a[i / K][i % K] = to_bf16(a_value(i / K, i % K));
        a_transposed[i % K][i / K] = a[i / K][i % K];
    }
    for (int i = lane; i < N * K; i += 32) {
        b[i / K][i % K] = to_bf16(b_value(i % K, i / K));
        b_transposed[i % K][i / K] = b[i / K][i % K];
    }
    __syncthreads();
    for (int kind = 0; kind < 2; kind++) {
        uint32_t a_part[4], b_part[2];
        float d[4];
        if (kind == 0) {
            ldmatrix_x4(a_part, &a[lane % 16][lane / 16 * 8]);
            ldmatrix_x2(b_part, &b[lane % 8][lane / 8 % 2 * 8]);
        } else {
            ldmatrix_x4_trans(a_part, &a_transposed[lane % 8 + lane / 16 * 8][lane / 8 % 2 * 8]);
            ldmatrix_x2_trans(b_part, &b_transposed[lane % 16][0]);
        }
        for (int i = 0; i < 4; i++) {
            d[i] = 1000.0f * (lane / 4 + i / 2 * 8) + lane % 4 * 2 + i % 2;
        }
        mma_bf16(d, a_part, b_part);
        for (int i = 0; i < 4; i++) {
            const int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
            out[(kind * M + row) * N + column] = d[i];
        }
    }
}

STATEMENT(fragments_of_matrices_multiply_as_matrices_do) {
    const std::vector<float> out = results<float>(products, dim3(1), 32, 0, 2 * M * N);
    for (int i = 0; i < 2 * M * N; i++) {
        const int m = i / N % M, n = i % N;
        float expected = 1000.0f * m + n;
        for (int k = 0; k < K; k++) {
            expected += a_value(m, k) * b_value(k, n);
        }
        expect(out[i] == expected, "row " + std::to_string(m) + ", column " + std::to_string(n)
                                           + (i < M * N ? "" : ", operands transposed"));
    }
}

STATEMENT(bfloat16_rounds_to_nearest_with_ties_to_even) {
    const uint32_t cases[][2] = {{0x3f800000, 0x3f80}, {0x3f808000, 0x3f80}, {0x3f818000, 0x3f82},
                                 {0x3f808001, 0x3f81}, {0x7f7fffff, 0x7f80}, {0x80000001, 0x8000},
                                 {0x7f800000, 0x7f80}, {0xff800001, 0x7fff}};
    for (const uint32_t(&each)[2] : cases) {
        float value;
        memcpy(&value, &each[0], sizeof(value));
        expect(to_bf16(value).bits == each[1], std::to_string(each[0]));
    }
    const float2 pair = unpack_bf16(pack_bf16(1.5f, -3.0f));
    expect(pair.x == 1.5f && pair.y == -3.0f, "packing");
}
