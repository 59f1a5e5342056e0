#define _DEFAULT_SOURCE
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "log_space.h"
#include "memory.h"
#include "spin.h"

/* One schedule serves all numbers of rows up to the next power of two. */
enum { ROW_CLASSES = 32 };

/*
 * Costs of an item in nanoseconds of one core with AVX-512; only their ratios count. A sum block and
 * an element that it reads need three products with their tile: one in the forward pass, two in the
 * backward pass.
 */
#define COST_OF_ITEM 100.0
#define COST_OF_FLOP 0.008
#define COST_OF_BYTE 0.06
#define COST_OF_DENSITY 50.0

/*
 * A circuit is divided if it is at least this many times as wide as there are threads, or if its width
 * keeps more threads busy than its rows do.
 */
#define LEAST_WIDTH 1.5

struct sluice_schedules {
    const sluice_plan *plan;
    int32_t threads;
    item_graph graph; /* the plan's operations, and stored inputs before them */
    schedule_owners owners;
    plan_tasks tasks;
    int32_t *weight_rows; /* [weights] */
    int32_t *tile_weight;
    uint8_t *table_alone;
    schedule *of_rows[ROW_CLASSES];
    schedule *whole;
};

static int is_stored(const sluice_plan *plan, int32_t block) {
    return plan->block_value[block] >= 0;
}

static int32_t item_of_block(const sluice_plan *plan, int32_t block) {
    return plan->block_input[block] >= 0 ? item_of_input(plan, plan->block_input[block])
                                         : block - plan->inputs;
}

/* Writes the items that an item reads to `to`, unless it is NULL; returns their number. */
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

/* The inputs of one vector have disjoint columns; those of a tied vector have the same again. */
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

static void list_tasks(struct sluice_schedules *all, int *failed) {
    const sluice_plan *plan = all->plan;
    plan_tasks *tasks = &all->tasks;
    all->weight_rows = reserve((size_t)plan->weights, sizeof *all->weight_rows, failed);
    for (int32_t w = 0; !*failed && w < plan->weights; w++) {
        all->weight_rows[w] = weight_rows(plan, w);
    }
    *failed =
            *failed
            || !task_list_make(&tasks->block_row_nodes, plan->block_rows, plan->block_row_nodes,
                               NODES_PER_TASK)
            || !task_list_make(&tasks->table_columns, plan->tables, plan->table_nodes,
                               COLUMNS_PER_TASK)
            || !task_list_make(&tasks->weight_rows, plan->weights, all->weight_rows, ROWS_PER_TASK)
            || !task_list_make(&tasks->log_weight_rows, plan->weights, all->weight_rows, LOG_ROWS);
}

sluice_schedules *sluice_schedules_of(const sluice_plan *plan, int32_t threads) {
    int failed = 0;
    struct sluice_schedules *all = reserve(1, sizeof *all, &failed);
    if (failed) {
        return NULL;
    }
    all->plan = plan;
    all->threads = threads;
    item_graph *graph = &all->graph;
    graph->items = plan->sums + plan->elements + plan->inputs;
    const size_t items = (size_t)graph->items;
    graph->order = reserve(items, sizeof *graph->order, &failed);
    graph->needs.begin = reserve(items + 1, sizeof *graph->needs.begin, &failed);
    find_tile_weights(all, &failed);
    find_tables_alone(all, &failed);
    list_tasks(all, &failed);
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
    for (int32_t i = 0; !failed && i < graph->items; i++) {
        graph->needs.begin[i + 1] = graph->needs.begin[i] + needs_of(plan, i, NULL);
    }
    if (!failed) {
        graph->needs.items = reserve((size_t)graph->needs.begin[graph->items],
                                     sizeof *graph->needs.items, &failed);
    }
    if (!failed) {
        for (int32_t i = 0; i < graph->items; i++) {
            needs_of(plan, i, graph->needs.items + graph->needs.begin[i]);
        }
        for (int32_t i = 0; i < plan->inputs; i++) {
            if (is_stored(plan, plan->input_block[i])) {
                graph->order[graph->count++] = item_of_input(plan, i);
            }
        }
        for (int32_t i = 0; i < plan->operations; i++) {
            graph->order[graph->count++] = item_of_operation(plan, plan->operation[i]);
        }
        failed |= !sluice_relation_invert(graph->items, &graph->needs, &graph->serves);
    }
    if (failed) {
        sluice_schedules_free(all);
        return NULL;
    }
    return all;
}

