/*
 * All that kernels and their launchers need of the compiler and the device. With nvcc these are
 * thin wrappers of CUDA and its instructions, for compute capability 8.0 and newer. With
 * SLUICE_EMULATED a host compiler builds the same kernels on emulation/, which implements each of
 * them in plain C++.
 *
 * Collectives take whole warps and whole thread blocks only: all lanes reach the same call.
 */
#ifndef SLUICE_PLATFORM_CUH
#define SLUICE_PLATFORM_CUH

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include <tuple>
#include <utility>

#ifdef SLUICE_EMULATED
#include "emulation/device.h"
#define PLATFORM_NAME "host emulation"
#else
#include <cuda_runtime.h>
#define PLATFORM_NAME "CUDA"
#endif

/* Storage of a bfloat16: the upper half of a float32. */
struct bf16 {
    uint16_t bits;
};

__host__ __device__ __forceinline__ float to_float(bf16 value) {
#ifdef __CUDA_ARCH__
    return __uint_as_float(static_cast<uint32_t>(value.bits) << 16);
#else
    union {
        uint32_t bits;
        float value;
    } wide;
    wide.bits = static_cast<uint32_t>(value.bits) << 16;
    return wide.value;
#endif
}

/* Rounds to the nearest, ties to even. */
__host__ __device__ __forceinline__ bf16 to_bf16(float value) {
    bf16 result;
#ifdef __CUDA_ARCH__
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
#else
    union {
        float value;
        uint32_t bits;
    } wide;
    wide.value = value;
    const uint32_t half = 0x7fff + ((wide.bits >> 16) & 1);
    const bool nan = (wide.bits & 0x7fffffff) > 0x7f800000;
    result.bits = static_cast<uint16_t>(nan ? 0x7fff : (wide.bits + half) >> 16);
#endif
    return result;
}

/* Two values in the order of memory: low is the first. */
__host__ __device__ __forceinline__ uint32_t pack_bf16(float low, float high) {
#ifdef __CUDA_ARCH__
    uint32_t result;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(result) : "f"(high), "f"(low));
    return result;
#else
    return to_bf16(low).bits | static_cast<uint32_t>(to_bf16(high).bits) << 16;
#endif
}

__host__ __device__ __forceinline__ float2 unpack_bf16(uint32_t pair) {
    const bf16 low = {static_cast<uint16_t>(pair)};
    const bf16 high = {static_cast<uint16_t>(pair >> 16)};
    return make_float2(to_float(low), to_float(high));
}

/* Products of two pairs, each rounded once. */
__host__ __device__ __forceinline__ uint32_t multiply_bf16(uint32_t a, uint32_t b) {
#ifdef __CUDA_ARCH__
    uint32_t result;
    const uint32_t minus_zero = 0x80008000u;
    asm("fma.rn.bf16x2 %0, %1, %2, %3;" : "=r"(result) : "r"(a), "r"(b), "r"(minus_zero));
    return result;
#else
    const float2 x = unpack_bf16(a);
    const float2 y = unpack_bf16(b);
    return pack_bf16(x.x * y.x, x.y * y.y);
#endif
}

/* a / b for 0 < b <= 1, off by a few units in the last place. */
__device__ __forceinline__ float quotient(float a, float b) {
#ifdef __CUDA_ARCH__
    return __fdividef(a, b);
#else
    return a / b;
#endif
}

/*
 * Launches that overlap, on devices of compute capability 9.0: a kernel launched by launch_early
 * starts while its predecessor still runs. Before wait_for_launches_before, which all its threads
 * have to call, it may read only what was there before that predecessor started, and write nothing.
 */
__device__ __forceinline__ void let_next_launch_start() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

__device__ __forceinline__ void wait_for_launches_before() {
#ifdef SLUICE_EMULATED
    emulated::wait_for_launches_before();
#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/*
 * Flags between thread blocks. What a thread block wrote before a barrier, after which one of its
 * threads raises a flag to some value, is seen by another after a barrier that follows that one of
 * its threads has seen the value and called fence_after_flags.
 */
__device__ __forceinline__ void raise_flag(int32_t *flag, int32_t value) {
#ifdef __CUDA_ARCH__
    asm volatile("st.release.gpu.global.b32 [%0], %1;" : : "l"(flag), "r"(value) : "memory");
#else
    *flag = value;
#endif
}

/* Looks without order, as each look with it would empty the first-level cache. */
__device__ __forceinline__ int32_t look_at_flag(const int32_t *flag) {
#ifdef __CUDA_ARCH__
    int32_t value;
    asm volatile("ld.relaxed.gpu.global.b32 %0, [%1];" : "=r"(value) : "l"(flag) : "memory");
    return value;
#else
    return *flag;
#endif
}

__device__ __forceinline__ void fence_after_flags() {
#ifdef __CUDA_ARCH__
    asm volatile("fence.acq_rel.gpu;" ::: "memory");
#endif
}

#ifndef SLUICE_EMULATED

/* Declares `name`, a pointer to the block's dynamic shared memory, aligned to 128 bytes. */
#define DYNAMIC_SHARED(type, name)                                                                 \
    extern __shared__ __align__(128) unsigned char dynamic_shared_memory[];                        \
    type *const name = reinterpret_cast<type *>(dynamic_shared_memory)

__device__ __forceinline__ uint32_t shared_address(const void *pointer) {
    return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

/*
 * Loads 8x8 matrices of 16-bit values from shared memory. Lane i gives the address of row i % 8 of
 * matrix i / 8, aligned to 16 bytes; x2 reads the addresses of the first 16 lanes. Lane i receives
 * of each matrix columns 2 (i % 4) and the next of row i / 4, or, `trans`, rows 2 (i % 4) and the
 * next of column i / 4.
 */
__device__ __forceinline__ void ldmatrix_x4(uint32_t (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(row))
                 : "memory");
}

__device__ __forceinline__ void ldmatrix_x4_trans(uint32_t (&r)[4], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(shared_address(row))
                 : "memory");
}

