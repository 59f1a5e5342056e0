package io.sluice.transform;

import io.sluice.circuit.Circuit;

/**
 * A non-negative function as a constant times a distribution: {@code f(x) = exp(logConstant) p(x)}.
 *
 * @param logConstant logarithm of the sum or integral of the function over all x
 * @param circuit the distribution p
 */
public record Normalised(double logConstant, Circuit circuit) {}
