#define _DEFAULT_SOURCE
#include "schedule.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

/* A thread that waits longer than this many looks lets others run. */
enum { LOOKS_BEFORE_YIELD = 1000 };

/* Numbers of rows are taken together by powers of two: a schedule is for all of them. */
enum { ROW_CLASSES = 32 };

/*
 * What tasks cost, in nanoseconds of one core with AVX-512: only ratios count. A task of a sum
 * block and of its element, up and down together, multiply three times.
 */
#define COST_OF_TASK 100.0
#define COST_OF_FLOP 0.008
#define COST_OF_BYTE 0.06
#define COST_OF_DENSITY 50.0
#define COST_OF_MEETING 300.0

/* The circuit is divided when it is this many times as wide as there are threads. */
#define LEAST_WIDTH 1.5

typedef struct {
    int32_t *begin;
    int32_t *items;
} relation;

struct sluice_schedules {
    const sluice_plan *plan;
    int32_t threads;
    int32_t items;
    int32_t leading;    /* stored inputs, that come before the plan's steps */
    int32_t *order;     /* [leading + steps] items, children before parents, depth first */
    relation needs;     /* items that an item reads */
    relation serves;    /* items that read an item */
    schedule_owners owners;
    int32_t *tile_weight;
    uint8_t *table_alone;
    schedule *of_rows[ROW_CLASSES];
    schedule *whole;
};

static void *reserve(size_t count, size_t size, int *failed) {
    void *memory = calloc(count > 0 ? count : 1, size);
    *failed |= memory == NULL;
    return memory;
}

static int is_stored(const sluice_plan *plan, int32_t block) {
    return plan->block_value[block] >= 0;
}

static int32_t item_of_block(const sluice_plan *plan, int32_t block) {
    return plan->block_input[block] >= 0 ? item_of_input(plan, plan->block_input[block])
                                         : block - plan->inputs;
}

/* Visits the items that an item reads; counts them when `to` is NULL. */
static int32_t needs_of(const sluice_plan *plan, int32_t item, int32_t *to) {
    int32_t count = 0;
    if (item < plan->sums) {
        for (int32_t t = plan->sum_tile_begin[item]; t < plan->sum_tile_begin[item + 1]; t++) {
            if (to != NULL) {
                to[count] = plan->sums + plan->tile_element[t];
            }
            count++;
        }
    } else if (item < plan->sums + plan->elements) {
        const int32_t element = item - plan->sums;
        for (int32_t f = plan->element_factor_begin[element];
             f < plan->element_factor_begin[element + 1]; f++) {
            if (is_stored(plan, plan->element_factor[f])) {
                if (to != NULL) {
                    to[count] = item_of_block(plan, plan->element_factor[f]);
                }
                count++;
            }
        }
    }
    return count;
}

static void invert(int32_t count, const relation *from, relation *to, int *failed) {
    to->begin = reserve((size_t)count + 1, sizeof *to->begin, failed);
    to->items = reserve((size_t)from->begin[count], sizeof *to->items, failed);
    int32_t *next = reserve((size_t)count + 1, sizeof *next, failed);
    if (!*failed) {
        for (int32_t i = 0; i < from->begin[count]; i++) to->begin[from->items[i] + 1]++;
        for (int32_t i = 0; i < count; i++) to->begin[i + 1] += to->begin[i];
        memcpy(next, to->begin, sizeof *next * ((size_t)count + 1));
        for (int32_t i = 0; i < count; i++) {
            for (int32_t j = from->begin[i]; j < from->begin[i + 1]; j++) {
                to->items[next[from->items[j]]++] = i;
            }
        }
    }
    free(next);
}

static void find_tile_weights(struct sluice_schedules *all, int *failed) {
    const sluice_plan *plan = all->plan;
    all->tile_weight = reserve((size_t)plan->tiles, sizeof *all->tile_weight, failed);
    if (*failed) {
        return;
    }
    for (int32_t t = 0; t < plan->tiles; t++) all->tile_weight[t] = WEIGHT_IS_FIXED;
    for (int32_t w = 0; w < plan->weights; w++) {
        const int32_t begin = plan->weight_tile_begin[w];
        const int32_t end = plan->weight_tile_begin[w + 1];
        for (int32_t i = begin; i < end; i++) {
            all->tile_weight[plan->weight_tile[i]] = end - begin == 1 ? w : WEIGHT_IS_SHARED;
        }
    }
}

