#include "memory.h"

#include <stddef.h>

#include "statements.h"

STATEMENT(memory_of_any_size_is_aligned_and_zero) {
    static const int64_t sizes[] = {1, 63, 4096, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5 << 20};
    for (int32_t i = 0; i < (int32_t)(sizeof sizes / sizeof *sizes); i++) {
        begin_case(first_seed(), "%lld bytes", (long long)sizes[i]);
        char *memory = memory_map(sizes[i]);
        expect(memory != NULL, "none");
        expect((uintptr_t)memory % 64 == 0, "it begins at %p", (void *)memory);
        for (int64_t at = 0; at < sizes[i]; at++) {
            if (memory[at] != 0) {
                fail("byte %lld is %d", (long long)at, memory[at]);
            }
        }
        memory[0] = memory[sizes[i] - 1] = 1;
        memory_unmap(memory, sizes[i]);
    }
}
