/*
 * Buffers between inaccessible pages: an access before or after a buffer ends the statement and names
 * the buffer. A buffer that does not fill its pages either begins at the first guard or ends at the
 * second one. The end of the case checks the remaining bytes of its pages.
 */
#ifndef SLUICE_TEST_GUARDED_H
#define SLUICE_TEST_GUARDED_H

#include <stdint.h>

typedef enum { ENDS_AT_GUARD, BEGINS_AT_GUARD } placement;

/* Which guard the next buffers touch. */
void place_buffers(placement where);

/* A buffer of bytes 0xFF: NaN in float32 and float64, -1 in integers. Lives until the case ends. */
void *guarded(const char *name, int64_t bytes);

/* A guarded copy that cannot be written. */
const void *guarded_copy(const char *name, const void *from, int64_t bytes);

/* From here on a write to the buffer ends the statement. */
void make_read_only(const void *buffer);
void make_writable(const void *buffer);

/* A copy of the present contents of a buffer, without guards; lives until the case ends. */
void *snapshot(const void *from, int64_t bytes);

/* Fails unless the bytes are still those that `guarded` wrote. */
void expect_untouched(const void *from, int64_t bytes, const char *what);

/* Checks the bytes around all buffers and frees their pages for the next case. */
void end_buffers(void);

/* Handles an access to a guard in this process. */
void watch_guards(void);

#endif
