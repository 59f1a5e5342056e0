/*
 * A warp's part of a matrix product on the matrix units: d[M][N] += a[M][K] b[K][N] with bfloat16
 * operands in shared memory and float32 sums in registers.
 *
 *   a lies as [M][stride], or, A_BY_K, as [K][stride]
 *   b lies as [N][stride], or, B_BY_K, as [K][stride]
 *
 * Strides are odd multiples of 8 numbers, so that the eight rows of a matrix fall on all banks.
 */
#ifndef SLUICE_MATRIX_CUH
#define SLUICE_MATRIX_CUH

#include "platform.cuh"

enum { STEP_K = 16 };

/*
 * A crowded multiprocessor has three thread blocks of 256 threads instead of two, with shorter
 * chunks and fewer registers: what one of them waits for hides behind the others. That suits many
 * tasks. Where there are few, the time of a single thread block counts.
 */
enum { CROWDED_THREADS = 768, CROWDED_CHUNK = 64 };

template <int M, int N>
struct WarpProduct {
    static_assert(M % 16 == 0 && N % 8 == 0, "whole matrix instructions");

    float sum[M / 16][N / 8][4];

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < M / 16; i++) {
#pragma unroll
            for (int j = 0; j < N / 8; j++) {
#pragma unroll
                for (int r = 0; r < 4; r++) sum[i][j][r] = 0;
            }
        }
    }

    /* One multiplication over 16 along K; a and b are the first numbers of the operands. */
    template <bool A_BY_K, bool B_BY_K>
    __device__ __forceinline__ void multiply(const bf16 *a, int a_stride, const bf16 *b,
                                             int b_stride, int lane) {
        multiply_steps<1, A_BY_K, B_BY_K>(a, a_stride, b, b_stride, lane);
    }

    /* STEPS of these; all operands are loaded before the first is used. */
    template <int STEPS, bool A_BY_K, bool B_BY_K>
    __device__ __forceinline__ void multiply_steps(const bf16 *a, int a_stride, const bf16 *b,
                                                   int b_stride, int lane) {
        uint32_t left[STEPS][M / 16][4];
        uint32_t right[STEPS][N / 8][2];
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            load_left<A_BY_K>(left[k], a + k * STEP_K * (A_BY_K ? a_stride : 1), a_stride, lane);
            load_right<B_BY_K>(right[k], b + k * STEP_K * (B_BY_K ? b_stride : 1), b_stride, lane);
        }
#pragma unroll
        for (int k = 0; k < STEPS; k++) add(left[k], right[k]);
    }

    /* The same with scaled rows of a: factor[i][h] twice for row 16 i + 8 h + lane / 4. */
    template <bool B_BY_K>
    __device__ __forceinline__ void multiply_scaled(const bf16 *a, int a_stride, const bf16 *b,
                                                    int b_stride, int lane,
                                                    const uint32_t (&factor)[M / 16][2]) {
        uint32_t left[M / 16][4];
        uint32_t right[N / 8][2];
        load_left<false>(left, a, a_stride, lane);
        load_right<B_BY_K>(right, b, b_stride, lane);
#pragma unroll
        for (int i = 0; i < M / 16; i++) {
#pragma unroll
            for (int r = 0; r < 4; r++) left[i][r] = multiply_bf16(left[i][r], factor[i][r % 2]);
        }
        add(left, right);
    }

    /*
     * The same for operands that are both contiguous along K, with scaled rows of b: `low` has the
     * factors of rows 2 (lane % 4) and the next, `high` those of eight rows later.
     */
    __device__ __forceinline__ void multiply_by_k(const bf16 *a, int a_stride, const bf16 *b,
                                                  int b_stride, int lane, uint32_t low,
                                                  uint32_t high) {
        uint32_t left[M / 16][4];
        uint32_t right[N / 8][2];
        load_left<true>(left, a, a_stride, lane);
        load_right<true>(right, b, b_stride, lane);
#pragma unroll
        for (int j = 0; j < N / 8; j++) {
            right[j][0] = multiply_bf16(right[j][0], low);
            right[j][1] = multiply_bf16(right[j][1], high);
        }
        add(left, right);
    }

   private:
    template <bool A_BY_K>
    __device__ static __forceinline__ void load_left(uint32_t (&left)[M / 16][4], const bf16 *a,
                                                     int a_stride, int lane) {
#pragma unroll
        for (int i = 0; i < M / 16; i++) {
            if (A_BY_K) {
                const int k = (lane & 7) + (lane >> 4) * 8;
                const int m = i * 16 + ((lane >> 3) & 1) * 8;
                ldmatrix_x4_trans(left[i], a + k * a_stride + m);
            } else {
                ldmatrix_x4(left[i], a + (i * 16 + (lane & 15)) * a_stride + (lane >> 4) * 8);
            }
        }
    }

    template <bool B_BY_K>
    __device__ static __forceinline__ void load_right(uint32_t (&right)[N / 8][2], const bf16 *b,
                                                      int b_stride, int lane) {
        if (N == 8) {
            if (B_BY_K) {
                ldmatrix_x2_trans(right[0], b + (lane & 15) * b_stride);
            } else {
                ldmatrix_x2(right[0], b + (lane & 7) * b_stride + ((lane >> 3) & 1) * 8);
            }
        } else {
#pragma unroll
            for (int j = 0; j < N / 16; j++) {
                uint32_t both[4];
                if (B_BY_K) {
                    const int k = (lane & 7) + ((lane >> 3) & 1) * 8;
                    ldmatrix_x4_trans(both, b + k * b_stride + j * 16 + (lane >> 4) * 8);
                } else {
                    const int n = j * 16 + (lane & 7) + (lane >> 4) * 8;
                    ldmatrix_x4(both, b + n * b_stride + ((lane >> 3) & 1) * 8);
                }
                right[2 * j][0] = both[0];
                right[2 * j][1] = both[1];
                right[2 * j + 1][0] = both[2];
                right[2 * j + 1][1] = both[3];
            }
        }
    }

    __device__ __forceinline__ void add(const uint32_t (&left)[M / 16][4],
                                        const uint32_t (&right)[N / 8][2]) {
#pragma unroll
        for (int i = 0; i < M / 16; i++) {
#pragma unroll
            for (int j = 0; j < N / 8; j++) mma_bf16(sum[i][j], left[i], right[j]);
        }
    }
};

/* How the warps of a block share a product of ROWS x COLUMNS, with up to WIDTH columns each. */
template <int ROWS, int COLUMNS, int WIDTH = 32>
struct WarpGrid {
    static constexpr int M = 16;
    static constexpr int N = COLUMNS < WIDTH ? COLUMNS : WIDTH;
    static constexpr int BY_M = ROWS / M;
    static constexpr int BY_N = COLUMNS / N;
    static constexpr int WARPS = BY_M * BY_N;
    static constexpr int THREADS = WARPS * 32;
    typedef WarpProduct<M, N> Product;
};

#endif
