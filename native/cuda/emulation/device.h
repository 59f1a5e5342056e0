/*
 * What the platform's functions do on the host. The threads of a block are fibers of one thread of
 * the operating system: one runs until it reaches a barrier or a collective of its warp, then the
 * next one does. Blocks and launches run one after another.
 *
 * Made to show mistakes rather than to hide them: memory is full of NaNs before it is written,
 * asynchronous copies arrive at the wait and not before, and threads that will never meet at a
 * barrier end the launch with an error that says where each of them is.
 */
#ifndef SLUICE_EMULATION_DEVICE_H
#define SLUICE_EMULATION_DEVICE_H

#include <string.h>

#include <cmath>
#include <functional>
#include <limits>
#include <tuple>
#include <type_traits>

#include "emulation/runtime.h"

#define __global__ __attribute__((visibility("default"))) /* named in messages */
#define __device__
#define __host__
#define __shared__ static
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))

namespace emulated {

constexpr unsigned WARP = 32;
constexpr unsigned MAXIMUM_THREADS = 1024;

struct Launch {
    dim3 grid;
    unsigned threads;
    size_t shared_bytes;
    bool early;                 /* all threads have to wait for the launches before */
    const void *kernel;         /* its address, for messages */
    std::function<void()> body; /* calls it, once for each thread */
};

#pragma GCC visibility push(default)

/* Where the running thread is. */
extern uint3 thread_index;
extern dim3 block_index;
extern dim3 block_size;
extern dim3 grid_size;
extern unsigned char *shared_memory;

cudaError_t enqueue(Launch launch, cudaStream_t stream);

/* Ends the launch with an error that cudaGetErrorString explains with the message. */
[[noreturn]] void fail(cudaError_t error, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* How many of the block's threads passed a true predicate. */
enum class Barrier { SYNC, COUNT, AND, OR };
int barrier(Barrier kind, bool predicate);

void warp_barrier();
unsigned ballot(bool predicate);
uint64_t shuffle(uint64_t value, unsigned source_lane);
void load_matrices(uint32_t *registers, int matrices, bool transposed, const void *row);
void multiply(float *d, const uint32_t *a, const uint32_t *b);

void wait_for_launches_before();

void copy_async(void *shared, const void *global, bool valid);
void copy_commit();
void copy_wait(unsigned groups_left);

#pragma GCC visibility pop

inline void require_full(unsigned mask) {
    if (mask != 0xffffffffu) {
        fail(cudaErrorLaunchFailure, "a collective has the mask %08x: only whole warps take part",
             mask);
    }
}

inline unsigned lane() { return thread_index.x % WARP; }

template <typename T>
T shuffle_value(T value, unsigned source_lane) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move values of 4 or 8 bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(T));
    bits = shuffle(bits, source_lane);
    memcpy(&value, &bits, sizeof(T));
    return value;
}

template <typename To, typename From>
To bit_copy(From from) {
    static_assert(sizeof(To) == sizeof(From), "as many bits");
    To to;
    memcpy(&to, &from, sizeof(To));
    return to;
}

} // namespace emulated

#define threadIdx (emulated::thread_index)
#define blockIdx (emulated::block_index)
#define blockDim (emulated::block_size)
#define gridDim (emulated::grid_size)
#define warpSize (static_cast<int>(emulated::WARP))

#define DYNAMIC_SHARED(type, name)                                                                 \
    type *const name = reinterpret_cast<type *>(emulated::shared_memory)

inline void __syncthreads() { emulated::barrier(emulated::Barrier::SYNC, false); }
inline int __syncthreads_count(int predicate) {
    return emulated::barrier(emulated::Barrier::COUNT, predicate != 0);
}
inline int __syncthreads_and(int predicate) {
    const int count = emulated::barrier(emulated::Barrier::AND, predicate != 0);
    return count == static_cast<int>(blockDim.x);
}
inline int __syncthreads_or(int predicate) {
    return emulated::barrier(emulated::Barrier::OR, predicate != 0) != 0;
}

inline void __syncwarp(unsigned mask = 0xffffffffu) {
    emulated::require_full(mask);
    emulated::warp_barrier();
}
inline unsigned __ballot_sync(unsigned mask, int predicate) {
    emulated::require_full(mask);
    return emulated::ballot(predicate != 0);
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, !predicate) == 0; }

