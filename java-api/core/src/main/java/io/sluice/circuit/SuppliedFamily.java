package io.sluice.circuit;

/**
 * A family of which the circuit does not know everything: a cell of its variable is the number of
 * an item, and what an item means to the nodes comes from the caller, who hands it to an engine.
 */
public interface SuppliedFamily extends InputFamily {

    /**
     * The same family with what was supplied.
     *
     * @param items a row of numbers for each item, of equal length; it is not copied
     * @throws io.sluice.InvalidArgumentException when the numbers are impossible
     */
    SuppliedFamily with(double[][] items);
}
