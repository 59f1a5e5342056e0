package io.sluice.tables.synthesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.learning.TrainingListener;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class DrawingModelTest {

    private static Dataset rows(int count, int columns) {
        Schema schema =
                Schema.of(
                        List.of(
                                        Column.categorical("a", 3),
                                        Column.categorical("same", 3),
                                        Column.categorical("b", 2))
                                .subList(0, columns));
        DatasetBuilder rows = Dataset.builder(schema);
        Random random = new Random(4);
        for (int row = 0; row < count; row++) {
            int a = random.nextInt(3);
            double[] all = {a, a, random.nextInt(2)};
            rows.add(Arrays.copyOf(all, columns));
        }
        return rows.build();
    }

    private static Engine compile(Circuit circuit) {
        return Engine.compile(circuit, Device.reference(), EngineOptions.defaults());
    }

    private static Dataset draw(Dataset rows, int count) {
        Circuit circuit =
                DrawingModel.fit(rows, DrawingModelTest::compile, 1, new TrainingListener() {});
        try (Engine engine = compile(circuit)) {
            return engine.sample(count, 2);
        }
    }

    @Test
    void columns_that_are_equal_stay_equal() {
        Dataset drawn = draw(rows(200, 3), 500);
        int different = 0;
        for (int row = 0; row < 500; row++) {
            different += drawn.value(row, 0) == drawn.value(row, 1) ? 0 : 1;
        }
        assertTrue(different < 333 / 20, different + " of 500 rows"); // 333 if independent
    }

    @Test
    void one_column_and_few_rows_are_enough() {
        assertEquals(10, draw(rows(30, 1), 10).rows());
        assertEquals(10, draw(rows(2, 3), 10).rows());
    }
}
