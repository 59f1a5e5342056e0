/* Statements about the emulation, each run on a device of its own and reported on a line. */
#ifndef SLUICE_EMULATION_STATEMENTS_H
#define SLUICE_EMULATION_STATEMENTS_H

#include <string>
#include <vector>

#include "platform.cuh"

struct Statement {
    const char *name;
    void (*body)();
};

std::vector<Statement> &statements();

struct Registration {
    Registration(const char *name, void (*body)()) { statements().push_back({name, body}); }
};

#define STATEMENT(name)                                                                            \
    static void name();                                                                            \
    static const Registration registration_##name(#name, name);                                    \
    static void name()

/* Records that the running statement does not hold, unless `holds`. */
void expect(bool holds, const std::string &what);

inline void expect_success(cudaError_t error) {
    expect(error == cudaSuccess, std::string("CUDA: ") + cudaGetErrorString(error));
}

inline void expect_error(cudaError_t error, cudaError_t expected) {
    expect(error == expected, std::string("expected ") + cudaGetErrorName(expected) + ", got "
                                      + cudaGetErrorName(error));
}

template <typename T>
T *device_memory(size_t count) {
    void *memory = nullptr;
    expect_success(cudaMalloc(&memory, count * sizeof(T)));
    return static_cast<T *>(memory);
}

template <typename T>
T *pinned_memory(size_t count) {
    void *memory = nullptr;
    expect_success(cudaMallocHost(&memory, count * sizeof(T)));
    return static_cast<T *>(memory);
}

inline cudaStream_t new_stream() {
    cudaStream_t stream = nullptr;
    expect_success(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    return stream;
}

/* Runs a kernel of one argument, memory for `count` results, and hands these over. */
template <typename T, typename K>
std::vector<T> results(K kernel, dim3 grid, unsigned threads, size_t shared_bytes, size_t count) {
    T *const memory = device_memory<T>(count);
    std::vector<T> host(count);
    expect_success(launch(kernel, grid, threads, shared_bytes, nullptr, memory));
    expect_success(cudaMemcpy(host.data(), memory, count * sizeof(T), cudaMemcpyDeviceToHost));
    return host;
}

#endif