static double cost_of(const sluice_plan *plan, int32_t item, double rows) {
    if (item >= plan->sums + plan->elements) {
        return COST_OF_ITEM
               + rows * COST_OF_DENSITY
                         * plan->block_nodes[plan->input_block[item - plan->sums - plan->elements]];
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
    return COST_OF_ITEM + rows * (2 * edges * COST_OF_FLOP + 16 * nodes * COST_OF_BYTE)
           + 4 * edges * COST_OF_BYTE;
}

/* How many threads can be busy on average, at most: the total cost over that of the longest path. */
static double width(const item_graph *graph, const double *cost) {
    double total = 0;
    double longest = 0;
    int failed = 0;
    double *path = reserve((size_t)graph->items, sizeof *path, &failed);
    for (int32_t i = 0; !failed && i < graph->count; i++) {
        const int32_t item = graph->order[i];
        for (int64_t j = graph->needs.begin[item]; j < graph->needs.begin[item + 1]; j++) {
            const double below = path[graph->needs.items[j]];
            path[item] = below > path[item] ? below : path[item];
        }
        path[item] += cost[item];
        longest = path[item] > longest ? path[item] : longest;
        total += cost[item];
    }
    free(path);
    return longest > 0 ? total / longest : 1;
}

static void free_schedule(schedule *s) {
    if (s == NULL) {
        return;
    }
    sluice_runs_free(&s->runs);
    free(s->progress);
    free(s);
}

/* shares: number of shares of the rows; 0: chooses what to divide for this many rows */
static schedule *make_schedule(const struct sluice_schedules *all, int32_t rows, int32_t shares) {
    const item_graph *graph = &all->graph;
    int failed = 0;
    schedule *s = reserve(1, sizeof *s, &failed);
    double *cost = reserve((size_t)graph->items, sizeof *cost, &failed);
    if (!failed) {
        *s = (schedule){.item = graph->order,
                        .items = graph->count,
                        .threads = all->threads,
                        .shares = shares};
        s->progress = aligned_alloc(64, sizeof *s->progress * (size_t)all->threads);
        failed |= s->progress == NULL;
    }
    if (!failed && shares == 0) {
        for (int32_t i = 0; i < graph->items; i++) cost[i] = cost_of(all->plan, i, rows);
        const double wide = width(graph, cost);
        const int32_t most = rows < all->threads ? rows : all->threads;
        if (all->threads == 1 || (wide < LEAST_WIDTH * all->threads && wide < most + 0.5)) {
            s->shares = most;
        } else {
            failed |= !sluice_runs_divide(graph, cost, all->threads, &s->runs);
        }
    }
    free(cost);
    if (failed) {
        free_schedule(s);
        return NULL;
    }
    return s;
}

schedule *sluice_schedule_for(sluice_schedules *all, int32_t rows, int backward) {
    int32_t class = 0;
    while (class < ROW_CLASSES - 1 && (INT64_C(1) << class) < rows) class ++;
    if (all->of_rows[class] == NULL) {
        all->of_rows[class] = make_schedule(all, rows, 0);
    }
    schedule *s = all->of_rows[class];
    if (s == NULL) {
        return NULL;
    }
    for (int32_t t = 0; t < s->threads; t++) atomic_init(&s->progress[t].done, 0);
    if (s->shares == 0) {
        sluice_runs_begin(&s->runs, backward);
    }
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
    free(all->graph.order);
    free(all->graph.needs.begin);
    free(all->graph.needs.items);
    free(all->graph.serves.begin);
    free(all->graph.serves.items);
    free(all->tile_weight);
    free(all->table_alone);
    task_list_free(&all->tasks.block_row_nodes);
    task_list_free(&all->tasks.table_columns);
    task_list_free(&all->tasks.weight_rows);
    task_list_free(&all->tasks.log_weight_rows);
    free(all->weight_rows);
    free(all);
}

const schedule_owners *sluice_owners_of(const sluice_schedules *all) { return &all->owners; }

const plan_tasks *sluice_tasks_of(const sluice_schedules *all) { return &all->tasks; }

const sluice_plan *sluice_schedules_plan(const sluice_schedules *all) { return all->plan; }

void sluice_schedule_wait(const schedule *s, int32_t thread, int32_t done) {
    int32_t spins = 0;
    while (atomic_load_explicit(&s->progress[thread].done, memory_order_acquire) < done) {
        spin(&spins);
    }
}
