/**
 * Circuits made of circuits: copies over renamed variables, mixtures, other blocks, and the smaller
 * circuits of marginals and conditional distributions.
 *
 * <p>Every transformation leaves its argument as it is and gives a circuit with parameters of its
 * own. Probabilities agree with the exact ones up to the rounding of parameters to float32. What
 * shared parameters shares them afterwards, unless the result needs different numbers.
 */
@NullMarked
package io.sluice.transform;

import org.jspecify.annotations.NullMarked;
