/*
 * How both libraries treat numbers that leave the range of block-scaled float32 values. cpu/sum.h
 * explains why.
 */
#ifndef SLUICE_RANGE_H
#define SLUICE_RANGE_H

/*
 * Scale of a block whose nodes are all zero for a row. It is below any other scale, and the scales of
 * many factors add up without overflow once they are clamped to SCALE_FLOOR.
 */
#define SCALE_OF_ZERO (-(1 << 24))
#define SCALE_FLOOR (-(1 << 30))

/* A sum of at least this has lost nothing that float32 shows. */
#define SMALLEST_SAFE_SUM 0x1p-90f

/* At least what a sum of at most 2^20 terms loses by underflow; a larger sum loses more. */
#define MOST_LOST 0x1p-106f

/*
 * A weight of a sum, or a probability of a category, is zero or at least this. Statistics hold
 * flow / weight: so many rows times 2^100, which a float32 holds for 2^27 rows.
 */
#define SMALLEST_WEIGHT 0x1p-100f

/*
 * A node with less flow than this keeps its parameters. Flows under 2^-126 are lost one by one, so
 * a smaller total would not be the sum of what is applied.
 */
#define SMALLEST_FLOW 0x1p-80

/* Bounds of a log-likelihood agree when they are at most this far apart, in nats. */
#define SURE 0x1p-20

/*
 * Whether a row adds to the statistics, and why not. A row is unsure while one of its numbers has
 * left the range.
 */
enum { SAMPLE_COUNTS = 0, SAMPLE_FLAGGED = 1, SAMPLE_IMPOSSIBLE = 2, SAMPLE_UNSURE = 3 };

/* How a forward pass replaces such numbers. */
typedef enum { BOUND_FROM_ABOVE, BOUND_FROM_BELOW } bound;

#endif
