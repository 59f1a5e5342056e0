package io.sluice.circuit;

/**
 * A family that depends on more than its parameters. A cell of its variable is the index of an
 * item, and the caller supplies an engine with the meaning of the items.
 */
public interface SuppliedFamily extends InputFamily {

    /**
     * The same family with supplied items.
     *
     * @param items a row of numbers for each item, of equal length; it is not copied
     * @throws io.sluice.InvalidArgumentException when the numbers are impossible
     */
    SuppliedFamily with(double[][] items);
}
