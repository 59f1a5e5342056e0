/*
 * Streams, events and graphs. What is enqueued runs as late as the order of streams and events
 * allows: when somebody waits for it. So a host that does not wait finds nothing done yet, as it
 * may on a device.
 */
#include <string.h>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "emulation/state.h"

using emulated::Outcome;

/* What a stream does or a graph replays. */
typedef std::function<Outcome()> Work;

struct Capture {
    CUstream_st *origin;
    cudaStreamCaptureMode mode;
    std::thread::id thread;
    bool spoilt = false;
    std::vector<Work> work;
};

struct CUstream_st {
    bool blocking; /* waits for the legacy stream, and that one for it */
    std::deque<Work> queue;
    std::shared_ptr<Capture> capture;
    bool unjoined = false; /* captured something that the capture's origin does not wait for */
};

struct CUevent_st {
    bool timed;
    CUstream_st *stream = nullptr; /* of the latest record */
    unsigned long long recorded = 0, completed = 0;
    bool captured = false;
    std::weak_ptr<Capture> capture;
    std::chrono::steady_clock::time_point time;
};

struct CUgraph_st {
    std::vector<Work> work;
};

struct CUgraphExec_st {
    std::shared_ptr<const std::vector<Work>> work;
};

namespace emulated {

namespace {

constexpr size_t QUEUE_LIMIT = 1024; /* a device's queue is finite too */

CUstream_st legacy{true, {}, nullptr, false};
std::map<cudaStream_t, std::unique_ptr<CUstream_st>> streams;
std::map<cudaEvent_t, std::shared_ptr<CUevent_st>> events;
std::map<cudaGraph_t, std::unique_ptr<CUgraph_st>> graphs;
std::map<cudaGraphExec_t, std::unique_ptr<CUgraphExec_st>> executables;

const Outcome DONE = {cudaSuccess, ""};

CUstream_st *resolve(cudaStream_t stream) {
    if (stream == nullptr) {
        return &legacy;
    }
    return streams.count(stream) == 0 ? nullptr : stream;
}

/* Runs the first thing in the queue. */
void advance(CUstream_st &stream) {
    const Work work = std::move(stream.queue.front());
    stream.queue.pop_front();
    if (broken() == cudaSuccess) {
        const Outcome outcome = work();
        if (outcome.error != cudaSuccess) {
            break_device(outcome);
        }
    }
}

void drain(CUstream_st &stream) {
    while (!stream.queue.empty()) {
        advance(stream);
    }
}

void drain_blocking() {
    for (const auto &each : streams) {
        if (each.second->blocking) {
            drain(*each.second);
        }
    }
}

/* All that a host has to wait for when it waits for the stream. */
void wait_for(CUstream_st &stream) {
    if (stream.blocking) {
        drain(legacy);
    }
    if (&stream == &legacy) {
        drain_blocking();
    }
    drain(stream);
}

void wait_for(const CUevent_st &event, unsigned long long record) {
    while (event.completed < record && !event.stream->queue.empty()) {
        advance(*event.stream);
    }
}

std::set<Capture *> active_captures() {
    std::set<Capture *> result;
    for (const auto &each : streams) {
        if (each.second->capture != nullptr) {
            result.insert(each.second->capture.get());
        }
    }
    return result;
}

cudaError_t submit(cudaStream_t handle, Work work) {
    CUstream_st *const stream = resolve(handle);
    if (stream == nullptr) {
        return cudaErrorInvalidResourceHandle;
    }
    if (stream->capture != nullptr) {
        if (stream->capture->spoilt) {
            return cudaErrorStreamCaptureInvalidated;
        }
        stream->capture->work.push_back(std::move(work));
        stream->unjoined = stream->capture->origin != stream;
        return cudaSuccess;
    }
    if (stream == &legacy) {
        for (const auto &each : streams) {
            if (each.second->blocking && each.second->capture != nullptr) {
                each.second->capture->spoilt = true;
                return cudaErrorStreamCaptureImplicit;
            }
        }
        drain_blocking();
    } else if (stream->blocking) {
        drain(legacy);
    }
    stream->queue.push_back(std::move(work));
    while (stream->queue.size() > QUEUE_LIMIT) {
        advance(*stream);
    }
    return broken();
}

bool capturing(const CUstream_st *stream) {
    return stream != nullptr && stream->capture != nullptr;
}

/* Spoils the capture that this stream takes part in. */
cudaError_t refuse(CUstream_st &stream) {
    stream.capture->spoilt = true;
    return cudaErrorStreamCaptureUnsupported;
}

/* Which of the two ends of a copy have to be on the device. */
struct Ends {
    bool to_device, from_device;
};

cudaError_t find_ends(void *to, const void *from, size_t bytes, cudaMemcpyKind kind, Ends *ends) {
    switch (kind) {
        case cudaMemcpyHostToHost:
            *ends = {false, false};
            break;
        case cudaMemcpyHostToDevice:
            *ends = {true, false};
            break;
        case cudaMemcpyDeviceToHost:
            *ends = {false, true};
            break;
        case cudaMemcpyDeviceToDevice:
            *ends = {true, true};
            break;
        case cudaMemcpyDefault:
            *ends = {is_device_memory(to, 1), is_device_memory(from, 1)};
            break;
        default:
            return cudaErrorInvalidMemcpyDirection;
    }
    const bool to_fits = is_device_memory(to, ends->to_device ? bytes : 1) == ends->to_device;
    const bool from_fits =
            is_device_memory(from, ends->from_device ? bytes : 1) == ends->from_device;
    return to_fits && from_fits ? cudaSuccess : cudaErrorInvalidValue;
}

/* Memory may have been freed since the copy was enqueued or captured. */
Outcome copy(void *to, const void *from, size_t bytes, Ends ends) {
    if ((ends.to_device && !is_device_memory(to, bytes))
        || (ends.from_device && !is_device_memory(from, bytes))) {
        return {cudaErrorIllegalAddress, "a copy of " + std::to_string(bytes)
                                                 + " bytes from or to memory that has been freed"};
    }
    memmove(to, from, bytes);
    return DONE;
}

cudaError_t submit_copy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                        cudaStream_t handle) {
    if (bytes == 0) {
        return cudaSuccess;
    }
    CUstream_st *const stream = resolve(handle);
    Ends ends;
    const cudaError_t error = find_ends(to, from, bytes, kind, &ends);
    if (error != cudaSuccess || stream == nullptr) {
        return error != cudaSuccess ? error : cudaErrorInvalidResourceHandle;
    }
    if (!capturing(stream) && !ends.from_device && !is_pinned_memory(from, bytes)) {
        /* Pageable memory is read before the call returns. */
        const char *const bytes_now = static_cast<const char *>(from);
        auto staged = std::make_shared<std::vector<char>>(bytes_now, bytes_now + bytes);
        const cudaError_t staged_error =
                submit(handle, [=] { return copy(to, staged->data(), bytes, ends); });
        if (ends.to_device || staged_error != cudaSuccess) {
            return staged_error;
        }
    } else {
        const cudaError_t submit_error =
                submit(handle, [=] { return copy(to, from, bytes, ends); });
        if (submit_error != cudaSuccess || capturing(stream)) {
            return submit_error;
        }
    }
    if (!ends.to_device && !is_pinned_memory(to, bytes)) {
        wait_for(*stream); /* and is written before the call returns */
    }
    return broken();
}

cudaError_t submit_set(void *to, int value, size_t bytes, cudaStream_t stream) {
    if (bytes == 0) {
        return cudaSuccess;
    }
    if (!is_device_memory(to, bytes)) {
        return cudaErrorInvalidValue;
    }
    return submit(stream, [=]() -> Outcome {
        if (!is_device_memory(to, bytes)) {
            return {cudaErrorIllegalAddress, "a memset of memory that has been freed"};
        }
        memset(to, value, bytes);
        return DONE;
    });
}

cudaError_t replay(const std::vector<Work> &work, cudaStream_t stream) {
    for (const Work &each : work) {
        const cudaError_t error = submit(stream, each);
        if (error != cudaSuccess) {
            return error;
        }
    }
    return cudaSuccess;
}

} // namespace

