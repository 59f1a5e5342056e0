/* Reductions over the lanes of a warp, or over neighbouring lanes; all lanes get the result. */
#ifndef SLUICE_WARP_CUH
#define SLUICE_WARP_CUH

#include "layout.cuh"

__device__ static __forceinline__ float larger_of(float a, float b) { return fmaxf(a, b); }
__device__ static __forceinline__ double larger_of(double a, double b) { return fmax(a, b); }
__device__ static __forceinline__ int32_t larger_of(int32_t a, int32_t b) { return max(a, b); }

/* The sum of all lanes' values. */
template <typename T>
__device__ static __forceinline__ T warp_sum(T value) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        value += __shfl_xor_sync(FULL_WARP, value, lanes);
    }
    return value;
}

/* The maximum over each `width` neighbouring lanes, a power of two. */
template <typename T>
__device__ static __forceinline__ T lanes_maximum(T value, int width) {
    for (int lanes = width / 2; lanes > 0; lanes /= 2) {
        value = larger_of(value, __shfl_xor_sync(FULL_WARP, value, lanes));
    }
    return value;
}

/* The maximum over all lanes. */
template <typename T>
__device__ static __forceinline__ T warp_maximum(T value) {
#pragma unroll
    for (int lanes = WARP / 2; lanes > 0; lanes /= 2) {
        value = larger_of(value, __shfl_xor_sync(FULL_WARP, value, lanes));
    }
    return value;
}

/* The lanes that have the same value, as bits. */
__device__ static __forceinline__ unsigned lanes_like_mine(int32_t value) {
#ifdef __CUDA_ARCH__
    return __match_any_sync(FULL_WARP, value);
#else
    unsigned like = 0;
    for (int lane = 0; lane < WARP; lane++) {
        like |= __shfl_sync(FULL_WARP, value, lane) == value ? 1u << lane : 0;
    }
    return like;
#endif
}

#endif
