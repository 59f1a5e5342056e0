/*
 * Chains: many layers in one launch. In a deep circuit layers are narrow, and a launch per layer
 * costs more than its arithmetic, because all thread blocks wait for the slowest of the layer
 * before. In a chain, a task is a sum block (or an element, in the backward pass) for some rows; it
 * waits only for the tasks whose results it reads.
 *
 * Thread blocks draw tasks in an order in which every task comes after those that it waits for. So
 * a task that is waited for has been drawn by a thread block that runs: no set of thread blocks,
 * however few the device holds at a time, can deadlock. Results do not depend on which thread block
 * gets a task.
 *
 * Chains whose layers all have the same weights, and as many tasks as there are thread blocks, do
 * without that order: a thread block keeps its weights and its rows from layer to layer, and rows
 * do not wait for other rows. Each thread block has the tasks of one position in the layers. Before
 * it waits for tasks, it makes sure that all of them have been claimed. It computes an unclaimed
 * one itself: its thread block does not fit on the device yet. So a task that is waited for has
 * been claimed by a thread block that runs and computes lower layers first.
 */
#ifndef SLUICE_CHAIN_CUH
#define SLUICE_CHAIN_CUH

#include "device_plan.cuh"

/* DevicePlan.chain_item[first .. end - 1], as a kernel gets it. */
struct ChainRange {
    int32_t first;
    int32_t items;
    int32_t row_strips; /* tasks of an item, one for each strip of rows */
    int32_t period;     /* items of a layer, where all layers have the same weights; otherwise 0 */
};

__device__ __forceinline__ int32_t *chain_ticket(const DevicePlan &c) { return c.chain_state; }

__device__ __forceinline__ int32_t *chain_done(const DevicePlan &c, int32_t place) {
    return c.chain_state + CHAIN_TICKET_SPACE + place;
}

/* What a task's flag says. */
enum { CHAIN_OPEN = 0, CHAIN_TAKEN = 1, CHAIN_DONE = 2 };

/* Claims a task; false if it is claimed already. */
__device__ __forceinline__ bool take_task(const DevicePlan &c, int32_t number) {
    return atomicCAS(chain_done(c, number), (int32_t)CHAIN_OPEN, (int32_t)CHAIN_TAKEN)
           == CHAIN_OPEN;
}

/*
 * Claims an unclaimed dependency whose own dependencies are all claimed, and returns its number; -1
 * if there is none.
 */
__device__ static inline int32_t take_open_task(const DevicePlan &c, const ChainRange &chain,
                                                int32_t place, int32_t row_strip) {
    const int32_t wanted = place;
    for (bool lower = true; lower;) {
        lower = false;
        const ChainItem &item = c.chain_item[chain.first + place];
        for (int32_t i = 0; i < item.waits && !lower; i++) {
            const int32_t other = c.chain_wait[item.wait_begin + i];
            lower = look_at_flag(chain_done(c, other * chain.row_strips + row_strip)) == CHAIN_OPEN;
            place = lower ? other : place;
        }
    }
    const int32_t number = place * chain.row_strips + row_strip;
    return place != wanted && take_task(c, number) ? number : -1;
}

/*
 * Calls task(item, row strip, wait) for one task after the other. All threads have to call `wait`.
 * Where it returns false, which it does only if MAY_KEEP_PLACE, the task cannot be computed yet: it
 * has to return at once, and is called again.
 */
template <bool MAY_KEEP_PLACE, typename Task>
__device__ __forceinline__ void run_chain(const DevicePlan &c, const ChainRange &chain, Task task) {
    __shared__ int32_t drawn[2];
    __shared__ int32_t opened;
    const bool keeps_place = MAY_KEEP_PLACE && chain.period > 0;
    const int32_t all = chain.items * chain.row_strips;
    const int32_t layer = chain.period * chain.row_strips;
    if (threadIdx.x == 0) {
        int32_t first = (int32_t)blockIdx.x;
        while (keeps_place && first < all && !take_task(c, first)) first += layer;
        drawn[0] = keeps_place ? first : atomicAdd(chain_ticket(c), 1);
    }
    __syncthreads();
    int32_t number = drawn[0];
    int32_t postponed = -1; /* till one is done that it waits for and nobody had taken */
    int32_t next_of = -1;   /* the task after which `next` comes */
    int32_t next = 0;
    bool next_taken = true;
    for (int turn = 0; number < all;) {
        if (threadIdx.x == 0 && (!MAY_KEEP_PLACE || (next_of != number && postponed < 0))) {
            /* Not looked at before the task is done: by then it is there. */
            next_of = number;
            if (keeps_place) {
                next = number + layer;
                next_taken = next >= all || take_task(c, next);
            } else {
                next = atomicAdd(chain_ticket(c), 1);
            }
        }
        const int32_t place = number / chain.row_strips;
        const int32_t row_strip = number - place * chain.row_strips;
        const ChainItem item = c.chain_item[chain.first + place];
        bool ready = true;
        task(item, row_strip, [&]() -> bool {
            bool open = false;
            for (int32_t i = threadIdx.x; i < item.waits && !open; i += blockDim.x) {
                const int32_t other = c.chain_wait[item.wait_begin + i];
                const int32_t *const flag = chain_done(c, other * chain.row_strips + row_strip);
                int32_t seen;
                do {
                    seen = look_at_flag(flag);
                    open = keeps_place && seen == CHAIN_OPEN;
                } while (seen != CHAIN_DONE && !open);
                fence_after_flags();
            }
            ready = keeps_place ? !__syncthreads_or(open) : (__syncthreads(), true);
            return ready;
        });
        if (MAY_KEEP_PLACE && !ready) {
            if (threadIdx.x == 0) {
                opened = take_open_task(c, chain, place, row_strip);
            }
            __syncthreads();
            if (opened >= 0) {
                postponed = number;
                number = opened;
            }
            __syncthreads();
            continue;
        }
        if (threadIdx.x == 0) {
            while (MAY_KEEP_PLACE && !next_taken) {
                next += layer;
                next_taken = next >= all || take_task(c, next);
            }
            drawn[turn ^ 1] = next;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            raise_flag(chain_done(c, number), CHAIN_DONE);
        }
        if (MAY_KEEP_PLACE && postponed >= 0) {
            number = postponed;
            postponed = -1;
        } else {
            turn ^= 1;
            number = drawn[turn];
        }
    }
}

#endif
