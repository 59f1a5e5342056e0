#include "schedule.h"

#include <string.h>

#include "circuit.h"
#include "guarded.h"
#include "layout.h"
#include "log_space.h"
#include "pool.h"
#include "statements.h"

enum { MOST_ITEMS = 3 * MOST_PARTS, MOST_ROWS = 40, MOST_THREADS = 4 };

/* How the circuits of a sweep differ. */
typedef struct {
    int32_t nodes; /* of each block */
    int32_t sums;
    int32_t reach; /* a sum reads blocks that are at most so far before its own: 1 makes a chain */
    int tied;      /* some vectors share their table, some sums their weights */
} shape;

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* Vectors of one or two blocks; with `tied` two vectors may use the same table. */
static void add_inputs(circuit *c, const shape *s) {
    enum { VECTORS = 6, CATEGORIES = 3 };
    int32_t table = 0;
    int32_t blocks = 0;
    for (int32_t v = 0; v < VECTORS; v++) {
        if (v == 0 || !s->tied || random_below(2) == 0) {
            const int gaussian = random_below(2);
            blocks = 1 + random_below(2);
            table = add_table(c, gaussian ? SLUICE_GAUSSIAN : SLUICE_FINITE,
                              gaussian ? 0 : CATEGORIES, blocks * s->nodes);
        }
        for (int32_t i = 0; i < blocks; i++) add_input(c, table, i * s->nodes, v, s->nodes);
    }
}

/* Factors are blocks within reach, and often inputs that no element has yet; `unread` is the first. */
static int32_t add_random_element(circuit *c, const shape *s, int32_t *unread) {
    int32_t factor[3];
    const int32_t blocks = c->plan.inputs + c->plan.sums;
    const int32_t count = 1 + random_below(3);
    for (int32_t f = 0; f < count; f++) {
        factor[f] = *unread < c->plan.inputs && random_below(2) == 0
                            ? (*unread)++
                            : blocks - 1 - random_below(smaller(s->reach, blocks));
    }
    return add_element(c, count, factor);
}

/* Elements of random blocks, and sums of one or two of them. No rule of circuits but the order. */
static circuit *random_circuit(const shape *s) {
    circuit *c = new_circuit();
    add_inputs(c, s);
    int32_t unread = 0;
    int32_t owner[3] = {-1, -1,
                        -1}; /* the last sum of so many elements that has weights of its own */
    for (int32_t i = 0; i < s->sums; i++) {
        const int32_t first = add_random_element(c, s, &unread);
        const int32_t before = c->plan.elements > 1 ? random_below(first + 1) : first;
        const int32_t element[2] = {first, before};
        const int32_t count = before == first ? 1 : 1 + random_below(2);
        const int shares = s->tied && owner[count] >= 0 && random_below(3) == 0;
        const int fixed = !shares && random_below(8) == 0;
        add_sum(c, s->nodes, count, element,
                shares  ? owner[count]
                : fixed ? FIXED_WEIGHTS
                        : OWN_WEIGHTS);
        owner[count] = shares || fixed ? owner[count] : c->plan.sums - 1;
    }
    finish(c);
    return c;
}

/* Independent sums, each over an element of its own. */
static circuit *wide_circuit(int32_t nodes, int32_t sums) {
    circuit *c = new_circuit();
    const shape s = {.nodes = nodes};
    add_inputs(c, &s);
    for (int32_t i = 0; i < sums; i++) {
        const int32_t input = random_below(c->plan.inputs);
        const int32_t element = add_element(c, 1, &input);
        add_sum(c, nodes, 1, &element, OWN_WEIGHTS);
    }
    finish(c);
    return c;
}

typedef void circuit_statement(const circuit *c);

static void sweep(circuit_statement *holds) {
    static const int32_t sums[] = {1, 2, 9, 60};
    static const int32_t reaches[] = {1, 4, MOST_PARTS};
    static const int32_t nodes[] = {1, 40};
    for (uint64_t seed = first_seed(); seed <= last_seed(); seed++) {
        for (int32_t i = 0; i < 4 * 3 * 2 * 2; i++) {
            const shape s = {.sums = sums[i % 4],
                             .reach = reaches[i / 4 % 3],
                             .nodes = nodes[i / 12 % 2],
                             .tied = i / 24};
            begin_case(seed, "%d sums, reach %d, %d nodes, tied %d", s.sums, s.reach, s.nodes,
                       s.tied);
            holds(random_circuit(&s));
        }
    }
}

