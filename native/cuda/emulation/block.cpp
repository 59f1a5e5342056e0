#include "emulation/block.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <memory>
#include <vector>

#include "emulation/copies.h"
#include "emulation/fiber.h"
#include "emulation/poison.h"

namespace emulated {

uint3 thread_index;
dim3 block_index;
dim3 block_size;
dim3 grid_size;
unsigned char *shared_memory;

namespace {

constexpr unsigned WARPS = MAXIMUM_THREADS / WARP;

struct Thread {
    Fiber *fiber = nullptr; /* null before it starts and after it ends */
    enum { READY, AT_BARRIER, IN_WARP, ENDED } place = READY;
    bool has_waited = false; /* for the launches before */
};

struct Warp {
    unsigned lanes;
    unsigned arrived;
    uint32_t ready; /* lanes that can go on, the running one excepted */
    const Collective *collective;
    void *operands[WARP];
};

/* The block that runs. Threads and fibers serve all blocks in turn. */
struct Block {
    const Launch *launch;
    Thread threads[MAXIMUM_THREADS];
    Warp warps[WARPS];
    uint32_t ready_warps; /* those with a ready lane */
    unsigned waiting;     /* threads at the barrier */
    unsigned ended;
    Barrier barrier;
    /* A thread may still have to read the result of one barrier while others reach the next. */
    int passed[2];
    unsigned barriers;
    bool backwards;
    Outcome outcome;

    Fiber scheduler;
    std::vector<std::unique_ptr<Fiber>> fibers;
    std::vector<Fiber *> idle;
    Fiber *running;
};

Block block;

void switch_to(Fiber *next) {
    Fiber *const from = block.running;
    block.running = next;
    from->switch_to(*next);
}

unsigned first(uint32_t bits) {
    return static_cast<unsigned>(block.backwards ? 31 - __builtin_clz(bits) : __builtin_ctz(bits));
}

/* Takes the next thread that can go on; -1 when there is none. The current warp goes first. */
int take_ready() {
    unsigned warp = thread_index.x / WARP;
    if (block.warps[warp].ready == 0) {
        if (block.ready_warps == 0) {
            return -1;
        }
        warp = first(block.ready_warps);
    }
    Warp &chosen = block.warps[warp];
    const unsigned lane = first(chosen.ready);
    chosen.ready &= ~(1u << lane);
    if (chosen.ready == 0) {
        block.ready_warps &= ~(1u << warp);
    }
    return static_cast<int>(warp * WARP + lane);
}

void run_threads();

Fiber *idle_fiber() {
    if (block.idle.empty()) {
        block.fibers.push_back(std::make_unique<Fiber>(run_threads));
        return block.fibers.back().get();
    }
    Fiber *fiber = block.idle.back();
    block.idle.pop_back();
    return fiber;
}

/* Lets other threads run until this one is ready again. */
void suspend() {
    const uint3 self = thread_index;
    const int next = take_ready();
    if (next < 0) {
        switch_to(&block.scheduler); /* which finds that they wait for each other */
    } else {
        Thread &thread = block.threads[next];
        thread_index.x = static_cast<unsigned>(next);
        if (thread.fiber == nullptr) {
            thread.fiber = idle_fiber();
        }
        switch_to(thread.fiber);
    }
    thread_index = self;
}

/* A fiber's life: threads from beginning to end, one after another. */
void run_threads() {
    for (;;) {
        Thread *thread = &block.threads[thread_index.x];
        thread->fiber = block.running;
        block.launch->body();
        thread = &block.threads[thread_index.x];
        if (block.launch->early && !thread->has_waited) {
            fail(cudaErrorLaunchFailure, "ends without having waited for the launches before");
        }
        thread->fiber = nullptr;
        thread->place = Thread::ENDED;
        block.ended++;

        const int next = take_ready();
        if (next >= 0) {
            thread_index.x = static_cast<unsigned>(next);
        }
        if (next < 0 || block.threads[next].fiber != nullptr) {
            block.idle.push_back(block.running);
            switch_to(next < 0 ? &block.scheduler : block.threads[next].fiber);
        }
    }
}

void release(Warp &warp, unsigned index) {
    warp.ready = warp.lanes == WARP ? ~0u : (1u << warp.lanes) - 1;
    block.ready_warps |= 1u << index;
}

/* The one that released the others is running. */
void exclude_self() {
    Warp &warp = block.warps[thread_index.x / WARP];
    warp.ready &= ~(1u << thread_index.x % WARP);
    if (warp.ready == 0) {
        block.ready_warps &= ~(1u << thread_index.x / WARP);
    }
}

std::string where(unsigned index) {
    const Thread &thread = block.threads[index];
    const std::string name = "thread " + std::to_string(index);
    switch (thread.place) {
        case Thread::AT_BARRIER:
            return name + " waits at a barrier of the block";
        case Thread::IN_WARP:
            return name + " waits for its warp at " + block.warps[index / WARP].collective->name;
        case Thread::ENDED:
            return name + " has ended";
        default:
            return name + " could run";
    }
}

/* All that are left wait, for each other or for threads that have ended. */
Outcome stuck() {
    unsigned one = 0;
    while (block.threads[one].place == Thread::ENDED) {
        one++;
    }
    const Thread &waiting = block.threads[one];
    unsigned from = 0, to = block.launch->threads;
    if (waiting.place == Thread::IN_WARP) {
        from = one / WARP * WARP;
        to = from + block.warps[one / WARP].lanes;
    }
    unsigned other = from;
    while (other + 1 < to && block.threads[other].place == waiting.place) {
        other++;
    }
    return {cudaErrorLaunchFailure, where(one) + ", " + where(other)};
}

/* Kernels of unnamed namespaces have no symbol; for them, what finds the line with addr2line. */
std::string name_of(const void *kernel) {
    Dl_info info;
    if (dladdr(kernel, &info) == 0) {
        return "a kernel";
    }
    if (info.dli_sname == nullptr || info.dli_saddr != kernel) {
        char text[32];
        snprintf(text, sizeof(text), "+%#tx",
                 static_cast<const char *>(kernel) - static_cast<const char *>(info.dli_fbase));
        return std::string("the kernel at ") + info.dli_fname + text;
    }
    int status;
    char *const readable = abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status);
    const std::string name = readable == nullptr ? info.dli_sname : readable;
    free(readable);
    return name;
}

std::string origin(const Launch &launch) {
    char text[100];
    snprintf(text, sizeof(text), ", block (%u, %u, %u) of (%u, %u, %u): ", block_index.x,
             block_index.y, block_index.z, launch.grid.x, launch.grid.y, launch.grid.z);
    return name_of(launch.kernel) + text;
}

Outcome run_block(const Launch &launch) {
    block.waiting = 0;
    block.ended = 0;
    block.ready_warps = 0;
    block.backwards = !block.backwards; /* what depends on the order of threads shows */
    block.outcome = {cudaSuccess, ""};
    for (unsigned warp = 0; warp * WARP < launch.threads; warp++) {
        const unsigned left = launch.threads - warp * WARP;
        block.warps[warp].lanes = left < WARP ? left : WARP;
        block.warps[warp].arrived = 0;
        release(block.warps[warp], warp);
    }
    for (unsigned index = 0; index < launch.threads; index++) {
        block.threads[index].place = Thread::READY;
        block.threads[index].has_waited = false;
    }
    forget_copies(launch.threads);

    thread_index.x = block.backwards ? launch.threads - 1 : 0;
    exclude_self();
    block.running = &block.scheduler;
    Fiber *fiber = idle_fiber();
    switch_to(fiber);

    if (block.ended == launch.threads) {
        return block.outcome;
    }
    if (block.outcome.error == cudaSuccess) {
        block.outcome = stuck();
    }
    block.outcome.message = origin(launch) + block.outcome.message;
    block.idle.clear();
    for (const std::unique_ptr<Fiber> &each : block.fibers) {
        each->restart();
        block.idle.push_back(each.get());
    }
    for (unsigned index = 0; index < launch.threads; index++) {
        block.threads[index].fiber = nullptr;
    }
    return block.outcome;
}

} // namespace

