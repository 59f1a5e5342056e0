/* Device memory and page-locked memory: both are the host's. */
#include <cstdlib>
#include <map>

#include "emulation/poison.h"
#include "emulation/state.h"

namespace emulated {

namespace {

constexpr size_t TOTAL_BYTES = size_t{4} << 30;
constexpr size_t DEVICE_ALIGNMENT = 256; /* as cudaMalloc promises */
constexpr size_t PAGE = 4096;

class Allocations {
   public:
    cudaError_t add(void **result, size_t alignment, size_t bytes) {
        if (result == nullptr) {
            return cudaErrorInvalidValue;
        }
        *result = nullptr;
        if (bytes == 0) {
            return cudaSuccess;
        }
        void *const memory = poisoned(alignment, bytes);
        if (memory == nullptr) {
            return cudaErrorMemoryAllocation;
        }
        sizes[reinterpret_cast<uintptr_t>(memory)] = bytes;
        total += bytes;
        *result = memory;
        return cudaSuccess;
    }

    cudaError_t remove(void *memory) {
        const auto found = sizes.find(reinterpret_cast<uintptr_t>(memory));
        if (found == sizes.end()) {
            return memory == nullptr ? cudaSuccess : cudaErrorInvalidValue;
        }
        total -= found->second;
        sizes.erase(found);
        std::free(memory);
        return cudaSuccess;
    }

    bool contains(const void *start, size_t bytes) const {
        const uintptr_t address = reinterpret_cast<uintptr_t>(start);
        auto found = sizes.upper_bound(address);
        if (found == sizes.begin()) {
            return false;
        }
        --found;
        const size_t offset = address - found->first;
        return offset < found->second && bytes <= found->second - offset;
    }

    void remove_all() {
        while (!sizes.empty()) {
            remove(reinterpret_cast<void *>(sizes.begin()->first));
        }
    }

    size_t bytes() const { return total; }

   private:
    std::map<uintptr_t, size_t> sizes;
    size_t total = 0;
};

Allocations device, pinned;

} // namespace

bool is_device_memory(const void *start, size_t bytes) { return device.contains(start, bytes); }
bool is_pinned_memory(const void *start, size_t bytes) { return pinned.contains(start, bytes); }
void free_all_memory() {
    device.remove_all();
    pinned.remove_all();
}

} // namespace emulated

using namespace emulated;

cudaError_t cudaMalloc(void **memory, size_t bytes) {
    return call_outside_capture([&] {
        return bytes > TOTAL_BYTES - device.bytes() ? cudaErrorMemoryAllocation
                                                    : device.add(memory, DEVICE_ALIGNMENT, bytes);
    });
}

cudaError_t cudaFree(void *memory) {
    return call_outside_capture([&] {
        drain();
        return broken() != cudaSuccess ? broken() : device.remove(memory);
    });
}

cudaError_t cudaMallocHost(void **memory, size_t bytes) { return cudaHostAlloc(memory, bytes, 0); }

cudaError_t cudaHostAlloc(void **memory, size_t bytes, unsigned) {
    return call_outside_capture([&] { return pinned.add(memory, PAGE, bytes); });
}

cudaError_t cudaFreeHost(void *memory) {
    return call_outside_capture([&] {
        drain();
        return broken() != cudaSuccess ? broken() : pinned.remove(memory);
    });
}

cudaError_t cudaMemGetInfo(size_t *free, size_t *total) {
    return call([&] {
        *total = TOTAL_BYTES;
        *free = TOTAL_BYTES - device.bytes();
        return cudaSuccess;
    });
}
