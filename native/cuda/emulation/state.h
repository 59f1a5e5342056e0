/* What the functions of the runtime share. All of it is used under the device's lock. */
#ifndef SLUICE_EMULATION_STATE_H
#define SLUICE_EMULATION_STATE_H

#include <mutex>

#include "emulation/block.h"

namespace emulated {

std::mutex &device_lock();

/* The error that a kernel left behind: nothing works any more until cudaDeviceReset. */
cudaError_t broken();
void break_device(const Outcome &outcome);
void repair_device();

/* Keeps the error of a call for cudaGetLastError of the same thread. */
cudaError_t remember(cudaError_t error);

/* A call that touches the device. */
template <typename F>
cudaError_t call(F body) {
    std::lock_guard<std::mutex> lock(device_lock());
    return remember(broken() != cudaSuccess ? broken() : body());
}

/* A call that may not be made while this thread captures a stream: it spoils the capture. */
bool spoils_capture();
template <typename F>
cudaError_t call_outside_capture(F body) {
    return call([&] { return spoils_capture() ? cudaErrorStreamCaptureUnsupported : body(); });
}

/* Whether all of it is one allocation's memory. */
bool is_device_memory(const void *start, size_t bytes);
bool is_pinned_memory(const void *start, size_t bytes);
void free_all_memory();

/* Runs all that was enqueued. */
void drain();
void forget_streams();

} // namespace emulated

#endif