bool spoils_capture() {
    bool result = false;
    for (Capture *each : active_captures()) {
        const bool own = each->thread == std::this_thread::get_id();
        if (each->mode == cudaStreamCaptureModeGlobal
            || (each->mode == cudaStreamCaptureModeThreadLocal && own)) {
            each->spoilt = true;
            result = true;
        }
    }
    return result;
}

void drain() {
    drain(legacy);
    for (const auto &each : streams) {
        drain(*each.second);
    }
}

void forget_streams() {
    legacy.queue.clear();
    streams.clear();
    events.clear();
    graphs.clear();
    executables.clear();
}

cudaError_t enqueue(Launch launch, cudaStream_t stream) {
    return call([&] {
        if (launch.grid.x == 0 || launch.grid.y == 0 || launch.grid.z == 0) {
            return cudaSuccess;
        }
        if (launch.threads == 0 || launch.threads > MAXIMUM_THREADS || launch.grid.x > 0x7fffffffu
            || launch.grid.y > 65535 || launch.grid.z > 65535) {
            return cudaErrorInvalidConfiguration;
        }
        if (launch.shared_bytes > MAXIMUM_SHARED_BYTES) {
            return cudaErrorInvalidValue;
        }
        return submit(stream, [launch] { return run(launch); });
    });
}

} // namespace emulated