void fail(cudaError_t error, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    block.outcome = {error, "thread " + std::to_string(thread_index.x) + ": " + text};
    switch_to(&block.scheduler);
    abort(); /* the fiber is restarted */
}

void wait_for_launches_before() { block.threads[thread_index.x].has_waited = true; }

int barrier(Barrier kind, bool predicate) {
    int &passed = block.passed[block.barriers & 1];
    if (block.waiting == 0) {
        block.barrier = kind;
        passed = 0;
    } else if (block.barrier != kind) {
        fail(cudaErrorLaunchFailure, "is at another kind of barrier than the rest of its block");
    }
    passed += predicate ? 1 : 0;
    Thread &thread = block.threads[thread_index.x];
    if (++block.waiting < block.launch->threads) {
        thread.place = Thread::AT_BARRIER;
        suspend();
        thread.place = Thread::READY;
    } else {
        block.waiting = 0;
        block.barriers++;
        for (unsigned warp = 0; warp * WARP < block.launch->threads; warp++) {
            release(block.warps[warp], warp);
        }
        exclude_self();
    }
    return passed;
}

void meet_warp(const Collective &collective, void *operand) {
    const unsigned index = thread_index.x / WARP, lane = thread_index.x % WARP;
    Warp &warp = block.warps[index];
    if (warp.arrived == 0) {
        warp.collective = &collective;
    } else if (warp.collective != &collective) {
        fail(cudaErrorLaunchFailure, "is at %s, other lanes of its warp at %s", collective.name,
             warp.collective->name);
    }
    warp.operands[lane] = operand;
    Thread &thread = block.threads[thread_index.x];
    if (++warp.arrived < warp.lanes) {
        thread.place = Thread::IN_WARP;
        suspend();
        thread.place = Thread::READY;
    } else {
        warp.arrived = 0;
        collective.complete(warp.operands, warp.lanes);
        release(warp, index);
        exclude_self();
    }
}

Outcome run(const Launch &launch) {
    static SharedMemory memory(MAXIMUM_SHARED_BYTES);
    block.launch = &launch;
    block_size = dim3(launch.threads);
    grid_size = launch.grid;
    for (unsigned z = 0; z < launch.grid.z; z++) {
        for (unsigned y = 0; y < launch.grid.y; y++) {
            for (unsigned x = 0; x < launch.grid.x; x++) {
                block_index = dim3(x, y, z);
                shared_memory = memory.fresh(launch.shared_bytes);
                Outcome outcome = run_block(launch);
                if (outcome.error != cudaSuccess) {
                    return outcome;
                }
            }
        }
    }
    return {cudaSuccess, ""};
}

} // namespace emulated
