package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.LatentClusters;
import io.sluice.transform.LatentVariables;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

class LatentDistillationTest {
    private static final int VALUES = 3;
    private static final int STATES = 2;
    private static final ChowLiuTree TREE = ChowLiuTree.ofParents(-1, 0, 0);

    private static Circuit tree(InputFamily family, long seed) {
        return Hclt.builder(TREE, Collections.nCopies(3, family))
                .latents(STATES)
                .seed(seed)
                .build();
    }

    private static Engine engine(Circuit circuit) {
        return Engine.compile(circuit, Device.reference());
    }

    private static Dataset columns(Dataset data, int from, int to) {
        DatasetBuilder builder =
                Dataset.builder(Schema.of(data.schema().columns().subList(from, to)));
        double[] row = new double[to - from];
        for (long r = 0; r < data.rows(); r++) {
            long at = r;
            Arrays.setAll(row, v -> data.value(at, from + v));
            builder.add(row);
        }
        return builder.build();
    }

    private static Dataset states(double[]... rows) {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(rows[0].length, STATES));
        Arrays.stream(rows).forEach(builder::add);
        return builder.build();
    }

    private static double[] parameters(Circuit circuit, NodeVector vector) {
        double[] found = new double[(int) circuit.layout().length(vector.id())];
        long offset = circuit.layout().offset(vector.id());
        Arrays.setAll(found, i -> circuit.parameters().get(offset + i));
        return found;
    }

    private static void assertRecovers(Circuit truth, Circuit other, int rows, double tolerance) {
        Circuit joint = LatentVariables.of(truth).joint();
        Dataset drawn;
        try (Engine engine = engine(joint)) {
            drawn = engine.sample(rows, 3);
        }
        int variables = truth.variables();
        Circuit found =
                LatentDistillation.of(other)
                        .distill(
                                columns(drawn, 0, variables),
                                columns(drawn, variables, 2 * variables),
                                LatentDistillationTest::engine);
        for (NodeVector vector : truth.vectors()) {
            if (!(vector instanceof ProductVector)) {
                double[] expected = parameters(truth, vector);
                double[] learned = parameters(found, vector);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], learned[i], tolerance, vector.toString());
                }
            }
        }
    }

    @Test
    void a_tree_whose_states_are_known_is_recovered() {
        InputFamily family = new Categorical(VALUES);
        assertRecovers(tree(family, 1), tree(family, 2), 20_000, 0.03);
    }

    @Test
    void bells_whose_states_are_known_are_recovered() {
        assertRecovers(tree(new Gaussian(), 1), tree(new Gaussian(), 2), 20_000, 0.05);
    }

    @Test
    void the_shared_steps_of_a_markov_model_are_recovered() {
        assertRecovers(
                Hmm.builder(5, new Categorical(VALUES)).states(STATES).seed(1).build(),
                Hmm.builder(5, new Categorical(VALUES)).states(STATES).seed(2).build(),
                5_000,
                0.03);
    }

    @Test
    void parameters_are_counts_with_pseudocounts() {
        Circuit circuit = tree(new Categorical(VALUES), 1);
        Dataset data =
                Dataset.ofBytes(
                        new byte[] {0, 1, 2, 0, 1, 1, 2, 0, 0}, 3, Schema.categorical(3, VALUES));
        Circuit found =
                LatentDistillation.of(circuit)
                        .pseudocount(1)
                        .distill(
                                data,
                                states(
                                        new double[] {0, 1, 0},
                                        new double[] {0, 1, 1},
                                        new double[] {1, 0, 0}),
                                LatentDistillationTest::engine);
        SumVector root = (SumVector) circuit.root();
        assertEquals((2 + 0.5) / (3 + 1), parameters(found, root)[0], 1e-6);
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof InputVector input && input.variable() == 0) {
                // state 0 had the value 0 twice, state 1 the value 2 once; laid out by values
                double third = 1.0 / 3;
                double[] expected = {
                    (2 + third) / 3, third / 2, third / 3, third / 2, third / 3, (1 + third) / 2
                };
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], parameters(found, input)[i], 1e-6);
                }
            }
            if (vector instanceof SumVector sum && sum != root && sum.scope().contains(1)) {
                // from state 0 to state 1 twice, from 1 to 0 once
                double[] expected = {0.5 / 3, 2.5 / 3, 1.5 / 2, 0.5 / 2};
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], parameters(found, sum)[i], 1e-6);
                }
            }
        }
    }

    @Test
    void missing_states_are_summed_out() {
        Circuit circuit = tree(new Categorical(VALUES), 1);
        double missing = Double.NaN;
        Dataset data = LearningFixtures.data(50, 1);
        double[][] none = new double[50][3];
        for (double[] row : none) {
            Arrays.fill(row, missing);
        }
        Circuit found =
                LatentDistillation.of(circuit)
                        .pseudocount(0)
                        .steps(2)
                        .distill(data, states(none), LatentDistillationTest::engine);
        try (Engine em = engine(circuit)) {
            ExpectationMaximization.fullBatch().pseudocount(0).epochs(2).fit(em, data);
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    double[] expected = parameters(em.circuit(), vector);
                    double[] distilled = parameters(found, vector);
                    for (int i = 0; i < expected.length; i++) {
                        assertEquals(expected[i], distilled[i], 1e-6);
                    }
                }
            }
        }
    }

    /** Rows of eight bits that repeat one of three patterns, with noise. */
    private static Dataset patterns(int rows, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bits = new byte[rows * 8];
        int[] patterns = {0b11110000, 0b11001100, 0b00111010};
        for (int row = 0; row < rows; row++) {
            int pattern = patterns[random.nextInt(3)];
            for (int v = 0; v < 8; v++) {
                boolean flipped = random.nextInt(10) == 0;
                bits[row * 8 + v] = (byte) (((pattern >> v) & 1) ^ (flipped ? 1 : 0));
            }
        }
        return Dataset.ofBytes(bits, 8, Schema.categorical(8, 2));
    }

    @Test
    void training_from_clusters_is_ahead_of_training_from_random_parameters() {
        Dataset data = patterns(500, 1);
        Dataset valid = patterns(500, 2);
        ChowLiuTree tree = ChowLiuTree.of(data);
        Circuit random =
                Hclt.builder(tree, Collections.nCopies(8, (InputFamily) new Categorical(2)))
                        .latents(6)
                        .build();
        Dataset states = LatentClusters.builder(data).clusters(6).overTree(tree);
        Circuit distilled =
                LatentDistillation.of(random).distill(data, states, LatentDistillationTest::engine);
        ExpectationMaximization em =
                ExpectationMaximization.miniBatch().batchSize(50).stepSize(0.2).epochs(1);
        double fromRandom = likelihoodAfter(em, random, data, valid);
        double fromStates = likelihoodAfter(em, distilled, data, valid);
        assertTrue(fromStates > fromRandom + 0.1, () -> fromStates + " over " + fromRandom);
    }

    private static double likelihoodAfter(
            ExpectationMaximization em, Circuit circuit, Dataset data, Dataset valid) {
        try (Engine engine = engine(circuit)) {
            em.fit(engine, data);
            return engine.logLikelihood(valid).mean();
        }
    }

    @Test
    void variables_of_a_region_have_its_state() {
        Dataset regions = states(new double[] {0, 1}, new double[] {1, Double.NaN});
        Dataset found = LatentDistillation.ofRegions(regions, 1, 0, -1, 1);
        double missing = Double.NaN;
        double[][] expected = {{1, 0, missing, 1}, {missing, 1, missing, missing}};
        for (int row = 0; row < 2; row++) {
            for (int v = 0; v < 4; v++) {
                assertEquals(expected[row][v], found.value(row, v));
            }
        }
        assertThrows(
                InvalidArgumentException.class, () -> LatentDistillation.ofRegions(regions, 2));
        assertThrows(
                InvalidArgumentException.class,
                () ->
                        LatentDistillation.ofRegions(
                                Dataset.ofFloats(new float[1], 1, Schema.continuous(1)), 0));
    }

    @Test
    void states_that_do_not_fit_are_refused() {
        LatentDistillation distillation = LatentDistillation.of(tree(new Categorical(VALUES), 1));
        Dataset data = LearningFixtures.data(2, 1);
        List<Dataset> wrong =
                List.of(
                        states(new double[] {0, 0, 0}),
                        states(new double[] {0, 0}, new double[] {0, 0}),
                        Dataset.ofBytes(new byte[] {0, 1, 2, 0, 0, 0}, 3, Schema.categorical(3, 3)),
                        Dataset.ofFloats(new float[6], 3, Schema.continuous(3)));
        for (Dataset states : wrong) {
            assertThrows(
                    InvalidArgumentException.class,
                    () ->
                            distillation.distill(
                                    data,
                                    states,
                                    circuit -> {
                                        throw new AssertionError("checked before");
                                    }));
        }
        for (double value : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(InvalidArgumentException.class, () -> distillation.pseudocount(value));
            assertThrows(InvalidArgumentException.class, () -> distillation.stepSize(value));
        }
        assertThrows(InvalidArgumentException.class, () -> distillation.steps(0));
    }
}
