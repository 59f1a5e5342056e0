package io.sluice.report;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuModel;
import io.sluice.structure.ChowLiuTree;

import java.util.List;
import java.util.Random;

/** Small tables, and models of them. */
final class Tables {
    private Tables() {}

    /** A table of some columns. */
    static Dataset of(List<Column> columns, double[]... rows) {
        DatasetBuilder table = Dataset.builder(Schema.of(columns));
        for (double[] row : rows) {
            table.add(row);
        }
        return table.build();
    }

    /** Weather, clothes that follow it in nine of ten rows, and a coin. */
    static Dataset weather(int count, long seed) {
        Random random = new Random(seed);
        double[][] rows = new double[count][];
        for (int row = 0; row < count; row++) {
            int weather = random.nextInt(3);
            int clothes = random.nextInt(10) == 0 ? random.nextInt(3) : weather;
            rows[row] = new double[] {weather, clothes, random.nextInt(2)};
        }
        return of(
                List.of(
                        Column.categorical("weather", List.of("sun", "rain", "snow")),
                        Column.categorical("clothes", List.of("shirt", "coat", "boots & hat")),
                        Column.categorical("coin", List.of("<head>", "tail"))),
                rows);
    }

    /** A model of a table. */
    static Engine model(Dataset rows) {
        return Engine.compile(ChowLiuModel.of(rows, ChowLiuTree.of(rows), 1.0), Device.cpu());
    }
}
