/* Memory that nobody has written reads as NaNs, and AddressSanitizer sees where it ends. */
#ifndef SLUICE_EMULATION_POISON_H
#define SLUICE_EMULATION_POISON_H

#include <stdlib.h>
#include <string.h>

#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define EMULATION_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EMULATION_SANITIZED 1
#endif
#endif
#ifdef EMULATION_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

namespace emulated {

constexpr int POISON = 0xff; /* repeated: a NaN in every floating-point format, -1 in integers */

/* NULL where the system has no more. */
inline void *poisoned(size_t alignment, size_t bytes) {
    void *memory = nullptr;
    if (posix_memalign(&memory, alignment, bytes) != 0) {
        return nullptr;
    }
    return memset(memory, POISON, bytes);
}

/* The dynamic shared memory of one block after another. */
class SharedMemory {
   public:
    explicit SharedMemory(size_t capacity) : capacity(capacity) {
        void *memory = poisoned(ALIGNMENT, capacity);
        if (memory == nullptr) {
            throw std::bad_alloc();
        }
        start = static_cast<unsigned char *>(memory);
    }
    SharedMemory(const SharedMemory &) = delete;
    SharedMemory &operator=(const SharedMemory &) = delete;

    unsigned char *fresh(size_t bytes) {
#ifdef EMULATION_SANITIZED
        ASAN_UNPOISON_MEMORY_REGION(start, bytes);
        ASAN_POISON_MEMORY_REGION(start + bytes, capacity - bytes);
#endif
        memset(start, POISON, bytes);
        return start;
    }

   private:
    static constexpr size_t ALIGNMENT = 128;
    size_t capacity;
    unsigned char *start;
};

} // namespace emulated

#endif
