/* Threads of a block: barriers, shared memory, and what happens where they do not meet. */
#include "statements.h"

static __global__ void neighbours(int *out) {
    DYNAMIC_SHARED(int, shared);
    for (int round = 0; round < 3; round++) {
        shared[threadIdx.x] = static_cast<int>(threadIdx.x) + round;
        __syncthreads();
        const int next = shared[(threadIdx.x + 1) % blockDim.x];
        const int last = shared[(threadIdx.x + blockDim.x - 1) % blockDim.x];
        __syncthreads();
        out[(blockIdx.x * blockDim.x + threadIdx.x) * 3 + round] = next * 1000 + last;
    }
}

STATEMENT(a_barrier_shows_every_thread_what_the_others_wrote) {
    const int blocks = 4, threads = 200; /* the last warp is not whole */
    const std::vector<int> out = results<int>(neighbours, dim3(blocks), threads,
                                              threads * sizeof(int), blocks * threads * 3);
    for (int block = 0; block < blocks; block++) {
        for (int thread = 0; thread < threads; thread++) {
            for (int round = 0; round < 3; round++) {
                const int next = (thread + 1) % threads + round;
                const int last = (thread + threads - 1) % threads + round;
                expect(out[(block * threads + thread) * 3 + round] == next * 1000 + last,
                       "thread " + std::to_string(thread) + " read something else");
            }
        }
    }
}

static __global__ void votes_of_block(int *out) {
    const int thread = static_cast<int>(threadIdx.x);
    const int count = __syncthreads_count(thread % 3 == 0);
    const int any = __syncthreads_or(thread == 77);
    const int none = __syncthreads_or(thread == 128);
    const int all = __syncthreads_and(thread < 128);
    const int most = __syncthreads_and(thread != 77);
    out[thread] =
            count * 10000 + (any != 0) * 1000 + (none != 0) * 100 + (all != 0) * 10 + (most != 0);
}

STATEMENT(barriers_count_and_combine_predicates) {
    for (const int result : results<int>(votes_of_block, dim3(1), 128, 0, 128)) {
        expect(result == 43 * 10000 + 1000 + 10, "got " + std::to_string(result));
    }
}

static __global__ void where_am_i(int *out) {
    const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    out[block * blockDim.x + threadIdx.x] = static_cast<int>(block * 100 + threadIdx.x);
}

STATEMENT(every_thread_of_every_block_runs_once) {
    const std::vector<int> out = results<int>(where_am_i, dim3(3, 2, 2), 40, 0, 12 * 40);
    for (int i = 0; i < 12 * 40; i++) {
        expect(out[i] == i / 40 * 100 + i % 40, "thread " + std::to_string(i) + " did not run");
    }
}

static __global__ void read_before_writing(float *out) {
    DYNAMIC_SHARED(float, shared);
    out[blockIdx.x * blockDim.x + threadIdx.x] = shared[threadIdx.x];
    __syncthreads();
    shared[threadIdx.x] = 1.0f;
}

STATEMENT(memory_that_nobody_wrote_holds_nans) {
    float *const memory = device_memory<float>(5);
    std::vector<float> fresh(5);
    expect_success(cudaMemcpy(fresh.data(), memory, 5 * sizeof(float), cudaMemcpyDeviceToHost));
    const std::vector<float> shared =
            results<float>(read_before_writing, dim3(2), 32, 32 * sizeof(float), 64);
    fresh.insert(fresh.end(), shared.begin(), shared.end());
    for (const float value : fresh) {
        expect(isnan(value), "found a number");
    }
}

/* The kernel has to end with an error whose text contains `text`; then nothing works any more. */
template <typename K>
static void expect_failure(K kernel, unsigned threads, cudaError_t expected,
                           const std::string &text) {
    int *const memory = device_memory<int>(threads);
    expect_success(launch(kernel, dim3(2), threads, 0, nullptr, memory));
    expect_error(cudaDeviceSynchronize(), expected);
    const std::string found = cudaGetErrorString(expected);
    expect(found.find(text) != std::string::npos, "the message is: " + found);
    void *more = nullptr;
    expect_error(cudaMalloc(&more, 16), expected);
    cudaDeviceReset();
    expect_success(cudaMalloc(&more, 16));
    const std::vector<int> out = results<int>(where_am_i, dim3(1), 40, 0, 40);
    expect(out[39] == 39, "the device does not work after its reset");
}

__global__ void ends_early(int *out) {
    if (threadIdx.x == 5) {
        return;
    }
    __syncthreads();
    out[threadIdx.x] = 1;
}

STATEMENT(a_thread_that_ends_before_a_barrier_is_named) {
    expect_failure(ends_early, 64, cudaErrorLaunchFailure,
                   "waits at a barrier of the block, thread 5 has ended");
    expect_failure(ends_early, 64, cudaErrorLaunchFailure, "ends_early(int*)");
}

static __global__ void some_vote_some_wait(int *out) {
    if (threadIdx.x % 32 < 7) {
        __syncthreads();
    } else {
        out[threadIdx.x] = static_cast<int>(__ballot_sync(0xffffffffu, 1));
    }
}

STATEMENT(lanes_that_wait_elsewhere_are_named) {
    expect_failure(some_vote_some_wait, 64, cudaErrorLaunchFailure, "waits for its warp at a vote");
}

static __global__ void different_collectives(int *out) {
    if (threadIdx.x < 7) {
        __syncwarp();
    } else {
        out[threadIdx.x] = __shfl_sync(0xffffffffu, 1, 0);
    }
}

STATEMENT(lanes_at_different_collectives_are_named) {
    expect_failure(different_collectives, 32, cudaErrorLaunchFailure, "other lanes of its warp at");
}

static __global__ void different_barriers(int *out) {
    if (threadIdx.x < 32) {
        __syncthreads();
    } else {
        out[threadIdx.x] = __syncthreads_or(1);
    }
}

STATEMENT(a_block_meets_at_one_kind_of_barrier) {
    expect_failure(different_barriers, 64, cudaErrorLaunchFailure, "another kind of barrier");
}

static __global__ void half_a_warp(int *out) {
    out[threadIdx.x] = threadIdx.x < 16 ? __shfl_sync(0xffffu, 1, 0) : 0;
}

STATEMENT(only_whole_warps_take_part) {
    expect_failure(half_a_warp, 32, cudaErrorLaunchFailure, "mask 0000ffff");
}

static __global__ void some_wait(int *) {
    if (threadIdx.x != 9) {
        wait_for_launches_before();
    }
}

STATEMENT(every_thread_of_an_early_launch_waits_for_those_before) {
    int *const memory = device_memory<int>(1);
    expect_success(launch_early(false, some_wait, dim3(1), 32, 0, nullptr, memory));
    expect_success(cudaDeviceSynchronize());
    expect_success(launch_early(true, some_wait, dim3(1), 32, 0, nullptr, memory));
    expect_error(cudaDeviceSynchronize(), cudaErrorLaunchFailure);
    const std::string found = cudaGetErrorString(cudaErrorLaunchFailure);
    expect(found.find("thread 9: ends without having waited") != std::string::npos, found);
}
