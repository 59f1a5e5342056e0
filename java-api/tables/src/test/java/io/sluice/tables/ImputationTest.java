package io.sluice.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.structure.Factorized;
import io.sluice.structure.Hclt;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** Imputation on generated models, with all completions tried as the oracle. */
class ImputationTest {
    private static final int ROWS = 30;
    private static final List<Bin> BINS =
            List.of(
                    new Bin(-0.5, 0.5, 0, 0, 0),
                    new Bin(0.5, 10.5, 1, 10, 5),
                    new Bin(10.5, 100.5, 11, 100, 40));

    private static final Schema SCHEMA =
            Schema.of(
                    List.of(
                            Column.categorical("colour", List.of("blue", "green", "red")),
                            Column.categorical("kind", List.of("a", "b")),
                            Column.of(
                                    "count",
                                    new BinnedNumbers(
                                            new Quantity(Quantity.Kind.WHOLE, 1, 0, 100, null),
                                            BINS)),
                            Column.categorical("rooms", 4)));

    static LongStream seeds() {
        return Sweep.seeds(20);
    }

    private static double[] row(Random random) {
        double[] row = new double[SCHEMA.variables()];
        for (int v = 0; v < row.length; v++) {
            row[v] = random.nextInt(SCHEMA.column(v).categories());
        }
        return row;
    }

    private static Dataset rows(Random random, int most) {
        DatasetBuilder builder = Dataset.builder(SCHEMA);
        for (int r = 0; r < ROWS; r++) {
            double[] row = row(random);
            for (int hole = 0; hole < most; hole++) {
                row[random.nextInt(row.length)] = Double.NaN;
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static Engine engine(Random random) {
        Dataset any = rows(random, 0);
        return Engine.compile(
                Hclt.builder(any).latents(3).seed(random.nextLong()).build(),
                SCHEMA,
                Device.cpu(),
                EngineOptions.defaults());
    }

    private static double score(Engine engine, double[] row) {
        Dataset one = Dataset.builder(SCHEMA).add(row).build();
        return engine.logLikelihood(one).values()[0] - one.logUnits(0);
    }

    private static double[] row(Dataset rows, int r) {
        double[] row = new double[rows.variables()];
        for (int v = 0; v < row.length; v++) {
            row[v] = rows.value(r, v);
        }
        return row;
    }

    /** The greatest score of all completions. */
    private static double best(Engine engine, double[] row, int from) {
        for (int v = from; v < row.length; v++) {
            if (Double.isNaN(row[v])) {
                double best = Double.NEGATIVE_INFINITY;
                for (int code = 0; code < SCHEMA.column(v).categories(); code++) {
                    double[] completed = row.clone();
                    completed[v] = code;
                    best = Math.max(best, best(engine, completed, v + 1));
                }
                return best;
            }
        }
        return score(engine, row);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_most_probable_completion_of_one_missing_cell_is_exact(long seed) {
        Random random = new Random(seed);
        try (Engine engine = engine(random)) {
            Dataset rows = rows(random, 1);
            Dataset completed = Imputation.MPE.fill(engine, rows, 0);
            for (int r = 0; r < rows.rows(); r++) {
                assertEquals(best(engine, row(rows, r), 0), score(engine, row(completed, r)), 1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_change_of_one_cell_makes_the_most_probable_completion_better(long seed) {
        Random random = new Random(seed);
        try (Engine engine = engine(random)) {
            Dataset rows = rows(random, 3);
            Dataset completed = Imputation.MPE.fill(engine, rows, 0);
            for (int r = 0; r < rows.rows(); r++) {
                double[] found = row(completed, r);
                double reached = score(engine, found);
                for (int v = 0; v < found.length; v++) {
                    if (rows.isMissing(r, v)) {
                        double[] open = found.clone();
                        open[v] = Double.NaN;
                        assertTrue(reached >= best(engine, open, 0) - 1e-4);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_method_fills_all_holes_with_values_that_can_occur_and_keeps_the_rest(long seed) {
        Random random = new Random(seed);
        try (Engine engine = engine(random)) {
            Dataset rows = rows(random, 4);
            for (Imputation method : Imputation.values()) {
                Dataset completed = method.fill(engine, rows, seed);
                for (int r = 0; r < rows.rows(); r++) {
                    for (int v = 0; v < rows.variables(); v++) {
                        assertTrue(!completed.isMissing(r, v));
                        if (!rows.isMissing(r, v)) {
                            assertEquals(rows.value(r, v), completed.value(r, v));
                        }
                    }
                    assertTrue(score(engine, row(completed, r)) > Double.NEGATIVE_INFINITY);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_mean_of_a_binned_number_is_that_of_its_bins(long seed) {
        Random random = new Random(seed);
        try (Engine engine = engine(random)) {
            double[] row = row(random);
            row[2] = Double.NaN;
            Conditionals found = engine.conditionals(Dataset.builder(SCHEMA).add(row).build());
            CellDistribution cell = CellDistribution.of(SCHEMA.column(2), found, 0);
            double[] p = found.probabilities(0);
            assertEquals(5 * p[1] + 40 * p[2], cell.mean(), 1e-3);
            assertTrue(cell.quantile(0.01) <= cell.quantile(0.5));
            assertTrue(cell.quantile(0.5) <= cell.quantile(0.99));
        }
    }

    @Test
    void a_scaled_number_has_mean_deviation_and_quantiles_in_its_units() {
        Quantity quantity = new Quantity(Quantity.Kind.REAL, 0.001, 900, 1100, null);
        Column column = Column.of("height", new ScaledNumbers(quantity, 1000, 20));
        DatasetBuilder builder = Dataset.builder(Schema.of(List.of(column)));
        Random random = new Random(3);
        double sum = 0;
        double squares = 0;
        for (int r = 0; r < 500; r++) {
            double cell = random.nextGaussian();
            builder.add(new double[] {cell});
            sum += cell;
            squares += cell * cell;
        }
        Dataset rows = builder.build();
        double mean = 1000 + 20 * sum / 500;
        double deviation = 20 * Math.sqrt(squares / 500 - sum * sum / 250_000);
        try (Engine engine = Engine.compile(Factorized.of(rows), Device.cpu())) {
            Dataset open = Dataset.builder(rows.schema()).add(new double[] {Double.NaN}).build();
            CellDistribution cell = CellDistribution.of(column, engine.conditionals(open), 0);
            assertEquals(mean, cell.mean(), 1e-2);
            assertEquals(deviation, cell.standardDeviation(), 1e-2);
            assertEquals(mean, cell.quantile(0.5), 1e-2);
            assertEquals(mean + 1.644854 * deviation, cell.quantile(0.95), 1e-1);
        }
    }
}
