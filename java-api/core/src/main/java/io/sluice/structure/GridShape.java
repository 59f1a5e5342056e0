package io.sluice.structure;

import io.sluice.InvalidArgumentException;

import java.util.Arrays;

/** Checks shapes of grids of variables. */
final class GridShape {

    private GridShape() {}

    /**
     * A copy of a shape.
     *
     * @throws InvalidArgumentException if it has more or fewer positions than there are variables
     */
    static int[] checked(int[] shape, int variables) {
        long positions = shape.length == 0 ? 0 : 1;
        for (int size : shape) {
            positions = size < 1 || positions > variables ? 0 : positions * size;
        }
        if (positions != variables) {
            throw new InvalidArgumentException(
                    "a grid of "
                            + Arrays.toString(shape)
                            + " for "
                            + variables
                            + " variables: give sizes of at least 1 whose product is "
                            + variables);
        }
        return shape.clone();
    }
}
