package io.sluice.data;

/**
 * How the cells of a column stand for numbers. A data set stores cells, which are what engines
 * compute with; users read and write numbers.
 *
 * <p>Immutable and safe to share between threads.
 */
public sealed interface Numbers permits ScaledNumbers, BinnedNumbers {

    /** What the numbers measure. */
    Quantity quantity();

    /**
     * The cell that stands for a number.
     *
     * @param number finite
     */
    double cell(double number);

    /**
     * The number that a cell stands for: a possible one, in the middle of those that have this
     * cell.
     *
     * @param cell as a data set stores it, not missing
     */
    double number(double cell);

    /**
     * A number drawn from those that have a cell.
     *
     * @param cell as a data set stores it, not missing
     * @param uniform drawn uniformly from 0 (inclusive) to 1 (exclusive)
     */
    double draw(double cell, double uniform);

    /**
     * The logarithm of how many units of the number a unit of the cell covers. A log-likelihood of
     * cells minus this, for every cell observed, is the log-density in the user's units.
     *
     * @param cell as a data set stores it, not missing
     */
    double logWidth(double cell);
}
