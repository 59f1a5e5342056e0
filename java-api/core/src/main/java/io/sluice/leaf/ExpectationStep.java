package io.sluice.leaf;

import io.sluice.circuit.InputFamily;

/** The step of an expectation parameter, by the formula of {@link InputFamily}. */
final class ExpectationStep {
    private ExpectationStep() {}

    /**
     * {@code (1 - step) old + step (sum + pseudocount prior) / (total + pseudocount)}.
     *
     * @param sum flow-weighted sum of the statistic
     * @param prior average of the pseudocount's values
     * @param total flow; over 0 together with the pseudocount
     */
    static double of(
            double old, double sum, double prior, double total, double step, double pseudocount) {
        return (1 - step) * old + step * (sum + pseudocount * prior) / (total + pseudocount);
    }
}