/* The items that an item reads; returns their number. */
static int32_t items_read(const sluice_plan *p, int32_t item, int32_t *read) {
    int32_t count = 0;
    if (item < p->sums) {
        for (int32_t t = 0; t < p->tiles; t++) {
            if (p->tile_sum[t] == item) {
                read[count++] = p->sums + p->tile_element[t];
            }
        }
        return count;
    }
    const int32_t element = item - p->sums;
    if (element >= p->elements) {
        return 0;
    }
    for (int32_t f = p->element_factor_begin[element]; f < p->element_factor_begin[element + 1];
         f++) {
        const int32_t block = p->element_factor[f];
        if (block >= p->inputs) {
            read[count++] = block - p->inputs;
        } else if (p->table_kind[p->input_table[block]] != SLUICE_FINITE) {
            read[count++] = p->sums + p->elements + block;
        }
    }
    return count;
}

/* Whether a schedule has the item: operations, and inputs that are not read in place. */
static int is_scheduled(const sluice_plan *p, int32_t item) {
    const int32_t input = item - p->sums - p->elements;
    return input < 0 || p->table_kind[p->input_table[input]] != SLUICE_FINITE;
}

static int32_t items_of(const sluice_plan *p) { return p->sums + p->elements + p->inputs; }

static void expect_order(const circuit *c) {
    const sluice_plan *p = &c->plan;
    sluice_schedules *schedules = sluice_schedules_of(p, 1);
    expect(schedules != NULL, "no memory");
    const schedule *s = sluice_schedule_whole(schedules);
    int32_t times[MOST_ITEMS] = {0};
    for (int32_t i = 0; i < s->items; i++) {
        int32_t read[MOST_LINKS];
        const int32_t count = items_read(p, s->item[i], read);
        for (int32_t k = 0; k < count; k++) {
            expect(times[read[k]] == 1, "item %d comes before item %d, which it reads", s->item[i],
                   read[k]);
        }
        times[s->item[i]]++;
    }
    for (int32_t i = 0; i < items_of(p); i++) {
        expect(times[i] == is_scheduled(p, i), "item %d is scheduled %d times", i, times[i]);
    }
    sluice_schedules_free(schedules);
}

STATEMENT(an_order_has_every_operation_once_and_after_what_it_reads) { sweep(expect_order); }

/* A pass by several threads. Nothing in it is atomic: the schedule synchronises the threads. */
typedef struct {
    const sluice_plan *plan;
    const schedule *schedule;
    int backward;
    int32_t rows;
    int32_t done[MOST_ITEMS][MOST_ROWS]; /* how often an item was computed for a row */
    int32_t next_row[MOST_ITEMS];        /* backward: whose statistics the item adds next */
    int32_t readers[MOST_ITEMS];
    int32_t reader[MOST_ITEMS][MOST_PARTS]; /* the items that read an item */
} pass;

static void find_readers(pass *p) {
    for (int32_t item = 0; item < items_of(p->plan); item++) {
        int32_t read[MOST_LINKS];
        const int32_t count = items_read(p->plan, item, read);
        for (int32_t k = 0; k < count; k++) p->reader[read[k]][p->readers[read[k]]++] = item;
    }
}

static void compute(pass *p, int32_t item, int32_t first, int32_t count) {
    int32_t read[MOST_LINKS];
    const int32_t *before = p->backward ? p->reader[item] : read;
    const int32_t befores = p->backward ? p->readers[item] : items_read(p->plan, item, read);
    for (int32_t b = first; b < first + count; b++) {
        for (int32_t k = 0; k < befores; k++) {
            expect(p->done[before[k]][b] == 1, "row %d: item %d runs before item %d", b, item,
                   before[k]);
        }
        p->done[item][b]++;
    }
    if (p->backward) {
        expect(p->next_row[item] == first, "item %d adds row %d instead of row %d", item, first,
               p->next_row[item]);
        p->next_row[item] = first + count;
    }
}

/* A thread's part of the pass, as the kernels walk it. */
static void walk(void *context, int64_t task, int32_t thread) {
    pass *p = context;
    const schedule *s = p->schedule;
    (void)task;
    if (s->shares > 0) {
        const int32_t share = (p->rows + s->shares - 1) / s->shares;
        const int32_t first = smaller(thread * share, p->rows);
        const int32_t count = smaller(share, p->rows - first);
        for (int32_t i = 0; count > 0 && i < s->items; i++) {
            if (p->backward && thread > 0) {
                sluice_schedule_wait(s, thread - 1, i + 1);
            }
            compute(p, s->item[p->backward ? s->items - 1 - i : i], first, count);
            if (p->backward) {
                sluice_schedule_done(s, thread, i + 1);
            }
        }
        return;
    }
    const circuit_runs *runs = &s->runs;
    int32_t cursor = 0;
    int32_t run;
    while ((run = sluice_runs_claim(runs, p->backward, thread, &cursor)) >= 0) {
        for (int32_t i = runs->begin[run]; i < runs->begin[run + 1]; i++) {
            const int32_t other = runs->begin[run] + runs->begin[run + 1] - 1 - i;
            compute(p, runs->item[p->backward ? other : i], 0, p->rows);
        }
        sluice_runs_done(runs, p->backward, run);
    }
}