using namespace emulated;

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
    return call([&] { return submit_copy(to, from, bytes, kind, stream); });
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, cudaMemcpyKind kind) {
    return call_outside_capture([&] {
        const cudaError_t error = submit_copy(to, from, bytes, kind, nullptr);
        wait_for(legacy);
        return error != cudaSuccess ? error : broken();
    });
}

cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t stream) {
    return call([&] { return submit_set(to, value, bytes, stream); });
}

cudaError_t cudaMemset(void *to, int value, size_t bytes) {
    return call_outside_capture([&] { return submit_set(to, value, bytes, nullptr); });
}

cudaError_t cudaDeviceSynchronize(void) {
    return call_outside_capture([&] {
        drain();
        return broken();
    });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags) {
    return call([&] {
        const bool blocking = (flags & cudaStreamNonBlocking) == 0;
        std::unique_ptr<CUstream_st> made(new CUstream_st{blocking, {}, nullptr, false});
        *stream = made.get();
        streams[*stream] = std::move(made);
        return cudaSuccess;
    });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    return call([&] {
        if (stream == nullptr || resolve(stream) == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        if (capturing(stream)) {
            refuse(*stream);
        }
        drain(*stream);
        for (const auto &each : events) {
            if (each.second->stream == stream) {
                each.second->stream = &legacy; /* its record is done */
            }
        }
        streams.erase(stream);
        return broken();
    });
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
    return call([&] {
        CUstream_st *const stream = resolve(handle);
        if (stream == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        if (capturing(stream)) {
            return refuse(*stream);
        }
        if (stream->queue.empty()) {
            return cudaSuccess;
        }
        advance(*stream);
        return broken() != cudaSuccess ? broken() : cudaErrorNotReady;
    });
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
    return call([&] {
        CUstream_st *const stream = resolve(handle);
        if (stream == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        if (capturing(stream)) {
            return refuse(*stream);
        }
        wait_for(*stream);
        return broken();
    });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t handle_of_event, unsigned) {
    return call([&]() -> cudaError_t {
        CUstream_st *const stream = resolve(handle);
        const auto found = events.find(handle_of_event);
        if (stream == nullptr || found == events.end()) {
            return cudaErrorInvalidResourceHandle;
        }
        const std::shared_ptr<CUevent_st> event = found->second;
        if (event->captured) {
            const std::shared_ptr<Capture> capture = event->capture.lock();
            if (capture == nullptr || stream == &legacy
                || (capturing(stream) && stream->capture != capture)) {
                return cudaErrorCapturedEvent;
            }
            /* Work is kept in the order of the calls, in which every wait is satisfied. */
            if (!capturing(stream)) {
                stream->capture = capture;
                stream->unjoined = true;
            }
            if (event->stream != nullptr && event->stream != stream) {
                event->stream->unjoined = false;
            }
            return cudaSuccess;
        }
        if (capturing(stream)) {
            stream->capture->spoilt = true;
            return cudaErrorStreamCaptureIsolation;
        }
        const unsigned long long record = event->recorded;
        return submit(handle, [event, record] {
            wait_for(*event, record);
            return DONE;
        });
    });
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
    return call([&] {
        if (resolve(stream) == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        if (stream == nullptr) {
            return cudaErrorStreamCaptureUnsupported;
        }
        if (capturing(stream)) {
            return cudaErrorIllegalState;
        }
        auto capture = std::make_shared<Capture>();
        capture->origin = stream;
        capture->mode = mode;
        capture->thread = std::this_thread::get_id();
        stream->capture = capture;
        stream->unjoined = false;
        return cudaSuccess;
    });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph) {
    return call([&]() -> cudaError_t {
        *graph = nullptr;
        if (stream == nullptr || resolve(stream) == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        if (!capturing(stream)) {
            return cudaErrorIllegalState;
        }
        const std::shared_ptr<Capture> capture = stream->capture;
        if (capture->origin != stream) {
            return cudaErrorStreamCaptureUnmatched;
        }
        if (capture->mode != cudaStreamCaptureModeRelaxed
            && capture->thread != std::this_thread::get_id()) {
            return cudaErrorStreamCaptureWrongThread;
        }
        bool unjoined = false;
        for (const auto &each : streams) {
            if (each.second->capture == capture) {
                unjoined |= each.second->unjoined;
                each.second->capture = nullptr;
                each.second->unjoined = false;
            }
        }
        if (capture->spoilt || unjoined) {
            return capture->spoilt ? cudaErrorStreamCaptureInvalidated
                                   : cudaErrorStreamCaptureUnjoined;
        }
        std::unique_ptr<CUgraph_st> made(new CUgraph_st{std::move(capture->work)});
        *graph = made.get();
        graphs[*graph] = std::move(made);
        return cudaSuccess;
    });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus *status) {
    return call([&] {
        const CUstream_st *const stream = resolve(handle);
        if (stream == nullptr) {
            return cudaErrorInvalidResourceHandle;
        }
        *status = !capturing(stream)        ? cudaStreamCaptureStatusNone
                  : stream->capture->spoilt ? cudaStreamCaptureStatusInvalidated
                                            : cudaStreamCaptureStatusActive;
        return cudaSuccess;
    });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags) {
    return call([&] {
        auto made = std::make_shared<CUevent_st>();
        made->timed = (flags & cudaEventDisableTiming) == 0;
        *event = made.get();
        events[*event] = std::move(made);
        return cudaSuccess;
    });
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
    return call([&] {
        return events.erase(event) == 0 ? cudaErrorInvalidResourceHandle : cudaSuccess;
    });
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t handle_of_stream) {
    return call([&]() -> cudaError_t {
        CUstream_st *const stream = resolve(handle_of_stream);
        const auto found = events.find(handle);
        if (stream == nullptr || found == events.end()) {
            return cudaErrorInvalidResourceHandle;
        }
        const std::shared_ptr<CUevent_st> event = found->second;
        if (event->stream != nullptr && event->stream != stream) {
            wait_for(*event, event->recorded); /* an earlier record elsewhere is forgotten */
        }
        event->stream = stream;
        event->captured = capturing(stream);
        if (event->captured) {
            event->capture = stream->capture;
            return stream->capture->spoilt ? cudaErrorStreamCaptureInvalidated : cudaSuccess;
        }
        const unsigned long long record = ++event->recorded;
        return submit(handle_of_stream, [event, record] {
            event->completed = record;
            event->time = std::chrono::steady_clock::now();
            return DONE;
        });
    });
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
    return call_outside_capture([&] {
        const auto found = events.find(handle);
        if (found == events.end()) {
            return cudaErrorInvalidResourceHandle;
        }
        CUevent_st &event = *found->second;
        if (event.captured) {
            return cudaErrorCapturedEvent;
        }
        if (event.completed == event.recorded) {
            return cudaSuccess;
        }
        if (!event.stream->queue.empty()) {
            advance(*event.stream); /* whoever asks again and again gets there */
        }
        return broken() != cudaSuccess ? broken() : cudaErrorNotReady;
    });
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
    return call_outside_capture([&] {
        const auto found = events.find(handle);
        if (found == events.end()) {
            return cudaErrorInvalidResourceHandle;
        }
        if (found->second->captured) {
            return cudaErrorCapturedEvent;
        }
        wait_for(*found->second, found->second->recorded);
        return broken();
    });
}

cudaError_t cudaEventElapsedTime(float *milliseconds, cudaEvent_t start, cudaEvent_t end) {
    return call([&] {
        const auto from = events.find(start), to = events.find(end);
        if (from == events.end() || to == events.end()) {
            return cudaErrorInvalidResourceHandle;
        }
        const CUevent_st &first = *from->second, &second = *to->second;
        if (!first.timed || !second.timed || first.recorded == 0 || second.recorded == 0) {
            return cudaErrorInvalidResourceHandle;
        }
        if (first.completed < first.recorded || second.completed < second.recorded) {
            return cudaErrorNotReady;
        }
        *milliseconds = std::chrono::duration<float, std::milli>(second.time - first.time).count();
        return cudaSuccess;
    });
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t *nodes, size_t *count) {
    return call([&] {
        const auto found = graphs.find(graph);
        if (found == graphs.end() || nodes != nullptr) { // only their number is known here
            return cudaErrorInvalidValue;
        }
        *count = found->second->work.size();
        return cudaSuccess;
    });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t *executable, cudaGraph_t graph,
                                 unsigned long long) {
    return call([&] {
        const auto found = graphs.find(graph);
        if (found == graphs.end()) {
            return cudaErrorInvalidValue;
        }
        std::unique_ptr<CUgraphExec_st> made(
                new CUgraphExec_st{std::make_shared<const std::vector<Work>>(found->second->work)});
        *executable = made.get();
        executables[*executable] = std::move(made);
        return cudaSuccess;
    });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
    return call([&] {
        const auto found = executables.find(executable);
        return found == executables.end() ? cudaErrorInvalidValue
                                          : replay(*found->second->work, stream);
    });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
    return call([&] {
        return executables.erase(executable) == 0 ? cudaErrorInvalidValue : cudaSuccess;
    });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    return call([&] { return graphs.erase(graph) == 0 ? cudaErrorInvalidValue : cudaSuccess; });
}
