package io.sluice.runtime;

import io.sluice.data.Dataset;

/**
 * Result of the max-product pass: a forward pass with maxima in place of sums, in which an input
 * whose cell is missing contributes the density of its mode. The value of a row is the largest
 * product of weights and densities of any induced sub-circuit, and a lower bound of the
 * log-likelihood of the completed row. In a deterministic circuit the two are equal, and the
 * assignment is the most probable completion; otherwise it is max-product decoding (Choi, Vergari
 * and Van den Broeck 2020, section 6). An input without a mode contributes 1, and its cell stays
 * missing.
 *
 * @param logValues value of the pass for each row, in nats
 * @param assignment the rows with each missing cell replaced by the mode of the input node chosen
 *     for it; nothing is missing in it
 */
public record MaxProduct(double[] logValues, Dataset assignment) {

    /** How many rows there are. */
    @Override
    public String toString() {
        return "max-product states of " + logValues.length + " rows";
    }
}
