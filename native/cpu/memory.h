/* Memory for buffers, from the system. */
#ifndef SLUICE_MEMORY_H
#define SLUICE_MEMORY_H

#include <stdint.h>

/* Zeroed memory in large pages where that can be had; NULL when the system has none left. */
void *memory_map(int64_t bytes);
void memory_unmap(void *memory, int64_t bytes);

#endif
