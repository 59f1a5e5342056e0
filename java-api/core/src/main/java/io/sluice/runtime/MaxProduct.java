package io.sluice.runtime;

import io.sluice.data.Dataset;

/**
 * Result of the max-product pass: sums replaced by maxima, missing inputs contributing probability
 * one. The assignment is the most probable explanation when the circuit is deterministic; otherwise
 * it is max-product decoding, a lower bound (Choi, Vergari and Van den Broeck 2020, section 6).
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
