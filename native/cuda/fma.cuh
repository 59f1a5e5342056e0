/*
 * A thread's part of a matrix product without matrix units, in float32: the thread block computes
 * d[BM][BN] += a b with a as [K][BM] and b as [K][BN] in shared memory. A thread owns TM x TN of d,
 * with rows BM / TM apart and columns BN / TN apart. For float32 values, and for block sizes that
 * the shapes of the matrix units do not fit.
 */
#ifndef SLUICE_FMA_CUH
#define SLUICE_FMA_CUH

#include "platform.cuh"

template <int BM_, int BN_, int TM_, int TN_, int BK_>
struct FmaShape {
    static constexpr int BM = BM_;
    static constexpr int BN = BN_;
    static constexpr int TM = TM_;
    static constexpr int TN = TN_;
    static constexpr int ROWS_APART = BM / TM;
    static constexpr int COLUMNS_APART = BN / TN;
    static constexpr int THREADS = ROWS_APART * COLUMNS_APART;
    static constexpr int BK = BK_; /* of a's columns that are in shared memory at a time */
    /* A thread that stages one column of a and of b has these rows of each, this far apart. */
    static constexpr int STAGED_APART = THREADS / BK;
    static constexpr int STAGED_A = BM / STAGED_APART;
    static constexpr int STAGED_B = BN / STAGED_APART;
    /* One float more than needed: threads that write along K fall on different banks. */
    static constexpr int A_STRIDE = BM + 1;
    static constexpr int B_STRIDE = BN + 1;
};

/*
 * For many nodes, and for few: then a thread block has few rows, because there are few thread
 * blocks.
 */
typedef FmaShape<64, 64, 4, 4, 16> WideShape;
typedef FmaShape<32, 16, 2, 2, 32> MediumShape;

template <typename Shape>
struct ThreadProduct {
    float sum[Shape::TM][Shape::TN];

    __device__ __forceinline__ void clear() {
#pragma unroll
        for (int i = 0; i < Shape::TM; i++) {
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) sum[i][j] = 0;
        }
    }

    __device__ static __forceinline__ int row(int i) {
        return threadIdx.x / Shape::COLUMNS_APART + i * Shape::ROWS_APART;
    }

    __device__ static __forceinline__ int column(int j) {
        return threadIdx.x % Shape::COLUMNS_APART + j * Shape::COLUMNS_APART;
    }

    __device__ __forceinline__ void multiply(const float *a, const float *b, int steps) {
#pragma unroll 4
        for (int k = 0; k < steps; k++) {
            float left[Shape::TM];
            float right[Shape::TN];
#pragma unroll
            for (int i = 0; i < Shape::TM; i++) left[i] = a[k * Shape::A_STRIDE + row(i)];
#pragma unroll
            for (int j = 0; j < Shape::TN; j++) right[j] = b[k * Shape::B_STRIDE + column(j)];
#pragma unroll
            for (int i = 0; i < Shape::TM; i++) {
#pragma unroll
                for (int j = 0; j < Shape::TN; j++) sum[i][j] += left[i] * right[j];
            }
        }
    }
};

#endif
