package io.sluice.data.format;

import io.sluice.data.Numbers;
import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

/** Decides how a data set stores the numbers of a column of a table. */
@FunctionalInterface
public interface NumberCoding {

    /**
     * The coding of a column.
     *
     * @param column its name
     * @param quantity what its numbers measure
     * @param numbers those that are not missing, at least one, in the order of the rows
     * @return null to store the numbers themselves as float32
     */
    @Nullable Numbers code(String column, Quantity quantity, double[] numbers);
}