/* The inputs of one vector divide the table's columns; those of a tied one have them once more. */
static int is_table_alone(const sluice_plan *plan, int32_t table) {
    int64_t nodes = 0;
    for (int32_t i = plan->table_input_begin[table]; i < plan->table_input_begin[table + 1]; i++) {
        const int32_t block = plan->input_block[plan->table_input[i]];
        if (plan->block_element_begin[block + 1] != plan->block_element_begin[block] + 1) {
            return 0;
        }
        nodes += plan->block_nodes[block];
    }
    return nodes == plan->table_nodes[table];
}

static void find_tables_alone(struct sluice_schedules *all, int *failed) {
    const sluice_plan *plan = all->plan;
    all->table_alone = reserve((size_t)plan->tables, sizeof *all->table_alone, failed);
    for (int32_t t = 0; !*failed && t < plan->tables; t++) {
        all->table_alone[t] = (uint8_t)is_table_alone(plan, t);
    }
}

sluice_schedules *sluice_schedules_of(const sluice_plan *plan, int32_t threads) {
    int failed = 0;
    struct sluice_schedules *all = reserve(1, sizeof *all, &failed);
    if (failed) {
        return NULL;
    }
    all->plan = plan;
    all->threads = threads;
    all->items = plan->sums + plan->elements + plan->inputs;
    const size_t items = (size_t)all->items;
    all->order = reserve(items, sizeof *all->order, &failed);
    all->needs.begin = reserve(items + 1, sizeof *all->needs.begin, &failed);
    find_tile_weights(all, &failed);
    find_tables_alone(all, &failed);
    all->owners = (schedule_owners){.tile_weight = all->tile_weight,
                                    .table_alone = all->table_alone,
                                    .tiles_alone = 1,
                                    .complete = 1};
    for (int32_t t = 0; !failed && t < plan->tiles; t++) {
        all->owners.tiles_alone &= all->tile_weight[t] != WEIGHT_IS_SHARED;
    }
    all->owners.complete = all->owners.tiles_alone;
    for (int32_t t = 0; !failed && t < plan->tables; t++) {
        all->owners.complete &= all->table_alone[t];
    }
    for (int32_t i = 0; !failed && i < all->items; i++) {
        all->needs.begin[i + 1] = all->needs.begin[i] + needs_of(plan, i, NULL);
    }
    if (!failed) {
        all->needs.items =
                reserve((size_t)all->needs.begin[all->items], sizeof *all->needs.items, &failed);
    }
    if (!failed) {
        for (int32_t i = 0; i < all->items; i++) {
            needs_of(plan, i, all->needs.items + all->needs.begin[i]);
        }
        for (int32_t i = 0; i < plan->inputs; i++) {
            if (is_stored(plan, plan->input_block[i])) {
                all->order[all->leading++] = item_of_input(plan, i);
            }
        }
        for (int32_t i = 0; i < plan->steps; i++) {
            all->order[all->leading + i] = item_of_step(plan, plan->step[i]);
        }
        invert(all->items, &all->needs, &all->serves, &failed);
    }
    if (failed) {
        sluice_schedules_free(all);
        return NULL;
    }
    return all;
}

static double cost_of(const sluice_plan *plan, int32_t item, double rows) {
    if (item >= plan->sums + plan->elements) {
        return COST_OF_TASK
               + rows * COST_OF_DENSITY
                         * plan->block_nodes[plan->input_block[item - plan->sums
                                                               - plan->elements]];
    }
    double edges = 0;
    double nodes;
    if (item < plan->sums) {
        nodes = plan->block_nodes[plan->sum_block[item]];
        for (int32_t t = plan->sum_tile_begin[item]; t < plan->sum_tile_begin[item + 1]; t++) {
            edges += nodes * plan->element_nodes[plan->tile_element[t]];
        }
    } else {
        const int32_t element = item - plan->sums;
        nodes = plan->element_nodes[element]
                * (double)(plan->element_factor_begin[element + 1]
                           - plan->element_factor_begin[element]);
        for (int32_t i = plan->element_tile_begin[element];
             i < plan->element_tile_begin[element + 1]; i++) {
            const int32_t sum = plan->tile_sum[plan->element_tile[i]];
            edges += 2.0 * plan->element_nodes[element] * plan->block_nodes[plan->sum_block[sum]];
        }
    }
    return COST_OF_TASK + rows * (2 * edges * COST_OF_FLOP + 16 * nodes * COST_OF_BYTE)
           + 4 * edges * COST_OF_BYTE;
}