/* As CUDA's, `width` divides the warp into equal parts that shuffle among themselves. */
template <typename T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
    emulated::require_full(mask);
    const unsigned lane = emulated::lane(), part = static_cast<unsigned>(width);
    return emulated::shuffle_value(value,
                                   lane / part * part + static_cast<unsigned>(source) % part);
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    emulated::require_full(mask);
    const unsigned lane = emulated::lane();
    const bool inside = lane % static_cast<unsigned>(width) >= delta;
    return emulated::shuffle_value(value, inside ? lane - delta : lane);
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
    emulated::require_full(mask);
    const unsigned lane = emulated::lane(), part = static_cast<unsigned>(width);
    return emulated::shuffle_value(value, lane % part + delta < part ? lane + delta : lane);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32) {
    emulated::require_full(mask);
    const unsigned lane = emulated::lane(), part = static_cast<unsigned>(width);
    const unsigned source = lane ^ static_cast<unsigned>(lanes);
    return emulated::shuffle_value(value, source / part <= lane / part ? source : lane);
}

inline int __popc(unsigned value) { return __builtin_popcount(value); }
inline int __popcll(unsigned long long value) { return __builtin_popcountll(value); }
inline int __ffs(int value) { return __builtin_ffs(value); }
inline int __clz(int value) {
    return value == 0 ? 32 : __builtin_clz(static_cast<unsigned>(value));
}
inline int __clzll(long long value) {
    return value == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(value));
}
inline unsigned __umulhi(unsigned a, unsigned b) {
    return static_cast<unsigned>((static_cast<uint64_t>(a) * b) >> 32);
}
inline int __float_as_int(float value) { return emulated::bit_copy<int>(value); }
inline unsigned __float_as_uint(float value) { return emulated::bit_copy<unsigned>(value); }
inline float __int_as_float(int value) { return emulated::bit_copy<float>(value); }
inline float __uint_as_float(unsigned value) { return emulated::bit_copy<float>(value); }
inline long long __double_as_longlong(double value) { return emulated::bit_copy<long long>(value); }
inline double __longlong_as_double(long long value) { return emulated::bit_copy<double>(value); }

template <typename T>
T __ldg(const T *pointer) {
    return *pointer;
}

template <typename T>
T atomicAdd(T *at, T value) {
    static_assert(std::is_integral_v<T>, "sums of floats would depend on the order of threads");
    const T old = *at;
    *at = old + value;
    return old;
}
template <typename T>
T atomicCAS(T *at, T expected, T value) {
    const T old = *at;
    *at = old == expected ? value : old;
    return old;
}
template <typename T>
T atomicMax(T *at, T value) {
    static_assert(std::is_integral_v<T>, "integers only");
    const T old = *at;
    *at = old > value ? old : value;
    return old;
}
template <typename T>
T atomicOr(T *at, T value) {
    static_assert(std::is_integral_v<T>, "integers only");
    const T old = *at;
    *at = old | value;
    return old;
}

template <typename A, typename B>
auto min(A a, B b) {
    using T = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<T>) {
        return std::fmin(static_cast<T>(a), static_cast<T>(b));
    } else {
        return static_cast<T>(a) < static_cast<T>(b) ? static_cast<T>(a) : static_cast<T>(b);
    }
}
template <typename A, typename B>
auto max(A a, B b) {
    using T = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<T>) {
        return std::fmax(static_cast<T>(a), static_cast<T>(b));
    } else {
        return static_cast<T>(a) > static_cast<T>(b) ? static_cast<T>(a) : static_cast<T>(b);
    }
}

using std::isfinite;
using std::isinf;
using std::isnan;

inline void ldmatrix_x4(uint32_t (&r)[4], const void *row) {
    emulated::load_matrices(r, 4, false, row);
}
inline void ldmatrix_x4_trans(uint32_t (&r)[4], const void *row) {
    emulated::load_matrices(r, 4, true, row);
}
inline void ldmatrix_x2(uint32_t (&r)[2], const void *row) {
    emulated::load_matrices(r, 2, false, row);
}
inline void ldmatrix_x2_trans(uint32_t (&r)[2], const void *row) {
    emulated::load_matrices(r, 2, true, row);
}
inline void mma_bf16(float (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    emulated::multiply(d, a, b);
}

inline void copy_async_16(void *shared, const void *global, bool valid) {
    emulated::copy_async(shared, global, valid);
}
inline void copy_async_commit() { emulated::copy_commit(); }
template <int N>
void copy_async_wait() {
    emulated::copy_wait(N);
}

template <typename... P, typename... A>
cudaError_t launch_early(bool early, void (*kernel)(P...), dim3 grid, unsigned threads,
                         size_t shared_bytes, cudaStream_t stream, A... arguments) {
    static_assert((std::is_trivially_copyable_v<P> && ...), "arguments are copied as bytes");
    std::tuple<P...> values(static_cast<P>(arguments)...);
    return emulated::enqueue(
            {grid, threads, shared_bytes, early, reinterpret_cast<const void *>(kernel),
             [kernel, values] { std::apply(kernel, values); }},
            stream);
}

#endif
