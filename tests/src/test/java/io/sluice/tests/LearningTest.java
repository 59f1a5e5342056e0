package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.GradientAscent;
import io.sluice.runtime.Engine;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Effects of expectation-maximisation steps on likelihood and parameters. */
class LearningTest {

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    static Stream<EngineKind> kernels() {
        return Engines.kernels();
    }

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 20);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_full_batch_step_of_size_one_never_lowers_the_likelihood(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed, new RandomParameters(seed, 0.2, 0, 1));
        Dataset rows = Rows.random(circuit, 40, 0.1, seed);
        try (Engine engine = kind.compile(circuit)) {
            double before = engine.accumulate(rows);
            for (int step = 0; step < 5; step++) {
                engine.update(1, 0);
                double after = engine.accumulate(rows);
                double rounding = 1e-5 * Math.max(1, Math.abs(before));
                double lowest = before - rounding;
                assertTrue(after >= lowest, () -> after + " after step, at least " + lowest);
                before = after;
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_flows_of_a_sum_count_what_enters_it(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, 40, 0.2, seed));
            engine.accumulate(rows);
            if (circuit.root() instanceof SumVector root) {
                double entered = 0;
                for (double flow : engine.flows(root.id())) {
                    assertTrue(flow >= 0);
                    entered += flow;
                }
                double expected = (double) rows.rows();
                assertNear(expected, entered, kind.flowTolerance(), "flow of the root");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void nodes_that_nothing_reads_have_no_flow_and_keep_their_parameters(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(3), 8, 4);
        InputVector y = b.input(1, new Categorical(3), 8, 4);
        SumVector read = b.sum(List.of(b.product(List.of(x, y))), 9, 3);
        SumVector root = b.sum(List.of(read), 1, 1, new int[] {0, 0}, new int[] {0, 2});
        Circuit circuit = b.build(root, new RandomParameters(5));
        int unread = 3 * 8; // parameters of a block of three nodes over eight
        try (Engine engine = kind.compile(circuit)) {
            engine.accumulate(Rows.everyAssignment(circuit));
            double[] flows = engine.flows(read.id());
            engine.update(1, 0);
            double[] before = Near.parameters(circuit, read);
            double[] after = Near.parameters(engine.circuit(), read);
            for (int i = unread; i < 2 * unread; i++) {
                assertEquals(0, flows[i]);
                assertEquals(before[i], after[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void an_enormous_pseudocount_makes_distributions_uniform(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(4), 5, 5);
        Circuit circuit = b.build(b.sum(List.of(x), 1, 1), new RandomParameters(6, 0, 0, 1));
        try (Engine engine = kind.compile(circuit)) {
            engine.accumulate(Rows.everyAssignment(circuit));
            engine.update(1, 1e300);
            for (double probability : Near.parameters(engine.circuit(), x)) {
                assertEquals(0.25, probability, 1e-6);
            }
            for (double weight : Near.parameters(engine.circuit(), circuit.root())) {
                assertEquals(0.2, weight, 1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void tied_vectors_pool_their_statistics(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 1, 1);
        InputVector y = b.tiedInput(1, x);
        Circuit circuit =
                b.build(b.product(List.of(x, y)), new GivenParameters().with(x, 0.5, 0.5));
        Dataset rows = Rows.of(circuit, new double[] {1, 0}, new double[] {1, 1});
        try (Engine engine = kind.compile(circuit)) {
            engine.accumulate(rows);
            assertArrayEquals(new double[] {1, 3}, engine.flows(x.id()));
            assertArrayEquals(new double[] {1, 3}, engine.flows(y.id()));
            engine.update(1, 0);
            assertArrayEquals(new double[] {0.25, 0.75}, Near.parameters(engine.circuit(), y));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void bells_far_from_zero_learn_as_well_as_near_it(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Gaussian(), 2, 2);
        SumVector root = b.sum(List.of(x), 1, 1);
        GivenParameters parameters = new GivenParameters();
        parameters.give(x, 2020, 2024, 1, 2);
        parameters.give(root, 0.5, 0.5);
        Circuit circuit = b.build(root, parameters);
        SplittableRandom random = new SplittableRandom(1);
        DatasetBuilder rows = Dataset.builder(Rows.schema(circuit));
        for (int i = 0; i < 500; i++) {
            rows.add(new double[] {2021 + 0.25 * random.nextGaussian()});
        }
        Dataset years = rows.build();
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            for (int step = 0; step < 4; step++) {
                expected.accumulate(years);
                found.accumulate(years);
                Near.assertSameFlows(expected, found, kind.flowTolerance());
                expected.update(1, 0.1);
                found.update(1, 0.1);
                for (int i = 0; i < 4; i++) {
                    assertEquals(
                            Near.parameters(expected.circuit(), x)[i],
                            Near.parameters(found.circuit(), x)[i],
                            1e-3,
                            "parameter " + i + " after step " + step);
                }
            }
        }
    }

    static Stream<Arguments> leaves() {
        return Engines.withCases(Engines.usable(), LeafExample.all().toList());
    }

    private static Circuit mixtureOf(LeafExample example) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, example.family(), 3, 3);
        SumVector root = b.sum(List.of(x), 1, 1);
        return b.build(
                root, new GivenParameters().with(x, example.table()).with(root, 0.5, 0.25, 0.25));
    }

    private static Dataset rowsOf(LeafExample example, Engine engine, Circuit circuit) {
        DatasetBuilder rows = Dataset.builder(Rows.schema(circuit));
        double[] values = example.values();
        for (int i = 0; i < values.length; i++) {
            for (int copy = 0; copy <= i % 4; copy++) { // skewed, which gives much to learn
                rows.add(new double[] {values[i]});
            }
        }
        rows.add(new double[] {Double.NaN});
        return PossibleRows.of(engine, rows.build());
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void gradient_ascent_raises_the_likelihood_of_every_leaf(EngineKind kind, LeafExample example) {
        Circuit circuit = mixtureOf(example);
        for (GradientAscent ascent : List.of(GradientAscent.sgd(), GradientAscent.adam())) {
            try (Engine engine = kind.compile(circuit)) {
                Dataset rows = rowsOf(example, engine, circuit);
                double before = engine.logLikelihood(rows).mean();
                ascent.momentum(0).epochs(30).stepSize(0.002).fit(engine, rows);
                double after = engine.logLikelihood(rows).mean();
                assertTrue(after > before + 1e-3, () -> before + " to " + after);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void anemone_of_size_one_takes_the_step_of_em_on_every_leaf(
            EngineKind kind, LeafExample example) {
        Circuit circuit = mixtureOf(example);
        try (Engine em = kind.compile(circuit);
                Engine anemone = kind.compile(circuit)) {
            Dataset rows = rowsOf(example, em, circuit);
            em.accumulate(rows);
            em.update(1, 0.5);
            ExpectationMaximization.anemone()
                    .momentum(0)
                    .stepSize(1)
                    .pseudocount(0.5)
                    .epochs(1)
                    .fit(anemone, rows);
            Near.assertSameParameters(em, anemone, kind.parameterTolerance());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void discarded_statistics_leave_no_trace(EngineKind kind) {
        Circuit circuit = RandomCircuit.mixed(3);
        Dataset rows = Rows.random(circuit, 30, 0, 1);
        Dataset others = Rows.random(circuit, 30, 0, 2);
        try (Engine once = kind.compile(circuit);
                Engine twice = kind.compile(circuit)) {
            once.accumulate(rows);
            twice.accumulate(others);
            twice.discardStatistics();
            twice.accumulate(rows);
            Near.assertSameFlows(once, twice, Near.EXACTLY);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void loading_parameters_replaces_them_and_clears_the_statistics(EngineKind kind) {
        Circuit circuit = RandomCircuit.mixed(4);
        Dataset rows = Rows.random(circuit, 30, 0.1, 1);
        try (Engine engine = kind.compile(circuit);
                Engine fresh = kind.compile(circuit)) {
            engine.accumulate(rows);
            engine.update(0.5, 1);
            engine.accumulate(rows);
            engine.load(circuit.parameters());
            Near.assertSameParameters(fresh, engine, 0);
            Near.assertSameFlows(fresh, engine, Near.EXACTLY);
            assertArrayEquals(
                    fresh.logLikelihood(rows).values(), engine.logLikelihood(rows).values());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_row_given_twice_counts_twice(EngineKind kind) {
        Circuit circuit = RandomCircuit.discrete(8);
        Dataset rows = Rows.random(circuit, 5, 0.2, 1);
        try (Engine engine = kind.compile(circuit)) {
            double total = engine.accumulate(rows, new int[] {3, 3});
            double alone = engine.logLikelihood(rows).values()[3];
            assertNear(2 * alone, total, kind.logTolerance(), "total log-likelihood");
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector) {
                    double[] flows = engine.flows(vector.id());
                    try (Engine single = kind.compile(circuit)) {
                        single.accumulate(rows, new int[] {3});
                        double[] half = single.flows(vector.id());
                        for (int i = 0; i < flows.length; i++) {
                            assertNear(2 * half[i], flows[i], kind.flowTolerance(), "edge " + i);
                        }
                    }
                }
            }
        }
    }
}
