package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Schema and rows for a circuit without data that name its columns. */
final class CircuitSchema {
    private CircuitSchema() {}

    /** Columns {@code x0, x1, ...} with the circuit's families. */
    static Schema of(Circuit circuit) {
        List<Column> columns =
                IntStream.range(0, circuit.variables())
                        .mapToObj(v -> column("x" + v, circuit.family(v)))
                        .toList();
        return Schema.of(columns);
    }

    private static Column column(String name, InputFamily family) {
        return family.finite()
                ? Column.categorical(name, family.categories())
                : Column.continuous(name);
    }

    /** Rows in which every cell is missing. */
    static Dataset nothingObserved(Schema schema, int rows) {
        DatasetBuilder builder = Dataset.builder(schema);
        double[] missing = new double[schema.variables()];
        Arrays.fill(missing, Double.NaN);
        for (int i = 0; i < rows; i++) {
            builder.add(missing);
        }
        return builder.build();
    }
}
