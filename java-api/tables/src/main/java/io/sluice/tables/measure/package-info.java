/**
 * Measures of synthetic tables: fidelity (can a classifier tell them from real ones, do they cover
 * the same rows, do columns and pairs of columns agree), usefulness (does a model that learnt from
 * them predict real rows) and privacy (are they nearer to the training rows than fresh rows are).
 *
 * <p>All of them work on {@link io.sluice.tables.measure.Table}, and all are deterministic for a
 * seed.
 */
@NullMarked
package io.sluice.tables.measure;

import org.jspecify.annotations.NullMarked;
