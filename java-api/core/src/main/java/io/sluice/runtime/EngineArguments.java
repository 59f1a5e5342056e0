package io.sluice.runtime;

import io.sluice.InvalidArgumentException;

/** Ranges of the numbers that engines take. */
final class EngineArguments {
    /** A little less than the largest array: JVMs reserve a few elements. */
    private static final int MOST_CELLS = Integer.MAX_VALUE - 8;

    private EngineArguments() {}

    static void requireStep(double stepSize, double pseudocount) {
        if (!(stepSize > 0 && stepSize <= 1)) {
            throw new InvalidArgumentException(
                    "step size is " + stepSize + ", expected over 0 and up to 1");
        }
        if (!(pseudocount >= 0) || Double.isInfinite(pseudocount)) {
            throw new InvalidArgumentException(
                    "pseudocount is " + pseudocount + ", expected a finite number of at least 0");
        }
    }

    static void requireDraws(long rows, int perRow, int variables) {
        if (perRow < 1) {
            throw new InvalidArgumentException(
                    perRow + " draws were asked for, expected at least 1");
        }
        if (rows * perRow > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    rows
                            + " rows times "
                            + perRow
                            + " draws are more than "
                            + Integer.MAX_VALUE
                            + ": draw in several calls");
        }
    }

    /**
     * Checks the number of missing cells of an answer.
     *
     * @throws InvalidArgumentException when there are more than an array can hold
     */
    static int requireCells(long missing) {
        if (missing > MOST_CELLS) {
            throw new InvalidArgumentException(
                    missing
                            + " cells of the evidence are missing, expected at most "
                            + MOST_CELLS
                            + ": pass slices of it");
        }
        return (int) missing;
    }
}
