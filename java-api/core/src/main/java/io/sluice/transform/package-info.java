/**
 * Circuits made from circuits: copies over renamed variables, mixtures, other blocks, and smaller
 * circuits for marginals and conditional distributions.
 *
 * <p>A transformation does not change its argument; its result has its own parameters.
 * Probabilities are exact up to the rounding of parameters to float32. Vectors that share
 * parameters still share them afterwards, unless the result needs different numbers.
 */
@NullMarked
package io.sluice.transform;

import org.jspecify.annotations.NullMarked;