static void expect_pass(const circuit *c, sluice_pool *pool, sluice_schedules *schedules,
                        int32_t rows, int backward) {
    static pass p;
    memset(&p, 0, sizeof p);
    p.plan = &c->plan;
    p.schedule = sluice_schedule_for(schedules, rows, backward);
    p.backward = backward;
    p.rows = rows;
    expect(p.schedule != NULL, "no memory");
    find_readers(&p);
    sluice_pool_run_on_each(pool, walk, &p);
    for (int32_t i = 0; i < items_of(p.plan); i++) {
        for (int32_t b = 0; b < rows; b++) {
            expect(p.done[i][b] == is_scheduled(p.plan, i),
                   "item %d was computed %d times for row %d of %d, backward %d", i, p.done[i][b],
                   b, rows, backward);
        }
    }
}

static void expect_passes(const circuit *c) {
    static const int32_t rows[] = {1, 2, 5, MOST_ROWS};
    for (int32_t threads = 1; threads <= MOST_THREADS; threads++) {
        sluice_pool *pool;
        expect(sluice_pool_start(threads, &pool) == SLUICE_OK, "no pool");
        sluice_schedules *schedules = sluice_schedules_of(&c->plan, threads);
        expect(schedules != NULL, "no memory");
        for (int32_t i = 0; i < 4; i++) {
            expect_pass(c, pool, schedules, rows[i], 0);
            expect_pass(c, pool, schedules, rows[i], 1);
        }
        sluice_schedules_free(schedules);
        sluice_pool_stop(pool);
    }
}

STATEMENT(threads_compute_every_item_once_for_every_row_and_add_the_rows_in_order) {
    sweep(expect_passes);
}

STATEMENT(rows_are_divided_if_the_circuit_is_a_chain) {
    for (int32_t threads = 1; threads <= MOST_THREADS; threads++) {
        for (int32_t rows = 1; rows <= MOST_ROWS; rows++) {
            begin_case(first_seed(), "%d threads, %d rows", threads, rows);
            const shape s = {.nodes = 40, .sums = 60, .reach = 1};
            sluice_schedules *schedules = sluice_schedules_of(&random_circuit(&s)->plan, threads);
            expect(schedules != NULL, "no memory");
            const int32_t shares = sluice_schedule_for(schedules, rows, 0)->shares;
            /* One schedule serves all numbers of rows up to the next power of two. */
            const int32_t most = smaller(threads, rows);
            expect(shares >= 1 && shares <= most, "%d shares", shares);
            expect(rows < threads || shares == threads, "%d shares for %d rows", shares, rows);
            sluice_schedules_free(schedules);
        }
    }
}

STATEMENT(the_circuit_is_divided_among_all_threads_if_it_is_wide) {
    enum { SUMS = 200, NODES = 64 };
    for (int32_t threads = 2; threads <= MOST_THREADS; threads++) {
        for (int32_t rows = 1; rows <= MOST_ROWS; rows *= 2) {
            begin_case(first_seed(), "%d threads, %d rows", threads, rows);
            sluice_schedules *schedules =
                    sluice_schedules_of(&wide_circuit(NODES, SUMS)->plan, threads);
            expect(schedules != NULL, "no memory");
            const schedule *s = sluice_schedule_for(schedules, rows, 0);
            expect(s->shares == 0, "the rows are divided into %d shares", s->shares);
            int32_t items[MOST_THREADS] = {0};
            for (int32_t run = 0; run < s->runs.runs; run++) {
                items[s->runs.home[run]] += s->runs.begin[run + 1] - s->runs.begin[run];
            }
            for (int32_t t = 0; t < threads; t++) {
                expect(2 * threads * items[t] >= s->items, "thread %d has %d of %d items", t,
                       items[t], s->items);
            }
            sluice_schedules_free(schedules);
        }
    }
}

STATEMENT(one_thread_computes_all_rows_and_the_whole_circuit) {
    for (int32_t rows = 1; rows <= MOST_ROWS; rows++) {
        begin_case(first_seed(), "%d rows", rows);
        sluice_schedules *schedules = sluice_schedules_of(&wide_circuit(8, 100)->plan, 1);
        expect(schedules != NULL, "no memory");
        const int32_t shares = sluice_schedule_for(schedules, rows, 0)->shares;
        expect(shares == 1, "%d shares", shares);
        sluice_schedules_free(schedules);
    }
}

