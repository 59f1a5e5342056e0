/*
 * Reads and writes consecutive values: four at a time where they are aligned to four, otherwise
 * one.
 */
#ifndef SLUICE_COLUMNS_CUH
#define SLUICE_COLUMNS_CUH

#include "layout.cuh"

__device__ static __forceinline__ void load_columns(const float *from, float (&to)[4]) {
    const float4 four = *(const float4 *)from;
    to[0] = four.x;
    to[1] = four.y;
    to[2] = four.z;
    to[3] = four.w;
}

__device__ static __forceinline__ void load_columns(const bf16 *from, float (&to)[4]) {
    const uint2 four = *(const uint2 *)from;
    const float2 low = unpack_bf16(four.x);
    const float2 high = unpack_bf16(four.y);
    to[0] = low.x;
    to[1] = low.y;
    to[2] = high.x;
    to[3] = high.y;
}

template <typename V>
__device__ static __forceinline__ void load_columns(const V *from, float (&to)[1]) {
    to[0] = load_value(from);
}

__device__ static __forceinline__ void store_columns(float *to, const float (&from)[4]) {
    *(float4 *)to = make_float4(from[0], from[1], from[2], from[3]);
}

__device__ static __forceinline__ void store_columns(bf16 *to, const float (&from)[4]) {
    *(uint2 *)to = make_uint2(pack_bf16(from[0], from[1]), pack_bf16(from[2], from[3]));
}

template <typename V>
__device__ static __forceinline__ void store_columns(V *to, const float (&from)[1]) {
    store_value(to, from[0]);
}

#endif
