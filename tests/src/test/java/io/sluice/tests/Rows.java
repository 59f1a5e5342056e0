package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.Marginal;
import io.sluice.circuit.NodeValues;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Gaussian;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Data sets that fit a circuit. */
final class Rows {
    static final double MISSING = Double.NaN;

    private static final double CONTINUOUS_SPREAD = 3;

    private Rows() {}

    /** Columns {@code x0, x1, ...} with the families of the circuit's variables. */
    static Schema schema(Circuit circuit) {
        return Schema.of(
                IntStream.range(0, circuit.variables())
                        .mapToObj(v -> column("x" + v, circuit.family(v)))
                        .toList());
    }

    private static Column column(String name, InputFamily family) {
        return family.finite()
                ? Column.categorical(name, family.categories())
                : Column.continuous(name);
    }

    static Dataset of(Circuit circuit, double[]... rows) {
        DatasetBuilder builder = Dataset.builder(schema(circuit));
        for (double[] row : rows) {
            builder.add(row);
        }
        return builder.build();
    }

    /** One row in which everything is missing. */
    static Dataset nothingObserved(Circuit circuit) {
        double[] row = new double[circuit.variables()];
        Arrays.fill(row, MISSING);
        return of(circuit, row);
    }

    /** Every assignment of categories, the last variable counting fastest. */
    static Dataset everyAssignment(Circuit circuit) {
        DatasetBuilder builder = Dataset.builder(schema(circuit));
        double[] row = new double[circuit.variables()];
        boolean more = true;
        while (more) {
            builder.add(row);
            more = count(circuit, row);
        }
        return builder.build();
    }

    private static boolean count(Circuit circuit, double[] row) {
        for (int v = row.length - 1; v >= 0; v--) {
            if (++row[v] < circuit.family(v).categories()) {
                return true;
            }
            row[v] = 0;
        }
        return false;
    }

    /** Cells of equally probable categories, and others, each missing with a probability. */
    static Dataset random(Circuit circuit, int count, double missing, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DatasetBuilder builder = Dataset.builder(schema(circuit));
        double[] row = new double[circuit.variables()];
        for (int i = 0; i < count; i++) {
            for (int v = 0; v < row.length; v++) {
                row[v] = random.nextDouble() < missing ? MISSING : value(circuit.family(v), random);
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static double value(InputFamily family, SplittableRandom random) {
        if (family.finite()) {
            return random.nextInt(family.categories());
        }
        if (family instanceof Gaussian) {
            return CONTINUOUS_SPREAD * random.nextGaussian();
        }
        NodeValues parameters = NodeValues.of(new double[family.parameterRows()], 1, 0);
        family.start(parameters, new Marginal(CONTINUOUS_SPREAD, 1), random);
        return (float) family.distribution(parameters).draw(random);
    }

    /** The cells of one row. */
    static double[] row(Dataset data, long row) {
        double[] cells = new double[data.variables()];
        Arrays.setAll(cells, v -> data.value(row, v));
        return cells;
    }

    /** Whether a complete row has the observed cells of another. */
    static boolean agree(Dataset rows, long row, Dataset complete, long other) {
        for (int v = 0; v < rows.variables(); v++) {
            double cell = rows.value(row, v);
            if (!Double.isNaN(cell) && cell != complete.value(other, v)) {
                return false;
            }
        }
        return true;
    }

    /** All rows with one cell of each replaced. */
    static Dataset with(Circuit circuit, Dataset data, int variable, double value) {
        DatasetBuilder builder = Dataset.builder(schema(circuit));
        for (long r = 0; r < data.rows(); r++) {
            double[] cells = row(data, r);
            cells[variable] = value;
            builder.add(cells);
        }
        return builder.build();
    }
}
