package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.List;

/**
 * Offsets of each vector's parameters in {@link Parameters}. They are the same on every engine, so
 * loading is one copy.
 *
 * <p>Vectors that own their parameters follow each other in id order, each starting at a multiple
 * of {@link #ALIGNMENT} floats; the padding between them is zero. Inside a vector:
 *
 * <ul>
 *   <li>sum: its tiles in order, each {@code [blockSize][childBlockSize]}, row major. The
 *       parameters of a parent node over all its tiles sum to one
 *   <li>input: {@code [row][node]} with the rows that its family documents, such as {@code
 *       [category][node]} or {@code [2][node]}, means and then standard deviations
 * </ul>
 *
 * Offsets and sizes count floats. Immutable.
 */
public final class ParameterLayout {

    /** Every vector's parameters start at a multiple of this many floats: one cache line. */
    public static final int ALIGNMENT = 16;

    private static final long NONE = -1;

    private final long[] offsets;
    private final long[] lengths;
    private final long size;

    ParameterLayout(List<NodeVector> vectors) {
        offsets = new long[vectors.size()];
        lengths = new long[vectors.size()];
        long end = 0;
        for (NodeVector vector : vectors) {
            int id = vector.id();
            int owner = owner(vector);
            lengths[id] = length(vector);
            if (owner == id) {
                offsets[id] = end;
                end = Math.addExact(end, lengths[id]);
                end = Math.addExact(end, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            } else {
                offsets[id] = owner == NONE ? NONE : offsets[owner];
            }
        }
        size = end;
    }

    private static int owner(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.parameterOwner();
            case ProductVector product -> (int) NONE;
            case SumVector sum -> sum.parameterOwner();
        };
    }

    private static long length(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.family().parameters(input.nodes());
            case ProductVector product -> 0;
            case SumVector sum -> sum.parameters();
        };
    }

    /** The size and the number of vectors. */
    @Override
    public String toString() {
        return "layout of " + size + " floats for " + offsets.length + " vectors";
    }

    /** Number of floats that the parameters take, padding included. */
    public long size() {
        return size;
    }

    /**
     * Offset of a vector's first parameter; of its owner's, when it is tied.
     *
     * @throws InvalidArgumentException for a product vector, which has no parameters
     */
    public long offset(int vectorId) {
        if (offsets[vectorId] == NONE) {
            throw new InvalidArgumentException(
                    "vector " + vectorId + " is a product and has no parameters");
        }
        return offsets[vectorId];
    }

    /**
     * How many parameters a vector uses, its own or its owner's, without padding; 0 for products.
     */
    public long length(int vectorId) {
        return lengths[vectorId];
    }

    /** Offset of the first parameter of a tile. */
    public long tileOffset(SumVector sum, int tile) {
        return offset(sum.id()) + sum.tileStart(tile);
    }
}
