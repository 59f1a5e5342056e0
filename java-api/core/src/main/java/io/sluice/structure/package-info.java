/**
 * Builders of circuit structures: hidden Chow-Liu trees, hidden Markov models and the fully
 * factorised baseline. They look at data at most to choose a structure and where learning starts,
 * and return an immutable {@link io.sluice.circuit.Circuit}; nothing here computes likelihoods.
 */
@NullMarked
package io.sluice.structure;

import org.jspecify.annotations.NullMarked;
