package io.sluice.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.Factorized;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

class ConditionalDensityTest {
    private static final double NAN = Double.NaN;

    @Test
    void the_chart_shows_joint_over_marginal_probability() {
        Dataset rows = Tables.weather(500, 1);
        try (Engine engine = Tables.model(rows)) {
            List<Column> columns = rows.schema().columns();
            Dataset given =
                    Tables.of(columns, new double[] {0, NAN, NAN}, new double[] {2, NAN, NAN});
            ConditionalDensity found =
                    ConditionalDensity.of(engine, rows, 1, given, List.of("sun", "snow"));
            assertEquals(List.of("shirt", "coat", "boots & hat"), found.labels());
            for (int k = 0; k < 2; k++) {
                int weather = 2 * k;
                double[][] joint = new double[3][];
                for (int clothes = 0; clothes < 3; clothes++) {
                    joint[clothes] = new double[] {weather, clothes, NAN};
                }
                double marginal = engine.logLikelihood(given).values()[k];
                double[] expected =
                        Arrays.stream(engine.logLikelihood(Tables.of(columns, joint)).values())
                                .map(log -> Math.exp(log - marginal))
                                .toArray();
                assertArrayEquals(expected, found.probabilities()[k], 1e-5);
            }
        }
    }

    @Test
    void a_bin_is_spread_evenly_over_its_numbers() {
        Quantity quantity = new Quantity(Quantity.Kind.REAL, 0.001, 0, 10, null);
        Column binned =
                Column.of(
                        "x",
                        new BinnedNumbers(
                                quantity,
                                List.of(
                                        new BinnedNumbers.Bin(0, 5, 0, 5, 2.5),
                                        new BinnedNumbers.Bin(5, 10, 5, 10, 7.5))));
        Dataset codes = Tables.of(List.of(binned), new double[][] {{0}, {0}, {0}, {1}});
        Column plain = Column.of("x", new ScaledNumbers(quantity, 0, 1));
        double[][] even = new double[10_001][];
        Arrays.setAll(even, k -> new double[] {k / 1000.0});
        try (Engine engine = Engine.compile(Factorized.of(codes), Device.cpu())) {
            ConditionalDensity found =
                    ConditionalDensity.of(
                            engine,
                            Tables.of(List.of(plain), even),
                            0,
                            Tables.of(List.of(binned), new double[] {NAN}),
                            List.of("nothing"));
            double[] shares = found.probabilities()[0];
            assertEquals(1, Arrays.stream(shares).sum(), 1e-6);
            double ratio = shares[shares.length / 4] / shares[3 * shares.length / 4];
            double[] bins =
                    engine.conditionals(Tables.of(List.of(binned), new double[] {NAN}))
                            .probabilities(0);
            assertEquals(bins[0] / bins[1], ratio, 1e-3);
        }
    }

    @Test
    void a_continuous_column_has_the_mass_of_its_density_in_each_interval() {
        Random random = new Random(3);
        double[][] normal = new double[4000][];
        Arrays.setAll(normal, k -> new double[] {random.nextGaussian()});
        Dataset rows = Tables.of(List.of(Column.continuous("x")), normal);
        try (Engine engine = Engine.compile(Factorized.of(rows), Device.cpu())) {
            ConditionalDensity found =
                    ConditionalDensity.of(
                            engine,
                            rows,
                            0,
                            Tables.of(List.of(Column.continuous("x")), new double[] {NAN}),
                            List.of("nothing"));
            double[] real = Marginal.of(rows, rows, 0).real();
            assertArrayEquals(real, found.probabilities()[0], 0.02);
            assertEquals(1, Arrays.stream(found.probabilities()[0]).sum(), 1e-6);
        }
    }
}
