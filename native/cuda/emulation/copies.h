/* Asynchronous copies from global to shared memory. */
#ifndef SLUICE_EMULATION_COPIES_H
#define SLUICE_EMULATION_COPIES_H

namespace emulated {

/* A new block begins: what its predecessor's threads have not waited for never arrives. */
void forget_copies(unsigned threads);

} // namespace emulated

#endif
