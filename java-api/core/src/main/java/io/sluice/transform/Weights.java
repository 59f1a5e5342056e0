package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Normalises changed weights of sums. */
final class Weights {
    private Weights() {}

    /**
     * Divides the weights of each node by their total. A weight below the normal range of float32,
     * in which kernels compute, becomes 0.
     */
    static void normalise(SumVector sum, MemorySegment slice) {
        double[] totals = new double[sum.blockSize()];
        for (int q = 0; q < sum.blocks(); q++) {
            Arrays.fill(totals, 0);
            for (int e = sum.firstTile(q); e < sum.firstTile(q + 1); e++) {
                int width = sum.childBlockSize(e);
                for (int row = 0; row < totals.length; row++) {
                    long index = sum.tileStart(e) + (long) row * width;
                    for (int column = 0; column < width; column++, index++) {
                        totals[row] += slice.getAtIndex(JAVA_FLOAT, index);
                    }
                }
            }
            for (int e = sum.firstTile(q); e < sum.firstTile(q + 1); e++) {
                int width = sum.childBlockSize(e);
                for (int row = 0; row < totals.length; row++) {
                    long index = sum.tileStart(e) + (long) row * width;
                    for (int column = 0; column < width; column++, index++) {
                        double share = slice.getAtIndex(JAVA_FLOAT, index) / totals[row];
                        slice.setAtIndex(JAVA_FLOAT, index, Parameters.nearestWeight(share));
                    }
                }
            }
        }
    }
}
