/*
 * Chains: many layers in one launch. In a deep circuit layers are narrow, and a launch for each costs
 * more than its arithmetic: all of its thread blocks wait for the slowest of the layer before. In a
 * chain each block of sums (or element, on the way back), for some samples, is a task that waits for
 * just the tasks whose results it reads.
 *
 * Thread blocks draw tasks in an order in which all come after those they wait for. A task that is
 * waited for has therefore been drawn by a thread block that runs: no set of thread blocks, however
 * few of them the device holds at a time, can wait for ever. Which of them gets a task does not
 * matter for its result.
 */
#ifndef SLUICE_CHAIN_CUH
#define SLUICE_CHAIN_CUH

#include "image.cuh"

/* Circuit.chain_item[first .. end - 1], as a kernel gets it. */
struct ChainRange {
    int32_t first;
    int32_t items;
    int32_t row_tiles; /* tasks of an item: one for each so many samples */
};

__device__ __forceinline__ int32_t *chain_ticket(const Circuit &c) { return c.chain_state; }

__device__ __forceinline__ int32_t *chain_done(const Circuit &c, int32_t place) {
    return c.chain_state + CHAIN_TICKET_SPACE + place;
}

/* Calls task(item, row tile, wait) for one task after the other; `wait` is to be called by all. */
template <typename Task>
__device__ __forceinline__ void run_chain(const Circuit &c, const ChainRange &chain, Task task) {
    __shared__ int32_t drawn[2];
    if (threadIdx.x == 0) {
        drawn[0] = atomicAdd(chain_ticket(c), 1);
    }
    __syncthreads();
    for (int turn = 0;; turn ^= 1) {
        const int32_t number = drawn[turn];
        if (number >= chain.items * chain.row_tiles) {
            return;
        }
        if (threadIdx.x == 0) {
            drawn[turn ^ 1] = atomicAdd(chain_ticket(c), 1);
        }
        const int32_t place = number / chain.row_tiles;
        const int32_t row_tile = number - place * chain.row_tiles;
        const ChainItem item = c.chain_item[chain.first + place];
        task(item, row_tile, [&]() {
            for (int32_t i = threadIdx.x; i < item.waits; i += blockDim.x) {
                const int32_t other = c.chain_wait[item.wait_begin + i];
                wait_for_flag(chain_done(c, other * chain.row_tiles + row_tile));
            }
            __syncthreads();
        });
        __syncthreads();
        if (threadIdx.x == 0) {
            raise_flag(chain_done(c, place * chain.row_tiles + row_tile));
        }
    }
}

#endif
