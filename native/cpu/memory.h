/* Memory from the system: large buffers in large pages, and small arrays. */
#ifndef SLUICE_MEMORY_H
#define SLUICE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed memory, in large pages where the system has them; NULL when it has no memory left. */
void *memory_map(int64_t bytes);
void memory_unmap(void *memory, int64_t bytes);

/* A zeroed array, to be freed with free. Without memory, sets *failed and returns NULL. */
void *reserve(size_t count, size_t size, int *failed);

#endif
