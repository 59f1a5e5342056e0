package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Poisson;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class ViterbiTest {
    /** The weight of an edge without flow after learning. */
    private static final float LEAST = Parameters.SMALLEST_WEIGHT;

    private static final float MISSING = Float.NaN;

    /** Ids and parameter counts of the vectors of {@link #clusters} that have parameters. */
    private static final int[] VECTORS = {0, 1, 3};

    private static final int[] LENGTHS = {4, 4, 2};

    /** Two clusters over two bits: a sum of two products. */
    private static Circuit clusters(float... parameters) {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Bernoulli(), 2, 1);
        NodeVector y = b.input(1, new Bernoulli(), 2, 1);
        Circuit any =
                b.build(
                        b.sum(List.of(b.product(List.of(x, y))), 1, 1),
                        ParameterInitializer.random(1));
        return any.withParameters(
                Parameters.filled(
                        any.layout().size(),
                        memory -> {
                            int next = 0;
                            for (int v = 0; v < VECTORS.length; v++) {
                                long offset = any.layout().offset(VECTORS[v]);
                                for (int i = 0; i < LENGTHS[v]; i++) {
                                    memory.setAtIndex(
                                            ValueLayout.JAVA_FLOAT, offset + i, parameters[next++]);
                                }
                            }
                        }));
    }

    /** P(0) of both nodes, then P(1), for each variable; then the weights of the clusters. */
    private static final float[] START = {
        0.75f, 0.25f, 0.25f, 0.75f, 0.75f, 0.25f, 0.25f, 0.75f, 0.5f, 0.5f
    };

    private static ExpectationMaximization oneStep() {
        return ExpectationMaximization.fullBatch().viterbi().epochs(1).pseudocount(0);
    }

    private static float[] after(ExpectationMaximization em, Circuit circuit, Dataset data) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            em.fit(engine, data);
            Circuit learned = engine.circuit();
            float[] found = new float[START.length];
            int next = 0;
            for (int v = 0; v < VECTORS.length; v++) {
                long offset = learned.layout().offset(VECTORS[v]);
                for (int i = 0; i < LENGTHS[v]; i++) {
                    found[next++] = learned.parameters().get(offset + i);
                }
            }
            return found;
        }
    }

    private static Dataset bits(float... cells) {
        return Dataset.ofFloats(cells, 2, Schema.categorical(2, 2));
    }

    @Test
    void a_row_counts_for_its_most_probable_cluster_alone() {
        // rows 0 0 and 0 0 belong to the first cluster, 1 1 to the second
        Dataset data = bits(0, 0, 0, 0, 1, 1, 0, 0);
        assertArrayEquals(
                new float[] {1, LEAST, LEAST, 1, 1, LEAST, LEAST, 1, 0.75f, 0.25f},
                after(oneStep(), clusters(START), data));
    }

    @Test
    void ties_go_to_the_first_edge() {
        Dataset data = bits(0, 1); // 3/16 in both clusters
        assertArrayEquals(
                new float[] {1, 0.25f, LEAST, 0.75f, LEAST, 0.25f, 1, 0.75f, 1, LEAST},
                after(oneStep(), clusters(START), data));
    }

    @Test
    void a_missing_value_counts_nothing() {
        Dataset data = bits(0, MISSING, 0, 0, 1, 1, MISSING, 1);
        assertArrayEquals(
                new float[] {1, LEAST, LEAST, 1, 1, LEAST, LEAST, 1, 0.5f, 0.5f},
                after(oneStep(), clusters(START), data));
    }

    @Test
    void pseudocounts_and_steps_are_those_of_em() {
        Dataset data = bits(0, 0, 0, 0, 1, 1, 0, 0);
        float[] found = after(oneStep().stepSize(0.5).pseudocount(1), clusters(START), data);
        assertEquals(0.5 * 0.75 + 0.5 * (3 + 0.5) / (3 + 1), found[0], 1e-7);
        assertEquals(0.5 * 0.25 + 0.5 * 0.5 / (1 + 1), found[1], 1e-7);
        assertEquals(0.5 * 0.5 + 0.5 * (3 + 0.5) / (4 + 1), found[8], 1e-7);
    }

    @Test
    void the_reported_likelihood_is_that_of_the_sub_circuits() {
        Dataset data = bits(0, 0, 1, MISSING);
        try (Engine engine = Engine.compile(clusters(START), Device.reference())) {
            double found = oneStep().fit(engine, data).epochs().get(0).trainLogLikelihood();
            assertEquals((Math.log(0.5 * 0.75 * 0.75) + Math.log(0.5 * 0.75)) / 2, found, 1e-12);
        }
    }

    @Test
    void edges_of_weight_zero_stay_none() {
        float[] start = START.clone();
        start[8] = 1;
        start[9] = 0;
        float[] found = after(oneStep().pseudocount(5), clusters(start), bits(1, 1, 1, 1));
        assertEquals(1, found[8]);
        assertEquals(0, found[9]);
    }

    @Test
    void impossible_rows_count_nothing() {
        float[] start = {1, 1, 0, 0, 0.75f, 0.25f, 0.25f, 0.75f, 0.5f, 0.5f};
        float[] found = after(oneStep(), clusters(start), bits(1, 0, 0, 0));
        assertArrayEquals(new float[] {1, 1, 0, 0, 1, 0.25f, LEAST, 0.75f, 1, LEAST}, found);
    }

    @Test
    void the_maximal_likelihood_never_falls() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Gaussian(), 6, 3);
        NodeVector y = b.input(1, new Poisson(), 6, 3);
        NodeVector z = b.input(2, new Bernoulli(), 6, 3);
        NodeVector pair = b.sum(List.of(b.product(List.of(x, y))), 6, 3);
        Random random = new Random(3);
        float[] cells = new float[3 * 200];
        for (int i = 0; i < cells.length; i += 3) {
            int cluster = random.nextInt(3);
            cells[i] = (float) (4 * cluster + random.nextGaussian());
            cells[i + 1] = random.nextInt(5) == 0 ? MISSING : random.nextInt(3 * cluster + 2);
            cells[i + 2] = random.nextInt(4) == 0 ? MISSING : cluster % 2;
        }
        Circuit circuit =
                b.build(
                        b.sum(List.of(b.product(List.of(pair, z))), 1, 1),
                        ParameterInitializer.random(5));
        Dataset data =
                Dataset.ofFloats(
                        cells,
                        3,
                        Schema.of(
                                List.of(
                                        Schema.continuous(1).column(0),
                                        Schema.continuous(1).column(0),
                                        Schema.categorical(1, 2).column(0))));
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            TrainingHistory history = oneStep().epochs(12).fit(engine, data);
            double first = history.epochs().get(0).trainLogLikelihood();
            double before = first;
            for (TrainingHistory.Epoch epoch : history.epochs()) {
                assertTrue(epoch.trainLogLikelihood() >= before - 1e-6, epoch::toString);
                before = epoch.trainLogLikelihood();
            }
            assertTrue(before > first + 0.5, () -> first + " rises");
        }
    }

    @Test
    void counts_of_several_batches_are_those_of_one() {
        Dataset data = LearningFixtures.data(100, 1);
        ExpectationMaximization em = oneStep().epochs(3).pseudocount(0.1);
        try (Engine whole = LearningFixtures.engine();
                Engine parts = LearningFixtures.engine()) {
            em.batchSize(100).fit(whole, data);
            em.batchSize(7).fit(parts, data);
            assertEquals(
                    -1,
                    whole.circuit()
                            .parameters()
                            .segment()
                            .mismatch(parts.circuit().parameters().segment()));
        }
    }

    @Test
    void sub_circuits_have_the_max_product_value_and_one_edge_of_the_root() {
        Circuit circuit = LearningFixtures.circuit();
        Dataset data = LearningFixtures.data(50, 4);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            int[] rows = IntStream.range(0, 50).toArray();
            var flows = engine.maximalFlows(data, rows);
            double expected = 0;
            for (double value : engine.maxProduct(data).logValues()) {
                expected += value;
            }
            assertEquals(expected, flows.total(), 1e-9);
            double explained = 0;
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector || vector instanceof InputVector) {
                    double[] counts = flows.flows(vector.id());
                    for (int i = 0; i < counts.length; i++) {
                        double theta =
                                circuit.parameters().get(circuit.layout().offset(vector.id()) + i);
                        explained += counts[i] == 0 ? 0 : counts[i] * Math.log(theta);
                    }
                }
            }
            assertEquals(expected, explained, 1e-9);
        }
    }

    @Test
    void mini_batches_learn_that_two_variables_are_equal() {
        Dataset data = LearningFixtures.data(100, 1);
        try (Engine engine = LearningFixtures.engine()) {
            double before = engine.logLikelihood(data).mean();
            ExpectationMaximization.miniBatch().viterbi().batchSize(20).fit(engine, data);
            double after = engine.logLikelihood(data).mean();
            assertTrue(after > before + 0.3, () -> before + " to " + after);
        }
    }

    @Test
    void anemone_has_no_viterbi_steps() {
        assertThrows(
                InvalidArgumentException.class, () -> ExpectationMaximization.anemone().viterbi());
    }
}