/* Whether a table's column has one input, and this input one element. */
static int has_one_owner(const sluice_plan *p, int32_t table, int32_t column) {
    int32_t inputs = 0;
    int32_t elements = 0;
    for (int32_t i = 0; i < p->inputs; i++) {
        const int32_t block = p->input_block[i];
        if (p->input_table[i] == table && column >= p->input_first[i]
            && column < p->input_first[i] + p->block_nodes[block]) {
            inputs++;
            elements += p->block_element_begin[block + 1] - p->block_element_begin[block];
        }
    }
    return inputs == 1 && elements == 1;
}

static void expect_owners(const circuit *c) {
    const sluice_plan *p = &c->plan;
    sluice_schedules *schedules = sluice_schedules_of(p, 1);
    expect(schedules != NULL, "no memory");
    const schedule_owners *owners = sluice_owners_of(schedules);
    int shared_tiles = 0;
    int shared_columns = 0;
    for (int32_t t = 0; t < p->tiles; t++) {
        int32_t tiles = 0;
        int32_t weight = WEIGHT_IS_FIXED;
        for (int32_t u = 0; u < p->tiles; u++)
            tiles += p->tile_parameter[u] == p->tile_parameter[t];
        for (int32_t w = 0; w < p->weights; w++) {
            weight = p->weight_parameter[w] == p->tile_parameter[t] ? w : weight;
        }
        const int shared = weight >= 0 && tiles > 1;
        const int32_t expected = shared ? WEIGHT_IS_SHARED : weight;
        shared_tiles |= shared;
        expect(owners->tile_weight[t] == expected, "the weight of tile %d is %d, expected %d", t,
               owners->tile_weight[t], expected);
    }
    for (int32_t t = 0; t < p->tables; t++) {
        int alone = 1;
        for (int32_t n = 0; n < p->table_nodes[t]; n++) alone &= has_one_owner(p, t, n);
        shared_columns |= !alone;
        expect(owners->table_alone[t] == alone, "table %d alone is %d", t, owners->table_alone[t]);
    }
    expect(owners->tiles_alone == !shared_tiles, "tiles alone is %d", owners->tiles_alone);
    expect(owners->complete == (!shared_tiles && !shared_columns), "complete is %d",
           owners->complete);
    sluice_schedules_free(schedules);
}

STATEMENT(a_statistic_has_an_owner_if_only_one_element_adds_to_it) { sweep(expect_owners); }

/* The parts of each thing follow each other, from its beginning to its end. */
static void expect_cover(const char *name, const task_list *list, int32_t things,
                         const int32_t *size, int32_t most) {
    int32_t thing = 0;
    int32_t at = 0;
    for (int64_t task = 0; task < task_list_count(list); task++) {
        const task_part part = task_list_part(list, task);
        while (thing < things && at == size[thing]) {
            thing++;
            at = 0;
        }
        expect(part.thing == thing && part.begin == at, "%s: task %lld begins at %d of thing %d",
               name, (long long)task, part.begin, part.thing);
        expect(part.end > at && part.end - at <= most && part.end <= size[thing],
               "%s: task %lld ends at %d of %d", name, (long long)task, part.end, size[thing]);
        at = part.end;
    }
    expect(thing == things || (thing == things - 1 && at == size[thing]),
           "%s: the tasks end at %d of thing %d", name, at, thing);
}

static void expect_tasks(const circuit *c) {
    const sluice_plan *p = &c->plan;
    sluice_schedules *schedules = sluice_schedules_of(p, 1);
    expect(schedules != NULL, "no memory");
    const plan_tasks *tasks = sluice_tasks_of(schedules);
    int32_t rows[MOST_PARTS * MOST_LINKS];
    for (int32_t w = 0; w < p->weights; w++) rows[w] = weight_rows(p, w);
    expect_cover("nodes", &tasks->block_row_nodes, p->block_rows, p->block_row_nodes,
                 NODES_PER_TASK);
    expect_cover("columns", &tasks->table_columns, p->tables, p->table_nodes, COLUMNS_PER_TASK);
    expect_cover("rows of weights", &tasks->weight_rows, p->weights, rows, ROWS_PER_TASK);
    expect_cover("rows of weights in log-space", &tasks->log_weight_rows, p->weights, rows,
                 LOG_ROWS);
    sluice_schedules_free(schedules);
}

STATEMENT(tasks_cover_every_node_column_and_row_once) { sweep(expect_tasks); }
