/* Streams, events, graphs and memory, seen from the host. */
#include "statements.h"

static __global__ void add(int *value, int amount) { *value += amount; }

STATEMENT(work_runs_when_somebody_waits_for_it) {
    const cudaStream_t stream = new_stream();
    int *const device = device_memory<int>(1);
    int *const in = pinned_memory<int>(1), *const out = pinned_memory<int>(1);
    *in = 1;
    expect_success(cudaMemcpyAsync(device, in, 4, cudaMemcpyHostToDevice, stream));
    expect_success(launch(add, dim3(1), 1, 0, stream, device, 10));
    expect_success(cudaMemcpyAsync(out, device, 4, cudaMemcpyDeviceToHost, stream));
    *in = 2; /* too early: the copy has not read it yet */
    expect(*out == -1, "a result is there before the wait");
    expect_success(cudaStreamSynchronize(stream));
    expect(*out == 12, "got " + std::to_string(*out));
}

STATEMENT(memory_that_is_not_pinned_is_copied_before_the_call_returns) {
    const cudaStream_t stream = new_stream();
    int *const device = device_memory<int>(1);
    int value = 1, result = 0;
    expect_success(cudaMemcpyAsync(device, &value, 4, cudaMemcpyHostToDevice, stream));
    value = 2;
    expect_success(cudaMemcpyAsync(&result, device, 4, cudaMemcpyDeviceToHost, stream));
    expect(result == 1, "got " + std::to_string(result));
}

STATEMENT(asking_again_and_again_gets_there) {
    const cudaStream_t stream = new_stream();
    int *const device = device_memory<int>(1);
    cudaEvent_t event;
    expect_success(cudaEventCreateWithFlags(&event, cudaEventDisableTiming));
    expect_success(cudaEventQuery(event));
    expect_success(cudaMemsetAsync(device, 0, 4, stream));
    expect_success(cudaEventRecord(event, stream));
    expect_error(cudaEventQuery(event), cudaErrorNotReady);
    int asked = 1;
    while (cudaEventQuery(event) == cudaErrorNotReady) {
        asked++;
    }
    expect(asked < 5, "asked " + std::to_string(asked) + " times");
    expect_success(cudaStreamQuery(stream));
    expect_success(cudaGetLastError());
}

STATEMENT(a_stream_waits_for_the_event_of_another) {
    const cudaStream_t first = new_stream(), second = new_stream();
    int *const device = device_memory<int>(1);
    int *const out = pinned_memory<int>(1);
    cudaEvent_t start, end;
    expect_success(cudaEventCreateWithFlags(&start, 0));
    expect_success(cudaEventCreateWithFlags(&end, 0));
    expect_success(cudaEventRecord(start, first));
    expect_success(cudaMemsetAsync(device, 0, 4, first));
    expect_success(launch(add, dim3(1), 1, 0, first, device, 5));
    expect_success(cudaEventRecord(end, first));
    expect_success(launch(add, dim3(1), 1, 0, first, device, 100));
    expect_success(cudaStreamWaitEvent(second, end, 0));
    expect_success(cudaMemcpyAsync(out, device, 4, cudaMemcpyDeviceToHost, second));
    expect_success(cudaStreamSynchronize(second));
    expect(*out == 5, "got " + std::to_string(*out));
    float milliseconds = -1;
    expect_success(cudaEventElapsedTime(&milliseconds, start, end));
    expect(milliseconds >= 0, "time runs backwards");
    expect_success(cudaEventRecord(end, first));
    expect_error(cudaEventElapsedTime(&milliseconds, start, end), cudaErrorNotReady);
}