/* How many threads could be busy at most: the cost of everything over that of the longest path. */
static double width(const struct sluice_schedules *all, const double *cost) {
    const int32_t count = all->leading + all->plan->steps;
    double total = 0;
    double longest = 0;
    int failed = 0;
    double *path = reserve((size_t)all->items, sizeof *path, &failed);
    for (int32_t i = 0; !failed && i < count; i++) {
        const int32_t item = all->order[i];
        for (int32_t j = all->needs.begin[item]; j < all->needs.begin[item + 1]; j++) {
            const double below = path[all->needs.items[j]];
            path[item] = below > path[item] ? below : path[item];
        }
        path[item] += cost[item];
        longest = path[item] > longest ? path[item] : longest;
        total += cost[item];
    }
    free(path);
    return longest > 0 ? total / longest : 1;
}

/* Who computes an item, and when, while the division of a circuit is worked out. */
typedef struct {
    int32_t thread;
    int32_t position;
    double end;
} assignment;

typedef struct {
    int32_t *ready; /* items that this thread made computable, the latest on top */
    int32_t bottom;
    int32_t top;
    int32_t cursor; /* where in the order it looks for items that need nothing */
    double time;
} simulated_thread;

static int32_t next_leaf(const struct sluice_schedules *all, simulated_thread *t,
                         const assignment *given) {
    const int32_t count = all->leading + all->plan->steps;
    for (int32_t looked = 0; looked < count; looked++) {
        const int32_t item = all->order[t->cursor];
        if (given[item].thread < 0 && all->needs.begin[item] == all->needs.begin[item + 1]) {
            return item;
        }
        t->cursor = (t->cursor + 1) % count;
    }
    return -1;
}

static int32_t next_item(const struct sluice_schedules *all, simulated_thread *threads,
                         int32_t self, const assignment *given, int *leaves) {
    simulated_thread *t = threads + self;
    if (t->top > t->bottom) {
        return t->ready[--t->top];
    }
    if (*leaves) {
        const int32_t leaf = next_leaf(all, t, given);
        if (leaf >= 0) {
            return leaf;
        }
        *leaves = 0;
    }
    for (int32_t other = 0; other < all->threads; other++) {
        if (threads[other].top > threads[other].bottom) {
            return threads[other].ready[threads[other].bottom++];
        }
    }
    return -1;
}

static void take(const struct sluice_schedules *all, simulated_thread *threads, int32_t self,
                 int32_t item, const double *cost, assignment *given, int32_t *missing,
                 schedule_list *list) {
    simulated_thread *t = threads + self;
    double start = t->time;
    for (int32_t j = all->needs.begin[item]; j < all->needs.begin[item + 1]; j++) {
        const assignment *below = given + all->needs.items[j];
        const double there = below->end + (below->thread == self ? 0 : COST_OF_MEETING);
        start = there > start ? there : start;
    }
    t->time = start + cost[item];
    given[item] = (assignment){.thread = self, .position = list->tasks, .end = t->time};
    list->item[list->tasks++] = item;
    for (int32_t j = all->serves.begin[item]; j < all->serves.begin[item + 1]; j++) {
        const int32_t parent = all->serves.items[j];
        if (--missing[parent] == 0) {
            t->ready[t->top++] = parent;
        }
    }
}

/*
 * Divides the circuit as threads that steal work would: each walks its part of the depth-first
 * order, goes on with what it has just made computable, and when it has nothing left takes the
 * oldest of another's.
 */
static void divide_circuit(const struct sluice_schedules *all, schedule *s, const double *cost,
                           assignment *given, int *failed) {
    const int32_t count = all->leading + all->plan->steps;
    simulated_thread *threads = reserve((size_t)all->threads, sizeof *threads, failed);
    int32_t *missing = reserve((size_t)all->items, sizeof *missing, failed);
    for (int32_t t = 0; !*failed && t < all->threads; t++) {
        threads[t].ready = reserve((size_t)all->items, sizeof *threads[t].ready, failed);
        s->lists[t].item = reserve((size_t)count, sizeof *s->lists[t].item, failed);
    }
    if (!*failed) {
        double total = 0;
        for (int32_t i = 0; i < count; i++) total += cost[all->order[i]];
        double before = 0;
        for (int32_t i = 0, t = 0; i < count; i++) {
            while (t < all->threads && before >= total * t / all->threads) threads[t++].cursor = i;
            before += cost[all->order[i]];
        }
        for (int32_t i = 0; i < all->items; i++) {
            missing[i] = all->needs.begin[i + 1] - all->needs.begin[i];
            given[i].thread = -1;
        }
        int leaves = 1;
        for (int32_t done = 0; done < count;) {
            int32_t self = 0;
            for (int32_t t = 1; t < all->threads; t++) {
                self = threads[t].time < threads[self].time ? t : self;
            }
            const int32_t item = next_item(all, threads, self, given, &leaves);
            if (item >= 0) {
                take(all, threads, self, item, cost, given, missing, s->lists + self);
                done++;
                continue;
            }
            double later = -1; /* idle until another has finished what it does */
            for (int32_t t = 0; t < all->threads; t++) {
                if (threads[t].time > threads[self].time
                    && (later < 0 || threads[t].time < later)) {
                    later = threads[t].time;
                }
            }
            threads[self].time = later < 0 ? threads[self].time + COST_OF_TASK : later;
        }
    }
    for (int32_t t = 0; threads != NULL && t < all->threads; t++) free(threads[t].ready);
    free(threads);
    free(missing);
}

