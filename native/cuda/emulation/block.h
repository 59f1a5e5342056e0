/* Runs the blocks of a launch. */
#ifndef SLUICE_EMULATION_BLOCK_H
#define SLUICE_EMULATION_BLOCK_H

#include <string>

#include "emulation/device.h"

namespace emulated {

constexpr size_t GRANTED_SHARED_BYTES = 48 * 1024;
constexpr size_t MAXIMUM_SHARED_BYTES = 163 * 1024; /* of compute capability 8.0 */

/* How a launch ended; the message is empty after success. */
struct Outcome {
    cudaError_t error;
    std::string message;
};

/* One launch at a time: the caller holds the device's lock. */
Outcome run(const Launch &launch);

/* A collective of a warp: `complete` is called once, when all lanes have brought an operand. */
struct Collective {
    const char *name;
    void (*complete)(void *const *operands, unsigned lanes);
};
void meet_warp(const Collective &collective, void *operand);

} // namespace emulated

#endif
