#include "tasks.h"

#include <stdlib.h>

int task_list_make(task_list *list, int32_t things, const int32_t *size, int32_t part) {
    *list = (task_list){.things = things, .part = part, .size = size};
    list->begin = calloc((size_t)things + 1, sizeof *list->begin);
    if (list->begin == NULL) {
        return 0;
    }
    for (int32_t i = 0; i < things; i++) {
        list->begin[i + 1] = list->begin[i] + size[i] / part + (size[i] % part != 0);
    }
    return 1;
}

void task_list_free(task_list *list) { free(list->begin); }

task_part task_list_part(const task_list *list, int64_t task) {
    const int64_t *begin = list->begin;
    int32_t low = 0;
    int32_t high = list->things - 1;
    /* If all things before it are small, task i is thing i. */
    if (task <= high && begin[task] == task && begin[task + 1] > task) {
        low = high = (int32_t)task;
    }
    while (low < high) {
        const int32_t middle = low + (high - low + 1) / 2;
        if (begin[middle] <= task) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    const int64_t first = (task - begin[low]) * list->part;
    const int64_t end = first + list->part;
    return (task_part){.thing = low,
                       .begin = (int32_t)first,
                       .end = (int32_t)(end < list->size[low] ? end : list->size[low])};
}
