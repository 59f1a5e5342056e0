package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
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
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;

class ChowLiuTreeTest {

    /** Each column copies the one before it and sometimes errs: a chain 0 - 1 - ... */
    private static Dataset chain(
            int rows, int variables, int categories, double missing, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        DatasetBuilder builder = Dataset.builder(Schema.categorical(variables, categories));
        for (int r = 0; r < rows; r++) {
            double[] row = new double[variables];
            for (int v = 0; v < variables; v++) {
                boolean copies = v > 0 && random.nextDouble() < 0.8;
                row[v] = copies ? row[v - 1] : random.nextInt(categories);
            }
            for (int v = 0; v < variables; v++) {
                row[v] = random.nextDouble() < missing ? Double.NaN : row[v];
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static void assertChain(ChowLiuTree tree) {
        for (int v = 0; v < tree.variables(); v++) {
            if (v != tree.root()) {
                assertEquals(1, Math.abs(v - tree.parent(v)), "neighbour of " + v);
            }
        }
    }

    private static int[] parents(ChowLiuTree tree) {
        int[] parents = new int[tree.variables()];
        for (int v = 0; v < parents.length; v++) {
            parents[v] = tree.parent(v);
        }
        return parents;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 40})
    void a_chain_is_found_and_its_middle_is_the_root(int categories) {
        ChowLiuTree tree = ChowLiuTree.of(chain(4000, 9, categories, 0, 1));
        assertChain(tree);
        assertEquals(4, tree.root());
        assertEquals(4, tree.depth());
        assertArrayEquals(new int[] {3, 5}, tree.children(4));
    }

    @Test
    void a_chain_is_found_in_what_is_not_missing() {
        assertChain(ChowLiuTree.of(chain(6000, 7, 4, 0.3, 2)));
    }

    @Test
    void a_chain_is_found_in_a_sample_of_the_rows() {
        Dataset data = chain(50_000, 6, 3, 0, 3);
        assertChain(ChowLiuTree.builder(data).maximumRows(2000).build());
    }

    @Test
    void real_numbers_are_put_into_bins() {
        SplittableRandom random = new SplittableRandom(4);
        Schema schema =
                Schema.of(
                        List.of(
                                Column.continuous("x0"),
                                Column.continuous("x1"),
                                Column.continuous("x2"),
                                Column.categorical("x3", 3)));
        DatasetBuilder builder = Dataset.builder(schema);
        for (int r = 0; r < 5000; r++) {
            double first = 1e4 * random.nextGaussian();
            double second = first + 3e3 * random.nextGaussian();
            double third = second + 3e3 * random.nextGaussian();
            builder.add(
                    new double[] {first, second, third, third < -5e3 ? 0 : third < 5e3 ? 1 : 2});
        }
        assertChain(ChowLiuTree.of(builder.build()));
    }

    @Test
    void information_is_that_of_the_joint_distribution() {
        // (0,0) three times, (1,1) twice, (0,1) once; without smoothing
        Dataset data =
                Dataset.ofBytes(
                        new byte[] {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1},
                        2,
                        Schema.categorical(2, 2));
        ChowLiuTree tree = ChowLiuTree.builder(data).smoothing(0).build();
        double expected =
                3 / 6.0 * Math.log(3 / 6.0 / (4 / 6.0 * 3 / 6.0))
                        + 2 / 6.0 * Math.log(2 / 6.0 / (2 / 6.0 * 3 / 6.0))
                        + 1 / 6.0 * Math.log(1 / 6.0 / (4 / 6.0 * 3 / 6.0));
        assertEquals(expected, tree.mutualInformation(1 - tree.root()), 1e-12);
        assertEquals(0, tree.mutualInformation(tree.root()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void information_does_not_depend_on_how_pairs_are_counted(int seed) {
        // column 0 is mostly zero and counted sparsely, then dense, then has fewer rows than cells
        SplittableRandom random = new SplittableRandom(seed);
        DatasetBuilder builder = Dataset.builder(Schema.categorical(2, 5));
        int rows = seed < 4 ? 501 : 20;
        double missing = seed == 1 || seed == 3 ? 0.2 : 0;
        double[][] joint = new double[5][5];
        double[] rest = new double[5]; // rows with a alone
        for (int r = 0; r < rows; r++) {
            int b = random.nextInt(5);
            int a = seed >= 2 || random.nextDouble() < 0.1 ? (b + random.nextInt(2)) % 5 : 0;
            boolean lost = random.nextDouble() < missing;
            builder.add(new double[] {a, lost ? Double.NaN : b});
            if (lost) {
                rest[a]++;
            } else {
                joint[a][b]++;
            }
        }
        // rows with a alone tell about a, but not about b given a
        for (int a = 0; a < 5; a++) {
            double pairs = Arrays.stream(joint[a]).sum() + 5;
            for (int b = 0; b < 5; b++) {
                joint[a][b] = (joint[a][b] + 1) * (1 + rest[a] / pairs) / (rows + 25);
            }
        }
        double expected = 0;
        for (int a = 0; a < 5; a++) {
            for (int b = 0; b < 5; b++) {
                double rowTotal = 0;
                double columnTotal = 0;
                for (int k = 0; k < 5; k++) {
                    rowTotal += joint[a][k];
                    columnTotal += joint[k][b];
                }
                expected += joint[a][b] * Math.log(joint[a][b] / (rowTotal * columnTotal));
            }
        }
        ChowLiuTree tree = ChowLiuTree.of(builder.build());
        assertEquals(expected, tree.mutualInformation(1 - tree.root()), 1e-9);
    }

    @Test
    void the_number_of_threads_changes_nothing() throws Exception {
        Dataset data = Datasets.open("builtin:digits").train().slice(0, Sweep.size(100, 1000));
        int[] parallel = parents(ChowLiuTree.of(data));
        try (ForkJoinPool one = new ForkJoinPool(1)) {
            int[] serial = one.submit(() -> parents(ChowLiuTree.of(data))).get();
            assertArrayEquals(serial, parallel);
        }
    }

    @Test
    void one_variable_is_a_tree() {
        ChowLiuTree tree = ChowLiuTree.of(chain(10, 1, 2, 0, 5));
        assertEquals(0, tree.root());
        assertEquals(0, tree.depth());
    }

    @Test
    void a_given_tree_keeps_its_root() {
        ChowLiuTree tree = ChowLiuTree.ofParents(1, ChowLiuTree.NO_PARENT, 0, 1);
        assertEquals(1, tree.root());
        assertEquals(2, tree.depth());
        assertArrayEquals(new int[] {1, 0, 3, 2}, tree.order());
    }

    @Test
    void what_is_no_tree_is_refused() {
        assertThrows(InvalidArgumentException.class, () -> ChowLiuTree.ofParents());
        assertThrows(InvalidArgumentException.class, () -> ChowLiuTree.ofParents(-1, -1));
        assertThrows(InvalidArgumentException.class, () -> ChowLiuTree.ofParents(-1, 2, 1));
        assertThrows(InvalidArgumentException.class, () -> ChowLiuTree.ofParents(-1, 7));
    }

    static Stream<Arguments> binarySets() {
        return Sweep.over(
                List.of(
                        Arguments.of("nltcs", -6.7590),
                        Arguments.of("dna", -87.7348),
                        Arguments.of("msnbc", -6.5401),
                        Arguments.of("plants", -16.5240),
                        Arguments.of("jester", -58.2265),
                        Arguments.of("accidents", -33.1881),
                        Arguments.of("pumsb_star", -30.8070),
                        Arguments.of("tretail", -10.9465),
                        Arguments.of("kosarek", -11.4901),
                        Arguments.of("tmovie", -64.7831),
                        Arguments.of("ad", -16.8886)));
    }

    /**
     * Trees of the data sets of Van Haaren and Davis 2012, with joint cells {@code (n + 1) / (N +
     * 4)}, have these test log-likelihoods.
     */
    @ParameterizedTest
    @MethodSource("binarySets")
    void trees_of_density_estimation_sets_are_as_likely_as_published(String name, double expected) {
        String folder = SharedFiles.find("data/DEBD/datasets").resolve(name).toString();
        var parts = Datasets.open(folder, DataOptions.defaults());
        ChowLiuTree tree = ChowLiuTree.of(parts.train());
        assertEquals(expected, meanLogLikelihood(tree, parts.train(), parts.testOrAll()), 5e-5);
    }

    /** A directed tree with {@code p(child | parent)} from smoothed joint cells. */
    private static double meanLogLikelihood(ChowLiuTree tree, Dataset train, Dataset test) {
        List<double[]> conditionals = new ArrayList<>();
        for (int v = 0; v < tree.variables(); v++) {
            double[] joint = {1, 1, 1, 1}; // [parent][child]
            int parent = tree.parent(v);
            for (long row = 0; row < train.rows(); row++) {
                int above = parent < 0 ? 0 : (int) train.value(row, parent);
                joint[2 * above + (int) train.value(row, v)]++;
            }
            double[] logs = new double[4];
            for (int cell = 0; cell < 4; cell++) {
                double share = joint[cell] / (joint[cell & 2] + joint[cell | 1]);
                logs[cell] = Math.log(share);
            }
            if (parent < 0) {
                // the root's marginal of a joint table with n + 1 in each of four cells
                double rows = train.rows() + 4.0;
                logs[0] = Math.log((joint[0] + 1) / rows);
                logs[1] = Math.log((joint[1] + 1) / rows);
            }
            conditionals.add(logs);
        }
        double total = 0;
        for (long row = 0; row < test.rows(); row++) {
            for (int v = 0; v < tree.variables(); v++) {
                int parent = tree.parent(v);
                int above = parent < 0 ? 0 : (int) test.value(row, parent);
                total += conditionals.get(v)[2 * above + (int) test.value(row, v)];
            }
        }
        return total / test.rows();
    }
}
