#include "float_mode.h"

#include "buffers.h"
#include "guarded.h"
#include "pool.h"
#include "statements.h"

#if defined(__x86_64__)
/* Half of the smallest normal number, which the compiler must not compute. */
static float half_of_smallest(void) {
    volatile float smallest = 0x1p-126f;
    return smallest * 0.5f;
}

STATEMENT(numbers_below_the_normal_range_are_zero_while_kernels_run) {
    begin_case(first_seed(), "flushing");
    expect(half_of_smallest() > 0, "they are zero before");
    const uint32_t before = sluice_float_mode_enter();
    const float inside = half_of_smallest();
    sluice_float_mode_leave(before);
    expect(inside == 0, "they are %g inside", inside);
    expect(half_of_smallest() > 0, "they are zero after");
}

static void note_mode(void *context, int64_t task, int32_t worker) {
    (void)task;
    ((float *)context)[worker] = half_of_smallest();
}

STATEMENT(workers_flush_too) {
    enum { THREADS = 3 };
    begin_case(first_seed(), "%d threads", THREADS);
    sluice_pool *pool;
    expect(sluice_pool_start(THREADS, &pool) == SLUICE_OK, "no pool");
    float *seen = guarded("seen", sizeof(float) * THREADS);
    sluice_pool_run_on_each(pool, note_mode, seen);
    sluice_pool_stop(pool);
    for (int32_t i = 1; i < THREADS; i++) expect(seen[i] == 0, "worker %d sees %g", i, seen[i]);
}
#endif
