package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.LeafKernel;
import io.sluice.data.Dataset;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The missing cells of some evidence, and the offsets of their distributions in the results. */
final class ConditionalCells {
    /**
     * Most rows of a native call, which holds the distributions of their cells in native memory.
     */
    private static final int MOST_ROWS = 256;

    private static final long MOST_BYTES = 64L << 20;

    private final Dataset evidence;
    private final int variables;
    private final boolean[] byProbabilities; // otherwise by weights of a mixture
    private final int[] widths;
    private final int[] firstCell;
    private final MixtureCells mixtures;

    ConditionalCells(Dataset evidence, LeafDistributions leaves) {
        Circuit circuit = leaves.circuit();
        this.evidence = evidence;
        variables = circuit.variables();
        byProbabilities = new boolean[variables];
        widths = new int[variables];
        for (int v = 0; v < variables; v++) {
            byProbabilities[v] = circuit.family(v).kernel() == LeafKernel.PROBABILITIES;
            widths[v] = byProbabilities[v] ? circuit.family(v).categories() : leaves.nodes(v);
        }
        int rows = SelectedRows.all(evidence).count();
        firstCell = new int[rows + 1];
        long missing = 0;
        for (int r = 0; r < rows; r++) {
            missing += missingCells(r);
            firstCell[r + 1] = (int) missing;
        }
        EngineArguments.requireCells(missing);
        mixtures = new MixtureCells(circuit, firstCell[rows], leaves::of);
    }

    private int missingCells(int rowNumber) {
        int missing = 0;
        for (int v = 0; v < variables; v++) {
            missing += evidence.isMissing(rowNumber, v) ? 1 : 0;
        }
        return missing;
    }

    /** Rows of a call whose results stay small. */
    int rowsAtATime() {
        long row = Double.BYTES * Arrays.stream(widths).asLongStream().sum();
        return Math.clamp(MOST_BYTES / row, 1, MOST_ROWS);
    }

    /** The work that computes the distributions of all missing cells of some rows. */
    Work.Conditional choose(Batch batch, int arithmetic) {
        long[] offsets = new long[Math.multiplyExact(batch.count(), variables)];
        long next = 0;
        for (int i = 0; i < batch.count(); i++) {
            for (int v = 0; v < variables; v++) {
                boolean missing = evidence.isMissing(batch.row(i), v);
                offsets[i * variables + v] = missing ? next : Work.Conditional.OBSERVED;
                next += missing ? widths[v] : 0;
            }
        }
        return new Work.Conditional(arithmetic, variables, offsets, next);
    }

    /**
     * Keeps the distributions of the row with an index in a batch.
     *
     * @throws io.sluice.InvalidArgumentException when the row is impossible
     */
    void take(int index, int rowNumber, Work.Conditional work, CallResults results) {
        int cell = firstCell[rowNumber];
        if (cell < firstCell[rowNumber + 1]) {
            RowQueries.requirePossible(rowNumber, results.logLikelihood(index));
        }
        for (int v = 0; v < variables; v++) {
            long offset = work.offsets()[index * variables + v];
            if (offset == Work.Conditional.OBSERVED) {
                continue;
            }
            double[] values = new double[widths[v]];
            MemorySegment.copy(
                    results.output(),
                    ValueLayout.JAVA_DOUBLE,
                    offset * Double.BYTES,
                    values,
                    0,
                    values.length);
            if (byProbabilities[v]) {
                mixtures.put(cell, rowNumber, v, values);
            } else {
                mixtures.putWeights(cell, rowNumber, v, values);
            }
            cell++;
        }
    }

    Conditionals result() {
        return mixtures.result(evidence.rows());
    }
}
