package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class ReferenceEngineTest {
    private static final double NONE = Double.NaN;

    /** One variable, a mixture of two Gaussians: weights 0.25 and 0.75. */
    private static Circuit mixture(Gaussian family) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, family, 2, 2);
        SumVector root = b.sum(List.of(x), 1, 1);
        return b.build(
                root,
                values(Map.of(x, new float[] {-1, 2, 0.5f, 1}, root, new float[] {0.25f, 0.75f})));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, 0.7, -0.5, -1, 2, 7, 1e300, Double.POSITIVE_INFINITY})
    void the_density_of_what_a_finite_cell_cannot_be_is_no_number(double value) {
        Circuit circuit = pair(0.2f, 0.4f, 0.6f, 0.8f);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            Conditionals cells =
                    engine.conditionals(
                            Dataset.builder(Schema.categorical(2, 2))
                                    .add(new double[] {NONE, 1})
                                    .build());
            assertThrows(InvalidArgumentException.class, () -> cells.logDensity(0, value));
        }
    }

    /** Two variables: 0.5 P0(x) P0(y) + 0.5 P1(x) P1(y), with the given P(1) of x and y. */
    private static Circuit pair(float x0, float x1, float y0, float y1) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 2, 2);
        InputVector y = b.input(1, new Bernoulli(), 2, 2);
        SumVector root = b.sum(List.of(b.product(List.of(x, y))), 1, 1);
        return b.build(
                root,
                values(
                        Map.of(
                                x, new float[] {1 - x0, 1 - x1, x0, x1},
                                y, new float[] {1 - y0, 1 - y1, y0, y1},
                                root, new float[] {0.5f, 0.5f})));
    }

    private static ParameterInitializer values(Map<NodeVector, float[]> values) {
        return (vector, slice) -> {
            float[] given = values.get(vector);
            for (int i = 0; given != null && i < given.length; i++) {
                slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, given[i]);
            }
        };
    }

    /** Three variables in a random circuit with blocks and without hard zeros. */
    private static Circuit random(long seed) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(3), 4, 2);
        InputVector y = b.input(1, new Categorical(2), 4, 2);
        InputVector z = b.input(2, new Gaussian(), 4, 2);
        SumVector inner = b.sum(List.of(b.product(List.of(x, y))), 4, 2);
        SumVector root = b.sum(List.of(b.product(List.of(inner, z))), 1, 1);
        return b.build(root, ParameterInitializer.random(seed));
    }

    private static Dataset rows(Circuit circuit, double[]... rows) {
        DatasetBuilder builder = Dataset.builder(CircuitSchema.of(circuit));
        for (double[] row : rows) {
            builder.add(row);
        }
        return builder.build();
    }

    private static Engine engine(Circuit circuit) {
        return new ReferenceEngine(circuit, null, EngineOptions.defaults());
    }

    private static double normal(double x, double mean, double deviation) {
        double z = (x - mean) / deviation;
        return Math.exp(-z * z / 2) / (deviation * Math.sqrt(2 * Math.PI));
    }

    @Test
    void a_mixture_of_gaussians_has_its_textbook_density() {
        Circuit circuit = mixture(new Gaussian());
        try (Engine engine = engine(circuit)) {
            double[] found = engine.logLikelihood(rows(circuit, new double[] {0.5})).values();
            double expected = 0.25 * normal(0.5, -1, 0.5) + 0.75 * normal(0.5, 2, 1);
            assertEquals(Math.log(expected), found[0], 1e-12);
        }
    }

    @Test
    void far_outliers_do_not_underflow() {
        Circuit circuit = mixture(new Gaussian());
        try (Engine engine = engine(circuit)) {
            double[] found = engine.logLikelihood(rows(circuit, new double[] {1e4})).values();
            assertEquals(
                    Math.log(0.75) - 0.5 * 9998.0 * 9998 - 0.5 * Math.log(2 * Math.PI),
                    found[0],
                    1e-6);
        }
    }

    @Test
    void marginalising_every_variable_gives_probability_one() {
        Circuit circuit = random(5);
        try (Engine engine = engine(circuit)) {
            Dataset nothing = CircuitSchema.nothingObserved(CircuitSchema.of(circuit), 2);
            assertArrayEquals(new double[2], engine.logLikelihood(nothing).values(), 1e-7);
        }
    }

    @Test
    void an_impossible_row_has_log_likelihood_minus_infinity_and_no_statistics() {
        Circuit circuit = pair(1, 0, 1, 0);
        try (Engine engine = engine(circuit)) {
            Dataset impossible = rows(circuit, new double[] {1, 0});
            assertEquals(Double.NEGATIVE_INFINITY, engine.logLikelihood(impossible).values()[0]);
            Dataset both = rows(circuit, new double[] {1, 0}, new double[] {1, 1});
            assertEquals(Double.NEGATIVE_INFINITY, engine.accumulate(both));
            assertArrayEquals(new double[] {1, 0}, engine.flows(3), 1e-12);
        }
    }

    @Test
    void nothing_follows_from_impossible_evidence() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(2), 1, 1);
        InputVector y = b.input(1, new Bernoulli(), 1, 1);
        Circuit circuit =
                b.build(
                        b.product(List.of(x, y)),
                        values(Map.of(x, new float[] {1, 0}, y, new float[] {0.5f, 0.5f})));
        Dataset evidence = rows(circuit, new double[] {0, NONE}, new double[] {1, NONE});
        try (Engine engine = engine(circuit)) {
            InvalidArgumentException refusal =
                    assertThrows(
                            InvalidArgumentException.class, () -> engine.conditionals(evidence));
            assertTrue(String.valueOf(refusal.getMessage()).contains("row 1"));
            assertThrows(InvalidArgumentException.class, () -> engine.sample(evidence, 1, 0));
            MaxProduct decoded = engine.maxProduct(evidence);
            assertEquals(Double.NEGATIVE_INFINITY, decoded.logValues()[1]);
            assertFalse(decoded.assignment().isMissing(1, 1));
        }
    }

    @Test
    void a_conditional_is_bayes_rule() {
        Circuit circuit = pair(0.75f, 0.25f, 0.5f, 0.125f);
        try (Engine engine = engine(circuit)) {
            Conditionals found = engine.conditionals(rows(circuit, new double[] {1, NONE}));
            double one = (0.75 * 0.5 + 0.25 * 0.125) / (0.75 + 0.25);
            assertArrayEquals(new double[] {1 - one, one}, found.probabilities(0), 1e-12);
        }
    }

    @Test
    void a_continuous_conditional_has_the_moments_of_the_mixture() {
        Circuit circuit = mixture(new Gaussian());
        try (Engine engine = engine(circuit)) {
            Conditionals found = engine.conditionals(rows(circuit, new double[] {NONE}));
            double mean = 0.25 * -1 + 0.75 * 2;
            double second = 0.25 * (1 + 0.25) + 0.75 * (4 + 1);
            assertEquals(mean, found.mean(0), 1e-12);
            assertEquals(Math.sqrt(second - mean * mean), found.standardDeviation(0), 1e-12);
        }
    }

    @Test
    void decoding_takes_the_mode_of_the_branch_that_explains_the_evidence() {
        Circuit circuit = pair(0.75f, 0.25f, 0.875f, 0.125f);
        try (Engine engine = engine(circuit)) {
            MaxProduct found =
                    engine.maxProduct(
                            rows(circuit, new double[] {1, NONE}, new double[] {0, NONE}));
            assertEquals(1, found.assignment().value(0, 1));
            assertEquals(0, found.assignment().value(1, 1));
            assertArrayEquals(
                    new double[] {Math.log(0.5 * 0.75 * 0.875), Math.log(0.5 * 0.75 * 0.875)},
                    found.logValues(),
                    1e-12);
        }
    }

    @Test
    void of_equal_branches_and_categories_the_first_is_decoded() {
        Circuit circuit = pair(0.5f, 0.5f, 0.5f, 0.5f);
        try (Engine engine = engine(circuit)) {
            Dataset decoded =
                    engine.maxProduct(CircuitSchema.nothingObserved(CircuitSchema.of(circuit), 1))
                            .assignment();
            assertEquals(0, decoded.value(0, 0));
            assertEquals(0, decoded.value(0, 1));
        }
    }

    @Test
    void samples_have_the_frequencies_of_the_distribution() {
        Circuit circuit = pair(0.75f, 0.25f, 0.875f, 0.125f);
        int count = 20_000;
        try (Engine engine = engine(circuit)) {
            Dataset drawn = engine.sample(count, 7);
            double[] found = new double[4];
            for (int row = 0; row < count; row++) {
                found[(int) (2 * drawn.value(row, 0) + drawn.value(row, 1))] += 1.0 / count;
            }
            double both = 0.5 * (0.75 * 0.875 + 0.25 * 0.125);
            double differ = 0.5 * (0.75 * 0.125 + 0.25 * 0.875);
            assertArrayEquals(new double[] {both, differ, differ, both}, found, 0.015);
        }
    }

    @Test
    void samples_given_evidence_keep_it_and_follow_the_conditional() {
        Circuit circuit = random(3);
        Dataset evidence = rows(circuit, new double[] {2, NONE, NONE}, new double[] {NONE, 1, 0.5});
        int draws = 20_000;
        try (Engine engine = engine(circuit)) {
            Dataset drawn = engine.sample(evidence, draws, 11);
            assertEquals(2L * draws, drawn.rows());
            double ones = 0;
            double sum = 0;
            for (int i = 0; i < draws; i++) {
                assertEquals(2, drawn.value(i, 0));
                assertEquals(0.5, drawn.value(draws + i, 2));
                ones += drawn.value(i, 1) / draws;
                sum += drawn.value(i, 2) / draws;
            }
            Conditionals exact = engine.conditionals(evidence);
            assertEquals(exact.probabilities(0)[1], ones, 0.015);
            assertEquals(exact.mean(1), sum, 0.05);
        }
    }

    @Test
    void a_sample_depends_on_the_seed_alone() {
        Circuit circuit = random(3);
        try (Engine one = new ReferenceEngine(circuit, null, new EngineOptions(Precision.FAST, 1));
                Engine four =
                        new ReferenceEngine(circuit, null, new EngineOptions(Precision.FAST, 4))) {
            Dataset drawn = one.sample(300, 1);
            assertEquals(-1, drawn.values().mismatch(four.sample(300, 1).values()));
            assertTrue(drawn.values().mismatch(four.sample(300, 2).values()) >= 0);
        }
    }

    @Test
    void statistics_and_updates_do_not_depend_on_the_number_of_threads() {
        Circuit circuit = random(3);
        try (Engine one = new ReferenceEngine(circuit, null, new EngineOptions(Precision.FAST, 1));
                Engine four =
                        new ReferenceEngine(circuit, null, new EngineOptions(Precision.FAST, 4))) {
            Dataset data = one.sample(500, 1);
            assertEquals(one.accumulate(data), four.accumulate(data));
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector || vector instanceof InputVector) {
                    assertArrayEquals(one.flows(vector.id()), four.flows(vector.id()));
                }
            }
            one.update(0.5, 0.1);
            four.update(0.5, 0.1);
            assertEquals(
                    -1,
                    one.circuit()
                            .parameters()
                            .segment()
                            .mismatch(four.circuit().parameters().segment()));
        }
    }

    @Test
    void accumulating_in_parts_is_accumulating_at_once() {
        Circuit circuit = random(3);
        try (Engine whole = engine(circuit);
                Engine parts = engine(circuit)) {
            Dataset data = whole.sample(150, 1);
            double total = whole.accumulate(data);
            double sum = parts.accumulate(data.slice(0, 70));
            sum += parts.accumulate(data, IntStream.range(70, 150).toArray());
            assertEquals(total, sum, 1e-9);
            assertArrayEquals(whole.flows(0), parts.flows(0), 1e-9);
            assertArrayEquals(whole.flows(6), parts.flows(6), 1e-9);
        }
    }

    @Test
    void full_batch_em_never_lowers_the_likelihood() {
        try (Engine truth = engine(random(3));
                Engine learner = engine(random(4))) {
            Dataset data = truth.sample(300, 1);
            double before = Double.NEGATIVE_INFINITY;
            for (int step = 0; step < 15; step++) {
                double total = learner.accumulate(data);
                assertTrue(total > before, before + " then " + total);
                before = total;
                learner.update(1, 0);
            }
        }
    }

    @Test
    void a_gaussian_step_is_the_blend_of_expected_moments() {
        Circuit circuit = mixture(new Gaussian());
        double[] data = {-1.5, 0, 2.5, 3};
        double n = 0;
        double s1 = 0;
        double s2 = 0;
        for (double x : data) {
            double a = 0.25 * normal(x, -1, 0.5);
            double flow = a / (a + 0.75 * normal(x, 2, 1));
            n += flow;
            s1 += flow * x;
            s2 += flow * x * x;
        }
        try (Engine engine = engine(circuit)) {
            engine.accumulate(
                    rows(
                            circuit,
                            Arrays.stream(data)
                                    .mapToObj(x -> new double[] {x})
                                    .toArray(double[][]::new)));
            assertEquals(n, engine.flows(0)[0], 1e-12);
            assertEquals(s1, engine.flows(0)[2], 1e-12);
            assertEquals(s2, engine.flows(0)[4], 1e-12);
            engine.update(0.5, 0.25);
            double mean = 0.5 * -1 + 0.5 * (s1 + 0.25 * -1) / (n + 0.25);
            double second = 0.5 * 1.25 + 0.5 * (s2 + 0.25 * 1.25) / (n + 0.25);
            assertEquals(mean, engine.circuit().parameters().get(0), 1e-6);
            assertEquals(
                    Math.sqrt(second - mean * mean), engine.circuit().parameters().get(2), 1e-6);
        }
    }

    @Test
    void a_gaussian_on_one_value_stops_at_its_minimum_deviation() {
        Circuit circuit = mixture(new Gaussian(0.25));
        try (Engine engine = engine(circuit)) {
            engine.accumulate(rows(circuit, new double[] {2}, new double[] {2}));
            engine.update(1, 0);
            assertEquals(2, engine.circuit().parameters().get(1), 1e-6);
            assertEquals(0.25, engine.circuit().parameters().get(3), 1e-6);
        }
    }

    @Test
    void nodes_that_nothing_flows_to_keep_their_parameters() {
        Circuit circuit = pair(1, 0, 1, 0);
        try (Engine engine = engine(circuit)) {
            engine.accumulate(rows(circuit, new double[] {1, 1}));
            engine.update(1, 0);
            assertEquals(
                    -1, segmentWithoutSum(circuit).mismatch(segmentWithoutSum(engine.circuit())));
            engine.update(1, 0);
            assertArrayEquals(new double[2], engine.flows(3));
        }
    }

    private static MemorySegment segmentWithoutSum(Circuit circuit) {
        return circuit.parameters().segment().asSlice(0, 32 * Float.BYTES);
    }

    @Test
    void missing_cells_add_nothing_to_the_statistics_of_their_inputs() {
        Circuit circuit = random(3);
        try (Engine engine = engine(circuit)) {
            engine.accumulate(rows(circuit, new double[] {NONE, 1, NONE}));
            assertArrayEquals(new double[12], engine.flows(0));
            assertArrayEquals(new double[12], engine.flows(2));
            assertEquals(1, Arrays.stream(engine.flows(1)).sum(), 1e-9);
        }
    }

    @Test
    void a_hard_zero_stays_zero_whatever_the_pseudocount() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 2, 2);
        SumVector root = b.sum(List.of(x), 1, 1);
        Circuit circuit =
                b.build(
                        root,
                        values(
                                Map.of(
                                        x, new float[] {0.5f, 1, 0.5f, 0},
                                        root, new float[] {1, 0})));
        try (Engine engine = engine(circuit)) {
            engine.accumulate(rows(circuit, new double[] {1}));
            engine.update(1, 10);
            Circuit updated = engine.circuit();
            long offset = updated.layout().offset(1);
            assertEquals(1, updated.parameters().get(offset), 1e-6);
            assertEquals(0, updated.parameters().get(offset + 1));
            // An input has no hard zeros: each category gets a share of the pseudocount.
            assertEquals(0.5, updated.parameters().get(1), 1e-6);
        }
    }

    @Test
    void loading_parameters_clears_the_statistics() {
        Circuit circuit = random(3);
        try (Engine engine = engine(circuit)) {
            Dataset data = engine.sample(10, 1);
            engine.accumulate(data);
            engine.load(random(4).parameters());
            assertArrayEquals(new double[4], engine.flows(6));
            try (Engine other = engine(random(4))) {
                assertArrayEquals(
                        other.logLikelihood(data).values(), engine.logLikelihood(data).values());
                assertEquals(other.accumulate(data), engine.accumulate(data));
                assertArrayEquals(other.flows(6), engine.flows(6));
            }
            engine.discardStatistics();
            assertArrayEquals(new double[4], engine.flows(6));
        }
    }

    @Test
    void data_that_the_circuit_cannot_represent_is_refused_before_anything_changes() {
        Circuit circuit = pair(0.5f, 0.5f, 0.5f, 0.5f);
        Dataset wide =
                Dataset.builder(Schema.categorical(2, 5))
                        .add(new double[] {0, 1})
                        .add(new double[] {1, 4})
                        .build();
        try (Engine engine = engine(circuit)) {
            String message =
                    String.valueOf(
                            assertThrows(
                                            InvalidArgumentException.class,
                                            () -> engine.accumulate(wide))
                                    .getMessage());
            assertTrue(message.contains("row 1, column 1 ('x1')"), message);
            assertArrayEquals(new double[2], engine.flows(3));
            assertThrows(
                    InvalidArgumentException.class,
                    () -> engine.accumulate(wide.slice(0, 1), new int[] {1}));
            assertThrows(InvalidArgumentException.class, () -> engine.flows(2));
            assertThrows(InvalidArgumentException.class, () -> engine.flows(4));
            assertThrows(InvalidArgumentException.class, () -> engine.update(0, 0.1));
            assertThrows(InvalidArgumentException.class, () -> engine.update(1, NONE));
        }
    }

    @Test
    void filled_rows_keep_the_columns_of_the_evidence_where_they_hold_every_value() {
        Circuit circuit = random(3);
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("narrow", List.of("a", "b")),
                                Column.categorical("labelled", List.of("no", "yes")),
                                Column.continuous("z")));
        Dataset evidence = Dataset.builder(schema).add(new double[] {NONE, NONE, 0}).build();
        try (Engine engine = engine(circuit)) {
            Schema filled = engine.sample(evidence, 50, 1).schema();
            assertEquals(Column.categorical("narrow", 3), filled.column(0));
            assertEquals(schema.column(1), filled.column(1));
            assertEquals(schema.column(2), filled.column(2));
        }
    }

    @Test
    void a_closed_engine_says_so() {
        Engine engine = engine(random(3));
        engine.close();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.sample(1, 1));
        assertThrows(IllegalStateException.class, engine::circuit);
    }
}
