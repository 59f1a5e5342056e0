package io.sluice.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;

/** What the trainer chooses on tables drawn from known distributions. */
class TableTrainerTest {
    private static final int SPECIES = 3;

    static LongStream seeds() {
        return Sweep.seeds(5);
    }

    private static Engine compile(Circuit circuit) {
        return Engine.compile(circuit, Device.cpu());
    }

    /**
     * Rows of a mixture: a species, a habitat that most of it have, a length, a count with zeros.
     */
    private static double[][] mixture(int rows, long seed) {
        Random random = new Random(seed);
        double[][] table = new double[rows][];
        for (double[][] all = table; rows-- > 0; ) {
            int species = random.nextInt(SPECIES);
            int habitat = random.nextInt(10) < 8 ? species : random.nextInt(SPECIES);
            double length = Math.rint(10 * (5 * species + random.nextGaussian())) / 10;
            double eggs = species == 0 ? 0 : random.nextInt(40 * species);
            all[rows] = new double[] {species, habitat, length, eggs};
        }
        return table;
    }

    private static Column number(String name, double[][] table, int column, double resolution) {
        double[] numbers = new double[table.length];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int r = 0; r < numbers.length; r++) {
            numbers[r] = table[r][column];
            low = Math.min(low, numbers[r]);
            high = Math.max(high, numbers[r]);
        }
        Quantity quantity = new Quantity(Quantity.Kind.REAL, resolution, low, high, null);
        return Column.of(name, new BinCoding().code(name, quantity, numbers));
    }

    private static Dataset coded(double[][] table) {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("species", List.of("frog", "newt", "toad")),
                                Column.categorical("habitat", List.of("bog", "lake", "pond")),
                                number("length", table, 2, 0.1),
                                number("eggs", table, 3, 1)));
        DatasetBuilder builder = Dataset.builder(schema);
        for (double[] row : table) {
            double[] cells = row.clone();
            for (int v = 2; v < cells.length; v++) {
                cells[v] = Objects.requireNonNull(schema.column(v).numbers()).cell(row[v]);
            }
            builder.add(cells);
        }
        return builder.build();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_chosen_model_is_the_best_of_all_on_the_rows_held_out(long seed) {
        TableFit fit =
                TableTrainer.create()
                        .seed(seed)
                        .fit(coded(mixture(400, seed)), TableTrainerTest::compile);
        for (TableFit.Tried tried : fit.tried()) {
            assertTrue(fit.chosen().validLogLikelihood() >= tried.validLogLikelihood());
        }
        assertEquals(400, fit.trainRows() + fit.validRows());
        assertTrue(
                fit.chosen().validLogLikelihood() > fit.tried().get(0).validLogLikelihood() + 0.5,
                "species tell of all other columns");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_seed_gives_the_same_bytes(long seed) {
        Dataset rows = coded(mixture(200, seed));
        TableTrainer trainer = TableTrainer.create().seed(seed);
        Circuit once = trainer.fit(rows, TableTrainerTest::compile).circuit();
        Circuit again = trainer.fit(rows, TableTrainerTest::compile).circuit();
        assertEquals(-1, once.parameters().segment().mismatch(again.parameters().segment()));
    }

    /** Of all seeds together: a large pseudocount, which held-out rows may prefer, smears more. */
    @Test
    void hidden_trees_hardly_ever_draw_combinations_that_no_row_has() {
        int trees = 0;
        int frogsWithEggs = 0;
        for (long seed : Sweep.seeds(5).toArray()) {
            Dataset rows = coded(mixture(1500, seed));
            TableFit fit = TableTrainer.create().seed(seed).fit(rows, TableTrainerTest::compile);
            if (fit.chosen().epochs() == 0) {
                continue; // the plain tree won, whose smoothing draws them
            }
            trees++;
            try (Engine engine =
                    Engine.compile(
                            fit.circuit(), rows.schema(), Device.cpu(), EngineOptions.defaults())) {
                Dataset drawn = engine.sample(3000, seed);
                for (int r = 0; r < drawn.rows(); r++) {
                    double eggs =
                            Objects.requireNonNull(rows.schema().column(3).numbers())
                                    .number(drawn.value(r, 3));
                    frogsWithEggs += drawn.value(r, 0) == 0 && eggs > 0 ? 1 : 0;
                }
            }
        }
        assertTrue(trees > 0, "no hidden tree was chosen");
        assertTrue(frogsWithEggs <= 15 * trees, frogsWithEggs + " in " + trees + " times 3000");
    }

    @Test
    void a_table_without_dependence_keeps_the_factorised_model_or_does_as_well() {
        Random random = new Random(4);
        byte[] cells = new byte[6 * 300];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = (byte) random.nextInt(3);
        }
        TableFit fit =
                TableTrainer.create()
                        .fit(
                                Dataset.ofBytes(cells, 6, Schema.categorical(6, 3)),
                                TableTrainerTest::compile);
        double factorised = fit.tried().get(0).validLogLikelihood();
        assertTrue(fit.chosen().validLogLikelihood() >= factorised);
    }

    @Test
    void copies_of_a_row_are_never_on_both_sides() {
        byte[] cells = new byte[2 * 1000];
        Random random = new Random(1);
        for (int i = 0; i < cells.length; i++) {
            cells[i] = (byte) random.nextInt(40);
        }
        Dataset rows = Dataset.ofBytes(cells, 2, Schema.categorical(2, 40));
        HeldOutRows parts = HeldOutRows.of(rows, 3);
        assertEquals(1000, parts.train().rows() + parts.valid().rows());
        for (int r = 0; r < parts.valid().rows(); r++) {
            for (int t = 0; t < parts.train().rows(); t++) {
                boolean same =
                        parts.valid().value(r, 0) == parts.train().value(t, 0)
                                && parts.valid().value(r, 1) == parts.train().value(t, 1);
                assertTrue(!same);
            }
        }
    }

    @Test
    void a_table_of_few_combinations_has_all_of_them_on_both_sides() {
        byte[] cells = new byte[2 * 1000];
        Random random = new Random(2);
        for (int i = 0; i < cells.length; i++) {
            cells[i] = (byte) random.nextInt(3);
        }
        HeldOutRows parts = HeldOutRows.of(Dataset.ofBytes(cells, 2, Schema.categorical(2, 3)), 3);
        for (Dataset part : List.of(parts.train(), parts.valid())) {
            Set<List<Double>> combinations = new HashSet<>();
            for (int r = 0; r < part.rows(); r++) {
                combinations.add(List.of(part.value(r, 0), part.value(r, 1)));
            }
            assertEquals(9, combinations.size());
        }
    }

    @Test
    void one_row_is_refused() {
        Dataset one = Dataset.ofBytes(new byte[] {1, 0}, 2, Schema.categorical(2, 2));
        assertThrows(
                InvalidArgumentException.class,
                () -> TableTrainer.create().fit(one, TableTrainerTest::compile));
    }

    @Test
    void a_table_of_equal_rows_gets_a_model() {
        Dataset equal = Dataset.ofBytes(new byte[2 * 20], 2, Schema.categorical(2, 2));
        TableFit fit = TableTrainer.create().fit(equal, TableTrainerTest::compile);
        assertTrue(fit.chosen().validLogLikelihood() > -0.2);
    }
}
