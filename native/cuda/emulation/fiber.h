/* A stack of its own to run on, and the switch from one to another. */
#ifndef SLUICE_EMULATION_FIBER_H
#define SLUICE_EMULATION_FIBER_H

#include <stddef.h>

#include <memory>

namespace emulated {

class Fiber {
   public:
    /* Where a thread of the operating system is: it has a stack already. */
    Fiber();
    /* One that calls `entry`, which must not return, when it is first switched to. */
    explicit Fiber(void (*entry)());
    ~Fiber();
    Fiber(const Fiber &) = delete;
    Fiber &operator=(const Fiber &) = delete;

    /* Forgets what it was doing: next time it calls `entry` again. Not for the running one. */
    void restart();

    /* Suspends `this`, the running one, until something switches back to it. */
    void switch_to(Fiber &next);

   private:
    struct Context;
    std::unique_ptr<Context> context;
    static void start();
};

} // namespace emulated

#endif
