/* Asynchronous copies to shared memory arrive when they are waited for. */
#include "statements.h"

struct Seen {
    float before, first, second, zero;
};

static __global__ void two_groups(const float *in, Seen *out) {
    DYNAMIC_SHARED(float, shared);
    float *const mine = shared + threadIdx.x * 12;
    for (int i = 0; i < 12; i++) {
        mine[i] = 7.0f;
    }
    copy_async_16(mine, in + threadIdx.x * 8, true);
    copy_async_commit();
    copy_async_16(mine + 4, in + threadIdx.x * 8 + 4, true);
    copy_async_16(mine + 8, nullptr, false);
    copy_async_commit();
    Seen &seen = out[threadIdx.x];
    seen.before = mine[0];
    copy_async_wait<1>();
    seen.first = mine[3];
    seen.second = mine[4];
    copy_async_wait<0>();
    seen.second = isnan(seen.second) ? mine[7] : -1.0f;
    seen.zero = mine[8] + mine[9] + mine[10] + mine[11];
}

STATEMENT(a_copy_arrives_at_the_wait_and_not_before) {
    float *const in = device_memory<float>(32 * 8);
    Seen *const out = device_memory<Seen>(32);
    std::vector<float> values(32 * 8);
    for (int i = 0; i < 32 * 8; i++) {
        values[i] = static_cast<float>(i);
    }
    expect_success(cudaMemcpy(in, values.data(), values.size() * 4, cudaMemcpyHostToDevice));
    expect_success(launch(two_groups, dim3(1), 32, 32 * 48, nullptr, in, out));
    std::vector<Seen> seen(32);
    expect_success(cudaMemcpy(seen.data(), out, 32 * sizeof(Seen), cudaMemcpyDeviceToHost));
    for (int thread = 0; thread < 32; thread++) {
        expect(isnan(seen[thread].before), "it is there before the wait");
        expect(seen[thread].first == thread * 8 + 3.0f, "the first group has not arrived");
        expect(seen[thread].second == thread * 8 + 7.0f, "the second group came at the wrong wait");
        expect(seen[thread].zero == 0.0f, "a copy that is not valid writes zeros");
    }
}

static __global__ void copy_from(const char *from) {
    DYNAMIC_SHARED(char, shared);
    copy_async_16(shared, from, true);
}

STATEMENT(copies_are_of_whole_aligned_words) {
    const char *const memory = device_memory<char>(64);
    expect_success(launch(copy_from, dim3(1), 1, 16, nullptr, memory + 8));
    expect_error(cudaDeviceSynchronize(), cudaErrorMisalignedAddress);
}
