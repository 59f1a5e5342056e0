/*
 * Tasks over things of different sizes, such as weights or tables. Each thing is cut into parts of at
 * most `part` entries, and the parts of all things are numbered one after the other. So one large
 * thing beside many small ones does not multiply the number of tasks.
 */
#ifndef SLUICE_TASKS_H
#define SLUICE_TASKS_H

#include <stdint.h>

typedef struct {
    int32_t things;
    int32_t part;
    const int32_t *size; /* [things] */
    int64_t *begin;      /* [things + 1] first task of each thing */
} task_list;

/* Entries begin .. end - 1 of a thing. */
typedef struct {
    int32_t thing;
    int32_t begin;
    int32_t end;
} task_part;

/* The list refers to `size`. Returns 0 where the system has no memory. */
int task_list_make(task_list *list, int32_t things, const int32_t *size, int32_t part);
void task_list_free(task_list *list);

static inline int64_t task_list_count(const task_list *list) { return list->begin[list->things]; }

task_part task_list_part(const task_list *list, int64_t task);

#endif
