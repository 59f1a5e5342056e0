package io.sluice.leaf;

import io.sluice.circuit.InputFamily;

/** The step of an expectation parameter that {@link InputFamily} gives the formula of. */
final class ExpectationStep {
    private ExpectationStep() {}

    /**
     * {@code (1 - step) old + step (sum + pseudocount prior) / (total + pseudocount)}.
     *
     * @param sum flow-weighted sum of the statistic
     * @param prior what the pseudocount's values average to
     * @param total flow; with the pseudocount over 0
     */
    static double of(
            double old, double sum, double prior, double total, double step, double pseudocount) {
        return (1 - step) * old + step * (sum + pseudocount * prior) / (total + pseudocount);
    }
}
