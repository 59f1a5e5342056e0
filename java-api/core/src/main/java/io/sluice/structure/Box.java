package io.sluice.structure;

import io.sluice.circuit.Scope;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * An axis-aligned part of a grid of variables, numbered with the last axis fastest, as images and
 * arrays are.
 *
 * @param from first position on each axis
 * @param to position after the last on each axis
 */
record Box(int[] from, int[] to) {

    /** The whole grid. */
    static Box whole(int[] shape) {
        return new Box(new int[shape.length], shape.clone());
    }

    /** The part before a position on an axis. */
    Box before(int axis, int position) {
        int[] end = to.clone();
        end[axis] = position;
        return new Box(from, end);
    }

    /** The part from a position on an axis to its end. */
    Box after(int axis, int position) {
        int[] start = from.clone();
        start[axis] = position;
        return new Box(start, to);
    }

    /** The variables inside. */
    Scope scope(int[] shape) {
        int[] variables = {0};
        for (int axis = 0; axis < shape.length; axis++) {
            int first = from[axis];
            int end = to[axis];
            int size = shape[axis];
            variables =
                    Arrays.stream(variables)
                            .flatMap(v -> IntStream.range(first, end).map(i -> v * size + i))
                            .toArray();
        }
        return Scope.of(variables);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Box box
                && Arrays.equals(from, box.from)
                && Arrays.equals(to, box.to);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
    }

    @Override
    public String toString() {
        return Arrays.toString(from) + " to " + Arrays.toString(to);
    }
}
