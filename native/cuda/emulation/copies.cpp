#include "emulation/copies.h"

#include <vector>

#include "emulation/device.h"
#include "emulation/poison.h"

namespace emulated {

namespace {

constexpr size_t BYTES = 16;

struct Copy {
    void *shared;
    const void *global; /* null: zeros */
    unsigned group;
};

/* What one thread has started and not yet waited for, in order. */
struct Pending {
    std::vector<Copy> copies;
    unsigned groups = 0; /* committed so far */
};

Pending pending[MAXIMUM_THREADS];

bool aligned(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer) % BYTES == 0; }

} // namespace

void forget_copies(unsigned threads) {
    for (unsigned index = 0; index < threads; index++) {
        pending[index].copies.clear();
        pending[index].groups = 0;
    }
}

/* As late as the device may: whoever reads before the wait reads NaNs. */
void copy_async(void *shared, const void *global, bool valid) {
    if (!aligned(shared) || (valid && !aligned(global))) {
        fail(cudaErrorMisalignedAddress,
             "copy_async_16 from %p to %p: both have to be multiples of 16", global, shared);
    }
    memset(shared, POISON, BYTES);
    Pending &mine = pending[thread_index.x];
    mine.copies.push_back({shared, valid ? global : nullptr, mine.groups});
}

void copy_commit() { pending[thread_index.x].groups++; }

void copy_wait(unsigned groups_left) {
    Pending &mine = pending[thread_index.x];
    size_t arrived = 0;
    while (arrived < mine.copies.size() && mine.copies[arrived].group + groups_left < mine.groups) {
        const Copy &copy = mine.copies[arrived++];
        if (copy.global == nullptr) {
            memset(copy.shared, 0, BYTES);
        } else {
            memcpy(copy.shared, copy.global, BYTES);
        }
    }
    mine.copies.erase(mine.copies.begin(), mine.copies.begin() + static_cast<ptrdiff_t>(arrived));
}

} // namespace emulated
