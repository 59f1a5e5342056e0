/* What the device says about itself, and what its errors mean. */
#include <string.h>

#include <string>

#include "emulation/state.h"

namespace emulated {

namespace {

constexpr int VERSION = 13000;
constexpr char NAME[] = "host emulation";
constexpr size_t NAME_BYTES = 256; /* the first field of cudaDeviceProp */

struct Attribute {
    cudaDeviceAttr attribute;
    int value;
};

/* A small device of compute capability 8.0. */
constexpr Attribute ATTRIBUTES[] = {
        {cudaDevAttrMaxThreadsPerBlock, static_cast<int>(MAXIMUM_THREADS)},
        {cudaDevAttrMaxGridDimX, 0x7fffffff},
        {cudaDevAttrMaxGridDimY, 65535},
        {cudaDevAttrMaxGridDimZ, 65535},
        {cudaDevAttrMaxSharedMemoryPerBlock, static_cast<int>(GRANTED_SHARED_BYTES)},
        {cudaDevAttrMaxSharedMemoryPerBlockOptin, static_cast<int>(MAXIMUM_SHARED_BYTES)},
        {cudaDevAttrMaxSharedMemoryPerMultiprocessor, 164 * 1024},
        {cudaDevAttrMaxThreadsPerMultiProcessor, 2048},
        {cudaDevAttrMaxBlocksPerMultiprocessor, 32},
        {cudaDevAttrMaxRegistersPerBlock, 65536},
        {cudaDevAttrMaxRegistersPerMultiprocessor, 65536},
        {cudaDevAttrMultiProcessorCount, 2},
        {cudaDevAttrWarpSize, static_cast<int>(WARP)},
        {cudaDevAttrClockRate, 1000000},       /* kHz */
        {cudaDevAttrMemoryClockRate, 1000000}, /* kHz */
        {cudaDevAttrGlobalMemoryBusWidth, 128},
        {cudaDevAttrL2CacheSize, 1 << 20},
        {cudaDevAttrComputeCapabilityMajor, 8},
        {cudaDevAttrComputeCapabilityMinor, 0},
        {cudaDevAttrIntegrated, 1},
        {cudaDevAttrUnifiedAddressing, 1},
};

struct Meaning {
    cudaError_t error;
    const char *name;
    const char *text;
};

constexpr Meaning MEANINGS[] = {
        {cudaSuccess, "cudaSuccess", "no error"},
        {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
        {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
        {cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration",
         "invalid configuration argument"},
        {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
         "invalid copy direction for memcpy"},
        {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
         "CUDA driver version is insufficient for CUDA runtime version"},
        {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
        {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
        {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle",
         "invalid resource handle"},
        {cudaErrorIllegalState, "cudaErrorIllegalState",
         "the operation cannot be performed in the present state"},
        {cudaErrorNotReady, "cudaErrorNotReady", "device not ready"},
        {cudaErrorIllegalAddress, "cudaErrorIllegalAddress",
         "an illegal memory access was encountered"},
        {cudaErrorMisalignedAddress, "cudaErrorMisalignedAddress", "misaligned address"},
        {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
        {cudaErrorStreamCaptureUnsupported, "cudaErrorStreamCaptureUnsupported",
         "operation not permitted when stream is capturing"},
        {cudaErrorStreamCaptureInvalidated, "cudaErrorStreamCaptureInvalidated",
         "operation failed due to a previous error during capture"},
        {cudaErrorStreamCaptureUnmatched, "cudaErrorStreamCaptureUnmatched",
         "capture was not initiated in this stream"},
        {cudaErrorStreamCaptureUnjoined, "cudaErrorStreamCaptureUnjoined",
         "capturing stream has unjoined work"},
        {cudaErrorStreamCaptureIsolation, "cudaErrorStreamCaptureIsolation",
         "dependency created on uncaptured work in another stream"},
        {cudaErrorStreamCaptureImplicit, "cudaErrorStreamCaptureImplicit",
         "operation would make the legacy stream depend on a capturing blocking stream"},
        {cudaErrorCapturedEvent, "cudaErrorCapturedEvent",
         "operation not permitted on an event last recorded in a capturing stream"},
        {cudaErrorStreamCaptureWrongThread, "cudaErrorStreamCaptureWrongThread",
         "attempt to terminate a thread-local capture sequence from another thread"},
};

thread_local cudaError_t last_error = cudaSuccess;
cudaError_t breakage = cudaSuccess;
std::string breakage_text; /* grows only while nothing is broken: callers hold its characters */

const Meaning *meaning(cudaError_t error) {
    for (const Meaning &each : MEANINGS) {
        if (each.error == error) {
            return &each;
        }
    }
    return nullptr;
}

} // namespace

std::mutex &device_lock() {
    static std::mutex lock;
    return lock;
}

cudaError_t broken() { return breakage; }

void break_device(const Outcome &outcome) {
    if (breakage == cudaSuccess) {
        breakage = outcome.error;
        breakage_text = std::string(meaning(outcome.error)->text) + ": " + outcome.message;
    }
}

void repair_device() { breakage = cudaSuccess; }

cudaError_t remember(cudaError_t error) {
    if (error != cudaSuccess && error != cudaErrorNotReady) {
        last_error = error;
    }
    return error;
}

} // namespace emulated

using namespace emulated;

cudaError_t cudaGetDeviceCount(int *count) {
    *count = 1;
    return cudaSuccess;
}

cudaError_t cudaGetDevice(int *device) {
    *device = 0;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
    return remember(device == 0 ? cudaSuccess : cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *properties, int device) {
    if (device != 0) {
        return remember(cudaErrorInvalidDevice);
    }
    char *const name = reinterpret_cast<char *>(properties);
    memset(name, 0, NAME_BYTES);
    memcpy(name, NAME, sizeof(NAME));
    return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, cudaDeviceAttr attribute, int device) {
    if (device != 0) {
        return remember(cudaErrorInvalidDevice);
    }
    for (const Attribute &each : ATTRIBUTES) {
        if (each.attribute == attribute) {
            *value = each.value;
            return cudaSuccess;
        }
    }
    return remember(cudaErrorInvalidValue);
}

cudaError_t cudaDriverGetVersion(int *version) {
    *version = VERSION;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version) {
    *version = VERSION;
    return cudaSuccess;
}

const char *cudaGetErrorName(cudaError_t error) {
    const Meaning *const found = meaning(error);
    return found == nullptr ? "unrecognized error code" : found->name;
}

/* For the error that broke the device, also which threads of which kernel are to blame. */
const char *cudaGetErrorString(cudaError_t error) {
    std::lock_guard<std::mutex> lock(device_lock());
    if (error != cudaSuccess && error == breakage) {
        return breakage_text.c_str();
    }
    const Meaning *const found = meaning(error);
    return found == nullptr ? "unrecognized error code" : found->text;
}

cudaError_t cudaGetLastError(void) {
    const cudaError_t error = cudaPeekAtLastError();
    last_error = cudaSuccess;
    return error;
}

cudaError_t cudaPeekAtLastError(void) {
    std::lock_guard<std::mutex> lock(device_lock());
    return breakage != cudaSuccess ? breakage : last_error;
}

cudaError_t cudaDeviceReset(void) {
    std::lock_guard<std::mutex> lock(device_lock());
    forget_streams();
    free_all_memory();
    repair_device();
    last_error = cudaSuccess;
    return cudaSuccess;
}
