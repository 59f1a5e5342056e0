package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Checks that parameters are distributions, in one pass over them, and counts the non-zero ones.
 */
final class ParameterCheck {

    private final CircuitStructure structure;
    private final MemorySegment values;

    ParameterCheck(CircuitStructure structure, Parameters parameters) {
        this.structure = structure;
        this.values = parameters.segment();
        long expected = structure.layout().size();
        if (parameters.size() != expected) {
            throw new InvalidArgumentException(
                    "parameters of "
                            + parameters.size()
                            + " floats, but the circuit's layout has "
                            + expected
                            + ": give parameters of this circuit");
        }
    }

    /**
     * Checks everything.
     *
     * @return for each vector that owns its parameters, the number of a sum's parameters that are
     *     not 0, or the number of an input's parameters
     * @throws InvalidArgumentException naming the first vector and node that is not a distribution
     */
    long[] nonZeroParameters() {
        List<NodeVector> vectors = structure.vectors();
        long[] nonZero = new long[vectors.size()];
        int refused =
                IntStream.range(0, vectors.size())
                        .parallel()
                        .filter(id -> !isAccepted(vectors.get(id), nonZero))
                        .min()
                        .orElse(-1);
        if (refused >= 0) {
            check(vectors.get(refused)); // says why
        }
        return nonZero;
    }

    private boolean isAccepted(NodeVector vector, long[] nonZero) {
        try {
            nonZero[vector.id()] = check(vector);
            return true;
        } catch (InvalidArgumentException e) {
            return false;
        }
    }

    private long check(NodeVector vector) {
        if (!structure.ownsParameters(vector)) {
            return 0;
        }
        return switch (vector) {
            case SumVector sum -> checkSum(sum);
            case InputVector input -> {
                checkInput(input);
                yield structure.layout().length(input.id());
            }
            case ProductVector product -> 0;
        };
    }

    private long checkSum(SumVector sum) {
        long nonZero = 0;
        long index = structure.layout().offset(sum.id());
        double[] totals = new double[sum.blockSize()];
        for (int block = 0; block < sum.blocks(); block++) {
            Arrays.fill(totals, 0);
            for (int e = sum.firstTile(block); e < sum.firstTile(block + 1); e++) {
                int columns = sum.childBlockSize(e);
                for (int row = 0; row < totals.length; row++) {
                    double total = 0;
                    for (int column = 0; column < columns; column++, index++) {
                        float value = value(index);
                        if (!Parameters.isRepresentable(value)) {
                            throw refused(sum, block * sum.blockSize() + row, value);
                        }
                        total += value;
                        nonZero += value == 0 ? 0 : 1;
                    }
                    totals[row] += total;
                }
            }
            for (int row = 0; row < totals.length; row++) {
                checkTotal(sum, block * sum.blockSize() + row, totals[row]);
            }
        }
        return nonZero;
    }

    private void checkInput(InputVector input) {
        InputFamily family = input.family();
        MemorySegment table =
                values.asSlice(
                        structure.layout().offset(input.id()) * Float.BYTES,
                        structure.layout().length(input.id()) * Float.BYTES);
        for (int node = 0; node < input.nodes(); node++) {
            try {
                family.check(NodeValues.of(table, input.nodes(), node));
            } catch (InvalidArgumentException e) {
                throw new InvalidArgumentException(
                        "node " + node + " of " + input + " has " + e.getMessage());
            }
        }
    }

    private float value(long index) {
        return values.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    private static InvalidArgumentException refused(NodeVector vector, int node, float value) {
        return new InvalidArgumentException(
                "node "
                        + node
                        + " of "
                        + vector
                        + " has the parameter "
                        + value
                        + ": expected 0, or a finite number of at least "
                        + Parameters.SMALLEST_WEIGHT);
    }

    private static void checkTotal(NodeVector vector, int node, double total) {
        if (!(Math.abs(total - 1) <= Parameters.SUM_TOLERANCE)) {
            throw new InvalidArgumentException(
                    "the parameters of node "
                            + node
                            + " of "
                            + vector
                            + " sum to "
                            + total
                            + ", expected 1 within "
                            + Parameters.SUM_TOLERANCE
                            + ": normalise them");
        }
    }
}
