/*
 * How both libraries treat numbers that are out of the range of block-scaled float32 values.
 * cpu/sum.h explains why.
 */
#ifndef SLUICE_RANGE_H
#define SLUICE_RANGE_H

/*
 * Scale of a block whose nodes are all zero in a row. It is below any other scale. Sums of scales are
 * clamped to SCALE_FLOOR, so they do not overflow.
 */
#define SCALE_OF_ZERO (-(1 << 24))
#define SCALE_FLOOR (-(1 << 30))

/* A sum of at least this has lost less than the rounding of a float32. */
#define SMALLEST_SAFE_SUM 0x1p-90f

/* An upper bound of what a sum of at most 2^20 terms loses by underflow. */
#define MOST_LOST 0x1p-106f

/*
 * A weight of a sum, or a probability of a category, is zero or at least this. Statistics hold
 * flow / weight: so many rows times 2^100, which a float32 holds for 2^27 rows.
 */
#define SMALLEST_WEIGHT 0x1p-100f

/*
 * A node with less flow than this keeps its parameters. Single flows under 2^-126 are flushed to zero,
 * so a smaller total would not be the sum of the flows that an update applies.
 */
#define SMALLEST_FLOW 0x1p-80

/* Bounds of a log-likelihood agree when they are at most this far apart, in nats. */
#define SURE 0x1p-20

/*
 * Whether a row adds to the statistics, and why not. A row is unsure while one of its numbers is out
 * of range.
 */
enum { ROW_COUNTS = 0, ROW_FLAGGED = 1, ROW_IMPOSSIBLE = 2, ROW_UNSURE = 3 };

/* How a forward pass replaces numbers that are out of range. */
typedef enum { BOUND_FROM_ABOVE, BOUND_FROM_BELOW } bound;

#endif
