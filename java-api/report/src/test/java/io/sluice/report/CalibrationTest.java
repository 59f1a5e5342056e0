package io.sluice.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.Factorized;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

class CalibrationTest {
    private static Dataset normal(int count, double deviation, long seed) {
        Random random = new Random(seed);
        double[][] rows = new double[count][];
        Arrays.setAll(rows, k -> new double[] {deviation * random.nextGaussian()});
        return Tables.of(List.of(Column.continuous("x")), rows);
    }

    /** Four deviations of a share of so many trials, the worst case over probabilities. */
    private static double tolerance(int count) {
        return 4 * 0.5 / Math.sqrt(count);
    }

    @Test
    void a_model_predicts_its_own_rows_as_often_as_it_says() {
        try (Engine engine = Tables.model(Tables.weather(2000, 1))) {
            Dataset own = engine.sample(3000, 2).withSchema(Tables.weather(1, 1).schema());
            Calibration found = Calibration.of(engine, own, 3);
            assertTrue(found.categories().size() >= 3, found.toString());
            assertTrue(found.numbers().isEmpty());
            for (Calibration.Point point : found.categories()) {
                assertEquals(
                        point.predicted(),
                        point.observed(),
                        tolerance(point.count()),
                        point.toString());
            }
        }
    }

    @Test
    void quantiles_of_fresh_numbers_are_where_a_right_model_says() {
        try (Engine engine = Engine.compile(Factorized.of(normal(5000, 1, 1)), Device.cpu())) {
            Calibration found = Calibration.of(engine, normal(5000, 1, 2), 3);
            assertEquals(21, found.numbers().size());
            for (Calibration.Point point : found.numbers()) {
                assertEquals(
                        point.predicted(),
                        point.observed(),
                        tolerance(point.count()),
                        point.toString());
            }
        }
    }

    @Test
    void a_model_that_is_too_sure_leaves_the_diagonal() {
        try (Engine engine = Engine.compile(Factorized.of(normal(5000, 1, 1)), Device.cpu())) {
            Calibration found = Calibration.of(engine, normal(5000, 3, 2), 3);
            Calibration.Point tenth = found.numbers().get(2);
            assertEquals(0.1, tenth.predicted(), 1e-12);
            assertTrue(tenth.observed() > 0.25, tenth.toString());
        }
    }

    @Test
    void too_few_cells_say_nothing() {
        Dataset holes =
                Tables.of(
                        Tables.weather(1, 1).schema().columns(),
                        new double[] {Double.NaN, Double.NaN, Double.NaN});
        try (Engine engine = Tables.model(Tables.weather(200, 1))) {
            assertTrue(Calibration.of(engine, holes, 1).isEmpty());
        }
    }
}
