package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.testing.SharedFiles;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

class ChowLiuModelTest {
    private static final float MISSING = Float.NaN;

    /** Columns of 2, 3 and 4 categories. */
    private static final Schema MIXED =
            Schema.of(
                    List.of(
                            Column.categorical("a", 2),
                            Column.categorical("b", 3),
                            Column.categorical("c", 4)));

    private static final float[] CELLS = {
        0, 0, 3, //
        0, 0, 3, //
        1, 2, 0, //
        1, 1, 0, //
        1, 2, MISSING, //
        MISSING, 1, 1, //
    };

    private static double[] probabilities(Circuit circuit, Dataset data) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            double[] values = engine.logLikelihood(data).values();
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.exp(values[i]);
            }
            return values;
        }
    }

    private static Dataset everyAssignment() {
        float[] cells = new float[2 * 3 * 4 * 3];
        int at = 0;
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 3; b++) {
                for (int c = 0; c < 4; c++) {
                    cells[at++] = a;
                    cells[at++] = b;
                    cells[at++] = c;
                }
            }
        }
        return Dataset.ofFloats(cells, 3, MIXED);
    }

    @Test
    void every_variable_depends_on_its_parent_as_the_smoothed_counts_say() {
        Dataset data = Dataset.ofFloats(Arrays.copyOf(CELLS, 12), 3, MIXED); // complete rows
        // a <- b -> c
        Circuit circuit = ChowLiuModel.of(data, ChowLiuTree.ofParents(1, -1, 1), 0.5);
        double[] found = probabilities(circuit, everyAssignment());
        double[] root = {(2 + 1) / 7.0, (1 + 1) / 7.0, (1 + 1) / 7.0}; // cells with a
        double[][] aOfB = {{2.5 / 3, 0.5 / 3}, {0.5 / 2, 1.5 / 2}, {0.5 / 2, 1.5 / 2}};
        double[][] cOfB = {
            {0.5 / 4, 0.5 / 4, 0.5 / 4, 2.5 / 4},
            {1.5 / 3, 0.5 / 3, 0.5 / 3, 0.5 / 3},
            {1.5 / 3, 0.5 / 3, 0.5 / 3, 0.5 / 3}
        };
        double total = 0;
        for (int i = 0; i < found.length; i++) {
            int a = i / 12;
            int b = i / 4 % 3;
            int c = i % 4;
            assertEquals(root[b] * aOfB[b][a] * cOfB[b][c], found[i], 1e-7);
            total += found[i];
        }
        assertEquals(1, total, 1e-6);
    }

    /** Rows of a random tree-shaped model; column {@code known} has no holes. */
    private static Dataset withHoles(SplittableRandom random, Schema schema, int known) {
        int rows = 5 + random.nextInt(200);
        double missing = random.nextInt(4) == 0 ? 0.97 : random.nextDouble();
        DatasetBuilder builder = Dataset.builder(schema);
        double[] row = new double[schema.variables()];
        for (int r = 0; r < rows; r++) {
            int shared = random.nextInt(4);
            for (int v = 0; v < row.length; v++) {
                int categories = schema.column(v).categories();
                row[v] = random.nextInt(3) == 0 ? random.nextInt(categories) : shared % categories;
                row[v] = v != known && random.nextDouble() < missing ? Double.NaN : row[v];
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static ChowLiuTree randomTree(SplittableRandom random, int variables) {
        int[] parents = new int[variables];
        parents[0] = ChowLiuTree.NO_PARENT;
        for (int v = 1; v < variables; v++) {
            parents[v] = random.nextInt(v);
        }
        return ChowLiuTree.ofParents(parents).rootedAt(random.nextInt(variables));
    }

    private static Schema randomSchema(SplittableRandom random) {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < 2 + random.nextInt(5); v++) {
            columns.add(Column.categorical("x" + v, 2 + random.nextInt(3)));
        }
        return Schema.of(columns);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_variable_known_in_every_row_has_its_frequencies_wherever_it_is_in_the_tree(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 25; i++) {
            Schema schema = randomSchema(random);
            int known = random.nextInt(schema.variables());
            Dataset data = withHoles(random, schema, known);
            double smoothing = 1e-6;
            Circuit circuit =
                    ChowLiuModel.of(data, randomTree(random, schema.variables()), smoothing);
            for (int k = 0; k < schema.column(known).categories(); k++) {
                double[] row = new double[schema.variables()];
                Arrays.fill(row, Double.NaN);
                row[known] = k;
                Dataset query = Dataset.builder(schema).add(row).build();
                double count = 0;
                for (long r = 0; r < data.rows(); r++) {
                    count += data.value(r, known) == k ? 1 : 0;
                }
                assertEquals(count / data.rows(), probabilities(circuit, query)[0], 1e-4);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void no_step_of_expectation_maximisation_makes_the_observed_cells_likelier(int seed) {
        SplittableRandom random = new SplittableRandom(100 + seed);
        for (int i = 0; i < 10; i++) {
            Schema schema = randomSchema(random);
            Dataset data = withHoles(random, schema, -1);
            ChowLiuTree tree = randomTree(random, schema.variables());
            try (Engine engine =
                    Engine.compile(ChowLiuModel.of(data, tree, 1e-6), Device.reference())) {
                double before = engine.logLikelihood(data).mean();
                for (int step = 0; step < 20; step++) {
                    engine.accumulate(data);
                    engine.update(1, 0);
                }
                assertEquals(before, engine.logLikelihood(data).mean(), 1e-3);
            }
        }
    }

    @Test
    void few_rows_with_both_variables_do_not_change_what_all_rows_say_of_one() {
        String folder = SharedFiles.find("cases/chow-liu-few-pairs").toString();
        Dataset data = Datasets.open(folder + "/few.csv").train();
        Dataset query =
                Datasets.open(
                                folder + "/query.csv",
                                DataOptions.defaults().withSchema(data.schema()))
                        .train();
        assertEquals(101 / 1002.0, probabilities(ChowLiuModel.of(data), query)[0], 1e-6);
    }

    @Test
    void a_chain_and_a_single_variable_are_trees_too() {
        Dataset data = Dataset.ofFloats(CELLS, 3, MIXED);
        Circuit chain = ChowLiuModel.of(data, ChowLiuTree.ofParents(-1, 0, 1), 1);
        assertEquals(1, sum(probabilities(chain, everyAssignment())), 1e-6);

        Dataset alone = Dataset.ofFloats(new float[] {0, 2, 2}, 1, Schema.categorical(1, 3));
        Circuit one = ChowLiuModel.of(alone);
        assertEquals(3 / 6.0, one.parameters().get(2), 1e-7);
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    @Test
    void many_categories_fall_into_several_blocks() {
        int categories = 200;
        float[] cells = new float[2 * categories];
        for (int i = 0; i < categories; i++) {
            cells[2 * i] = i;
            cells[2 * i + 1] = categories - 1 - i;
        }
        Dataset data = Dataset.ofFloats(cells, 2, Schema.categorical(2, categories));
        Circuit circuit = ChowLiuModel.of(data, ChowLiuTree.ofParents(-1, 0), 0.5);
        double expected = 1.5 / (categories + 0.5 * categories * categories);
        for (double p : probabilities(circuit, data)) {
            assertEquals(expected, p, 1e-5 * expected);
        }
    }

    @Test
    void training_further_without_pseudocounts_does_not_lower_the_likelihood() {
        Dataset data = Dataset.ofFloats(CELLS, 3, MIXED);
        try (Engine engine = Engine.compile(ChowLiuModel.of(data), Device.reference())) {
            double before = engine.logLikelihood(data).mean();
            for (int i = 0; i < 5; i++) {
                engine.accumulate(data);
                engine.update(1, 0);
            }
            assertTrue(engine.logLikelihood(data).mean() > before);
        }
    }

    @Test
    void impossible_arguments_are_refused() {
        Dataset data = Dataset.ofFloats(CELLS, 3, MIXED);
        ChowLiuTree tree = ChowLiuTree.ofParents(1, -1, 1);
        assertThrows(InvalidArgumentException.class, () -> ChowLiuModel.of(data, tree, 0));
        assertThrows(
                InvalidArgumentException.class,
                () -> ChowLiuModel.of(data, ChowLiuTree.ofParents(-1, 0), 1));
        Dataset real = Dataset.ofFloats(new float[] {0.5f, 1.5f}, 1, Schema.continuous(1));
        InvalidArgumentException e =
                assertThrows(InvalidArgumentException.class, () -> ChowLiuModel.of(real));
        assertTrue(String.valueOf(e.getMessage()).contains("continuous"));
    }

    static Stream<Arguments> binarySets() {
        return Sweep.over(
                List.of(
                        Arguments.of("nltcs", -6.7590),
                        Arguments.of("plants", -16.5240),
                        Arguments.of("dna", -87.7348),
                        Arguments.of("kosarek", -11.4901),
                        Arguments.of("ad", -16.8886)));
    }

    @ParameterizedTest
    @MethodSource("binarySets")
    void density_estimation_sets_have_the_published_likelihood(String name, double expected) {
        DataParts parts =
                Datasets.open(SharedFiles.find("data/DEBD/datasets").resolve(name).toString());
        try (Engine engine = Engine.compile(ChowLiuModel.of(parts.train()), Device.reference())) {
            assertEquals(expected, engine.logLikelihood(parts.testOrAll()).mean(), 5e-5);
        }
    }
}
