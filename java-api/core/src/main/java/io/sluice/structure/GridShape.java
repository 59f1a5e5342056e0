package io.sluice.structure;

import io.sluice.InvalidArgumentException;

import java.util.Arrays;

/** Checks shapes of grids of variables. */
final class GridShape {

    private GridShape() {}

    /**
     * A copy of a shape.
     *
     * @throws InvalidArgumentException when its places are not as many as the variables
     */
    static int[] checked(int[] shape, int variables) {
        long places = shape.length == 0 ? 0 : 1;
        for (int size : shape) {
            places = size < 1 || places > variables ? 0 : places * size;
        }
        if (places != variables) {
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
