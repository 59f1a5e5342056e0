package io.sluice.runtime;

import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeValues;
import io.sluice.compile.Plan;
import io.sluice.data.Dataset;
import io.sluice.reference.VariableFamilies;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A vector of inputs whose log-densities kernels read from a table: fills the table, and reads the
 * flows of its entries.
 */
final class TabulatedVector {
    private final InputVector input;
    private final VariableFamilies families;
    private final TabulatedParameters parameters;
    private final long table;
    private final long statistic;
    private final int rows;
    private final boolean byRows;
    private final MemorySegment entries; // log-densities rounded to float32
    private final MemorySegment rests; // what the rounding took away
    private final MemorySegment flows;
    private Distribution[] distributions = new Distribution[0];

    TabulatedVector(
            Plan.Tables tables,
            int number,
            InputVector input,
            VariableFamilies families,
            TabulatedParameters parameters) {
        this.input = input;
        this.families = families;
        this.parameters = parameters;
        table = tables.parameter()[number];
        statistic = tables.statistic()[number];
        rows = tables.categories()[number];
        byRows = tables.kind()[number] == Plan.LOG_ROWS;
        entries = table();
        rests = table();
        flows = table();
    }

    private MemorySegment table() {
        return Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, (long) rows * input.nodes());
    }

    /** Whether each batch fills the table anew. */
    boolean isByRows() {
        return byRows;
    }

    InputVector input() {
        return input;
    }

    Distribution distribution(int node) {
        return distributions[node];
    }

    /** Takes over the current parameters; writes the table, unless each batch fills it. */
    void refresh(KernelRunner runner) {
        distributions = new Distribution[input.nodes()];
        Arrays.setAll(
                distributions,
                node -> families.of(input).distribution(parameters.parameters(node)));
        if (!byRows) {
            for (int k = 0; k < rows; k++) {
                for (int node = 0; node < distributions.length; node++) {
                    setEntry(k, node, distributions[node].logDensity(k));
                }
            }
            write(runner, rows);
        }
    }

    private void setEntry(int row, int node, double logDensity) {
        long index = (long) row * distributions.length + node;
        float near = (float) logDensity;
        float rest = Float.isInfinite(near) ? 0 : (float) (logDensity - near);
        entries.setAtIndex(ValueLayout.JAVA_FLOAT, index, near);
        rests.setAtIndex(ValueLayout.JAVA_FLOAT, index, rest);
    }

    /**
     * The log-densities of a cell; if it is missing, those of each node's mode.
     *
     * @param to {@code [nodes]}
     * @return the largest
     */
    double logDensities(double value, double[] to) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int node = 0; node < distributions.length; node++) {
            to[node] =
                    Double.isNaN(value)
                            ? distributions[node].logDensityOfMode()
                            : distributions[node].logDensity(value);
            largest = Math.max(largest, to[node]);
        }
        return largest;
    }

    /** Sets the entries of a row, less a number that is subtracted from all of them. */
    void setRow(int row, double[] logDensities, double less) {
        for (int node = 0; node < distributions.length; node++) {
            setEntry(row, node, logDensities[node] - less);
        }
    }

    /** Copies the entries of the first rows to the kernels. */
    void write(KernelRunner runner, int count) {
        runner.writeParameters(table, entries.asSlice(0, bytes(count)));
        runner.writeParameters(table + (long) rows * input.nodes(), rests.asSlice(0, bytes(count)));
    }

    private long bytes(int count) {
        return (long) count * input.nodes() * Float.BYTES;
    }

    void clear(KernelRunner runner, int count) {
        runner.clearStatistics(statistic, (long) count * input.nodes());
    }

    /** Adds the flows of a batch to the statistics. */
    void addRows(KernelRunner runner, Batch batch) {
        Dataset data = batch.data();
        runner.copyStatistics(statistic, flows.asSlice(0, bytes(batch.count())));
        for (int i = 0; i < batch.count(); i++) {
            double value = data.value(batch.row(i), input.variable());
            if (!Double.isNaN(value)) {
                add(i, value, parameters.sums());
            }
        }
    }

    /**
     * Adds the flows of all categories.
     *
     * @param sums {@code [statistic row][node]}
     */
    void addCategories(KernelRunner runner, double[] sums) {
        runner.copyStatistics(statistic, flows);
        for (int k = 0; k < rows; k++) {
            add(k, k, sums);
        }
    }

    private void add(int row, double value, double[] sums) {
        InputFamily family = families.of(input);
        int nodes = input.nodes();
        for (int node = 0; node < nodes; node++) {
            double flow = flows.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * nodes + node);
            if (flow != 0) {
                family.addStatistics(
                        parameters.parameters(node), value, flow, NodeValues.of(sums, nodes, node));
            }
        }
    }
}
