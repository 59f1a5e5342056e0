#define _DEFAULT_SOURCE
#include "memory.h"

#include <stdlib.h>
#include <sys/mman.h>

/*
 * The categories of a batch read rows of an input table at random, over tens of megabytes. With pages
 * of 4 KiB almost every read misses the translation cache; with 2 MiB almost none does. (HCLT-32 with
 * 256 categories, 784 variables: see native/README.md.)
 */
enum { LARGE_PAGE = 2 << 20 };

/* Whole large pages, if the buffer needs one at all. */
static int64_t reserved_bytes(int64_t bytes) {
    return bytes < LARGE_PAGE ? bytes : (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
}

void *memory_map(int64_t bytes) {
    const int64_t size = reserved_bytes(bytes);
    const int64_t slack = bytes < LARGE_PAGE ? 0 : LARGE_PAGE;
    char *all = mmap(NULL, (size_t)(size + slack), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) {
        return NULL;
    }
    if (slack == 0) {
        return all;
    }
    char *begin = (char *)(((uintptr_t)all + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
    if (begin > all) {
        munmap(all, (size_t)(begin - all));
    }
    if (begin + size < all + size + slack) {
        munmap(begin + size, (size_t)(all + slack - begin));
    }
#ifdef MADV_HUGEPAGE
    madvise(begin, (size_t)size, MADV_HUGEPAGE);
#endif
    return begin;
}

void memory_unmap(void *memory, int64_t bytes) {
    if (memory != NULL) {
        munmap(memory, (size_t)reserved_bytes(bytes));
    }
}

void *reserve(size_t count, size_t size, int *failed) {
    void *memory = calloc(count > 0 ? count : 1, size);
    *failed |= memory == NULL;
    return memory;
}