STATEMENT(captured_work_runs_when_its_graph_is_launched) {
    const cudaStream_t stream = new_stream(), helper = new_stream();
    int *const device = device_memory<int>(1);
    int *const in = pinned_memory<int>(1), *const out = pinned_memory<int>(1);
    cudaEvent_t fork, join;
    expect_success(cudaEventCreateWithFlags(&fork, cudaEventDisableTiming));
    expect_success(cudaEventCreateWithFlags(&join, cudaEventDisableTiming));
    expect_success(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    int amount = 10;
    expect_success(cudaMemsetAsync(device, 0, 4, stream));
    expect_success(cudaMemcpyAsync(device, in, 4, cudaMemcpyHostToDevice, stream));
    expect_success(cudaEventRecord(fork, stream));
    expect_success(cudaStreamWaitEvent(helper, fork, 0));
    expect_success(launch(add, dim3(1), 1, 0, helper, device, amount));
    expect_success(cudaEventRecord(join, helper));
    expect_success(cudaStreamWaitEvent(stream, join, 0));
    amount = 1000;
    expect_success(cudaMemcpyAsync(out, device, 4, cudaMemcpyDeviceToHost, stream));
    cudaStreamCaptureStatus status;
    expect_success(cudaStreamIsCapturing(helper, &status));
    expect(status == cudaStreamCaptureStatusActive, "the other stream does not take part");
    cudaGraph_t graph;
    expect_success(cudaStreamEndCapture(stream, &graph));
    expect_success(cudaStreamSynchronize(stream));
    expect(*out == -1, "it ran while it was captured");

    cudaGraphExec_t executable;
    expect_success(cudaGraphInstantiate(&executable, graph, 0));
    expect_success(cudaGraphDestroy(graph));
    for (int i = 0; i < 3; i++) {
        *in = i;
        expect_success(cudaGraphLaunch(executable, stream));
        expect_success(cudaStreamSynchronize(stream));
        expect(*out == i + 10, "replay " + std::to_string(i) + " gave " + std::to_string(*out));
    }
    expect_success(cudaGraphExecDestroy(executable));
}

STATEMENT(what_waits_or_allocates_spoils_a_capture) {
    const cudaStream_t stream = new_stream();
    cudaGraph_t graph;
    void *memory = nullptr;
    for (int i = 0; i < 2; i++) {
        expect_success(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
        expect_error(i == 0 ? cudaMalloc(&memory, 16) : cudaStreamSynchronize(stream),
                     cudaErrorStreamCaptureUnsupported);
        expect_error(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureInvalidated);
    }
    expect_success(cudaMalloc(&memory, 16));
    expect_error(cudaStreamEndCapture(stream, &graph), cudaErrorIllegalState);
}

STATEMENT(a_capture_ends_only_when_its_branches_have_joined) {
    const cudaStream_t stream = new_stream(), helper = new_stream();
    int *const device = device_memory<int>(1);
    cudaEvent_t fork;
    cudaGraph_t graph;
    expect_success(cudaEventCreateWithFlags(&fork, cudaEventDisableTiming));
    expect_success(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
    expect_success(cudaEventRecord(fork, stream));
    expect_success(cudaStreamWaitEvent(helper, fork, 0));
    expect_success(launch(add, dim3(1), 1, 0, helper, device, 1));
    expect_error(cudaStreamEndCapture(stream, &graph), cudaErrorStreamCaptureUnjoined);
}

STATEMENT(copies_stay_inside_allocations) {
    char *const device = device_memory<char>(100);
    char host[200] = {};
    expect_success(cudaMemcpy(device + 50, host, 50, cudaMemcpyHostToDevice));
    expect_error(cudaMemcpy(device + 50, host, 51, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
    expect_error(cudaMemcpy(host, device + 100, 1, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
    expect_error(cudaMemcpy(host, host + 100, 50, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
    expect_error(cudaMemcpy(host, device, 50, cudaMemcpyHostToHost), cudaErrorInvalidValue);
    expect_success(cudaMemcpy(host, device, 100, cudaMemcpyDefault));
    expect_error(cudaMemset(device, 0, 101), cudaErrorInvalidValue);
    expect_error(cudaGetLastError(), cudaErrorInvalidValue);
    expect_success(cudaGetLastError());
}

STATEMENT(memory_is_counted_and_freed_once) {
    size_t before, after, total;
    expect_success(cudaMemGetInfo(&before, &total));
    void *const device = device_memory<char>(1 << 20);
    expect_success(cudaMemGetInfo(&after, &total));
    expect(before - after == 1 << 20, "counted otherwise");
    void *more = nullptr;
    expect_error(cudaMalloc(&more, after + 1), cudaErrorMemoryAllocation);
    expect_error(cudaFree(static_cast<char *>(device) + 256), cudaErrorInvalidValue);
    expect_success(cudaFree(device));
    expect_error(cudaFree(device), cudaErrorInvalidValue);
    expect_success(cudaFree(nullptr));
    expect_success(cudaMemGetInfo(&after, &total));
    expect(before == after, "not given back");
}

STATEMENT(launches_that_no_device_could_run_are_refused) {
    int *const device = device_memory<int>(1);
    expect_error(launch(add, dim3(1), 1025, 0, nullptr, device, 1), cudaErrorInvalidConfiguration);
    expect_error(launch(add, dim3(1, 65536), 1, 0, nullptr, device, 1),
                 cudaErrorInvalidConfiguration);
    expect_error(launch(add, dim3(1), 1, 164 * 1024, nullptr, device, 1), cudaErrorInvalidValue);
    expect_success(launch(add, dim3(0, 5), 1, 0, nullptr, device, 1));
    expect_success(launch(add, dim3(1), 1, 163 * 1024, nullptr, device, 1));
    expect_success(cudaDeviceSynchronize());
}