/*
 * The waits of one direction. `reads` are the items that an item has to wait for. A wait that an
 * earlier one of the same list implies is left out.
 */
static void find_waits(const struct sluice_schedules *all, schedule *s, const relation *reads,
                       const assignment *given, int is_up, int *failed) {
    int32_t *waited = reserve((size_t)all->threads, sizeof *waited, failed);
    for (int32_t t = 0; !*failed && t < s->threads; t++) {
        schedule_list *list = s->lists + t;
        schedule_way *way = is_up ? &list->up : &list->down;
        int32_t most = 0;
        for (int32_t i = 0; i < list->tasks; i++) {
            most += reads->begin[list->item[i] + 1] - reads->begin[list->item[i]];
        }
        way->wait_begin = reserve((size_t)list->tasks + 1, sizeof *way->wait_begin, failed);
        way->waits = reserve((size_t)most, sizeof *way->waits, failed);
    }
    for (int32_t t = 0; !*failed && t < s->threads; t++) {
        schedule_list *list = s->lists + t;
        schedule_way *way = is_up ? &list->up : &list->down;
        memset(waited, 0, sizeof *waited * (size_t)all->threads);
        int32_t waits = 0;
        for (int32_t i = 0; i < list->tasks; i++) {
            const int32_t item = list->item[is_up ? i : list->tasks - 1 - i];
            for (int32_t j = reads->begin[item]; j < reads->begin[item + 1]; j++) {
                const assignment *by = given + reads->items[j];
                if (by->thread == t) {
                    continue;
                }
                schedule_list *others = s->lists + by->thread;
                const int32_t at = is_up ? by->position : others->tasks - 1 - by->position;
                if (at + 1 > waited[by->thread]) {
                    waited[by->thread] = at + 1;
                    way->waits[waits++] = (schedule_wait){.thread = by->thread, .done = at + 1};
                    (is_up ? &others->up : &others->down)->awaited[at] = 1;
                }
            }
            way->wait_begin[i + 1] = waits;
        }
    }
    free(waited);
}

/*
 * Every thread computes everything for its share of the rows, one after the other where they add
 * up.
 */
static void divide_rows(const struct sluice_schedules *all, schedule *s, int *failed) {
    const int32_t count = all->leading + all->plan->steps;
    for (int32_t t = 0; !*failed && t < s->shares; t++) {
        schedule_list *list = s->lists + t;
        list->item = reserve((size_t)count, sizeof *list->item, failed);
        list->up.wait_begin = reserve((size_t)count + 1, sizeof *list->up.wait_begin, failed);
        list->up.waits = reserve(0, sizeof *list->up.waits, failed);
        list->down.wait_begin = reserve((size_t)count + 1, sizeof *list->down.wait_begin, failed);
        list->down.waits = reserve((size_t)count, sizeof *list->down.waits, failed);
        if (*failed) {
            return;
        }
        memcpy(list->item, all->order, sizeof *list->item * (size_t)count);
        list->tasks = count;
    }
}

static void wait_for_earlier_rows(const struct sluice_schedules *all, schedule *s) {
    const sluice_plan *plan = all->plan;
    const int32_t count = all->leading + plan->steps;
    for (int32_t t = 0; t < s->shares; t++) {
        schedule_way *way = &s->lists[t].down;
        int32_t waits = 0;
        for (int32_t i = 0; i < count; i++) {
            const int32_t item = s->lists[t].item[count - 1 - i];
            if (item >= plan->sums && item < plan->sums + plan->elements) {
                if (t > 0) {
                    way->waits[waits++] = (schedule_wait){.thread = t - 1, .done = i + 1};
                }
                way->awaited[i] = t + 1 < s->shares;
            }
            way->wait_begin[i + 1] = waits;
        }
    }
}