__device__ __forceinline__ void ldmatrix_x2(uint32_t (&r)[2], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(shared_address(row))
                 : "memory");
}

__device__ __forceinline__ void ldmatrix_x2_trans(uint32_t (&r)[2], const void *row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(r[0]), "=r"(r[1])
                 : "r"(shared_address(row))
                 : "memory");
}

/*
 * d[16][8] += a[16][16] b[16][8]: bfloat16 operands, float32 sums. With g = lane / 4 and
 * t = 2 (lane % 4) a lane holds of
 *   a   rows g, g + 8, g, g + 8; columns t, t, t + 8, t + 8, each with the next column
 *   b   column g; rows t and t + 8, each with the next row
 *   d   rows g, g, g + 8, g + 8; columns t, t + 1, t, t + 1
 */
__device__ __forceinline__ void mma_bf16(float (&d)[4], const uint32_t (&a)[4],
                                         const uint32_t (&b)[2]) {
    asm volatile(
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/*
 * Starts copying 16 bytes, aligned to 16, from global to shared memory; if not valid, writes zeros
 * and does not read the source. The copies that this thread started before copy_async_commit form a
 * batch; copy_async_wait<N> returns when all but the N latest batches of this thread have arrived.
 * Other threads see them after a barrier that follows the wait.
 */
__device__ __forceinline__ void copy_async_16(void *shared, const void *global, bool valid) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :
                 : "r"(shared_address(shared)), "l"(__cvta_generic_to_global(global)),
                   "r"(valid ? 16 : 0)
                 : "memory");
}

__device__ __forceinline__ void copy_async_commit() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

template <int N>
__device__ __forceinline__ void copy_async_wait() {
    asm volatile("cp.async.wait_group %0;" : : "n"(N) : "memory");
}

/*
 * Enqueues kernel<<<grid, threads, shared_bytes, stream>>>(arguments...). An empty grid launches
 * nothing. Errors of kernels that ran before may come back here, as with every call of CUDA.
 */
template <typename... P, typename... A>
cudaError_t launch_early(bool early, void (*kernel)(P...), dim3 grid, unsigned threads,
                         size_t shared_bytes, cudaStream_t stream, A... arguments) {
    if (grid.x == 0 || grid.y == 0 || grid.z == 0) {
        return cudaSuccess;
    }
    /*
     * A kernel gets more than 48 KB of shared memory, including what it declares itself, only on
     * request.
     */
    constexpr size_t granted = 16 * 1024;
    if (shared_bytes > granted) {
        const cudaError_t error = cudaFuncSetAttribute(reinterpret_cast<const void *>(kernel),
                                                       cudaFuncAttributeMaxDynamicSharedMemorySize,
                                                       static_cast<int>(shared_bytes));
        if (error != cudaSuccess) {
            return error;
        }
    }
    std::tuple<P...> values(static_cast<P>(arguments)...);
    return std::apply(
            [&](P &...value) {
                void *addresses[sizeof...(P) + 1] = {
                        const_cast<void *>(static_cast<const volatile void *>(&value))..., nullptr};
                cudaLaunchAttribute attribute = {};
                attribute.id = cudaLaunchAttributeProgrammaticStreamSerialization;
                attribute.val.programmaticStreamSerializationAllowed = 1;
                cudaLaunchConfig_t config = {};
                config.gridDim = grid;
                config.blockDim = dim3(threads);
                config.dynamicSmemBytes = shared_bytes;
                config.stream = stream;
                config.attrs = &attribute;
                config.numAttrs = early ? 1 : 0;
                return cudaLaunchKernelExC(&config, reinterpret_cast<const void *>(kernel),
                                           addresses);
            },
            values);
}

#endif

template <typename... P, typename... A>
cudaError_t launch(void (*kernel)(P...), dim3 grid, unsigned threads, size_t shared_bytes,
                   cudaStream_t stream, A... arguments) {
    return launch_early(false, kernel, grid, threads, shared_bytes, stream, arguments...);
}

#endif