static void free_schedule(schedule *s) {
    if (s == NULL) {
        return;
    }
    for (int32_t t = 0; s->lists != NULL && t < s->threads; t++) {
        schedule_list *list = s->lists + t;
        free(list->item);
        free(list->up.wait_begin);
        free(list->up.waits);
        free(list->up.awaited);
        free(list->down.wait_begin);
        free(list->down.waits);
        free(list->down.awaited);
    }
    free(s->lists);
    free(s->progress);
    free(s);
}

/* shares: into which the rows are divided; 0: what suits this many rows */
static schedule *make_schedule(const struct sluice_schedules *all, int32_t rows, int32_t shares) {
    int failed = 0;
    schedule *s = reserve(1, sizeof *s, &failed);
    double *cost = reserve((size_t)all->items, sizeof *cost, &failed);
    assignment *given = reserve((size_t)all->items, sizeof *given, &failed);
    if (!failed) {
        s->threads = all->threads;
        s->shares = 1;
        s->lists = reserve((size_t)all->threads, sizeof *s->lists, &failed);
        s->progress = aligned_alloc(64, sizeof *s->progress * (size_t)all->threads);
        failed |= s->progress == NULL;
    }
    if (!failed) {
        for (int32_t i = 0; i < all->items; i++) cost[i] = cost_of(all->plan, i, rows);
        const double wide = width(all, cost);
        const int32_t most = rows < all->threads ? rows : all->threads;
        if (shares > 0 || (wide < LEAST_WIDTH * all->threads && wide < most + 0.5)) {
            s->shares = shares > 0 ? shares : most;
            divide_rows(all, s, &failed);
        } else {
            divide_circuit(all, s, cost, given, &failed);
        }
    }
    for (int32_t t = 0; !failed && t < s->threads; t++) {
        schedule_list *list = s->lists + t;
        list->up.awaited = reserve((size_t)list->tasks, 1, &failed);
        list->down.awaited = reserve((size_t)list->tasks, 1, &failed);
    }
    if (!failed && (shares > 0 || s->shares > 1)) {
        wait_for_earlier_rows(all, s);
    } else if (!failed) {
        find_waits(all, s, &all->needs, given, 1, &failed);
        find_waits(all, s, &all->serves, given, 0, &failed);
    }
    free(cost);
    free(given);
    if (failed) {
        free_schedule(s);
        return NULL;
    }
    return s;
}

schedule *sluice_schedule_for(sluice_schedules *all, int32_t rows) {
    int32_t class = 0;
    while (class < ROW_CLASSES - 1 && (INT64_C(1) << class) < rows) class++;
    if (all->of_rows[class] == NULL) {
        all->of_rows[class] = make_schedule(all, rows, 0);
    }
    schedule *s = all->of_rows[class];
    for (int32_t t = 0; s != NULL && t < s->threads; t++) atomic_init(&s->progress[t].done, 0);
    return s;
}

const schedule *sluice_schedule_whole(sluice_schedules *all) {
    if (all->whole == NULL) {
        all->whole = make_schedule(all, 1, 1);
    }
    return all->whole;
}

void sluice_schedules_free(sluice_schedules *all) {
    if (all == NULL) {
        return;
    }
    for (int32_t i = 0; i < ROW_CLASSES; i++) free_schedule(all->of_rows[i]);
    free_schedule(all->whole);
    free(all->order);
    free(all->needs.begin);
    free(all->needs.items);
    free(all->serves.begin);
    free(all->serves.items);
    free(all->tile_weight);
    free(all->table_alone);
    free(all);
}

const schedule_owners *sluice_owners_of(const sluice_schedules *all) { return &all->owners; }

const sluice_plan *sluice_schedules_plan(const sluice_schedules *all) { return all->plan; }

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

void sluice_schedule_wait(const schedule *s, const schedule_way *way, int32_t position) {
    for (int32_t i = way->wait_begin[position]; i < way->wait_begin[position + 1]; i++) {
        const schedule_wait *wait = way->waits + i;
        int32_t looks = 0;
        while (atomic_load_explicit(&s->progress[wait->thread].done, memory_order_acquire)
               < wait->done) {
            if (++looks > LOOKS_BEFORE_YIELD) {
                sched_yield();
            } else {
                relax();
            }
        }
    }
}
