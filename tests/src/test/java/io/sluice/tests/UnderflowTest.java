package io.sluice.tests;

import static io.sluice.tests.Agreement.assertAgrees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineProbe;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Probabilities far below the range of a float are as accurate as any others. */
class UnderflowTest {

    static Stream<EngineKind> engines() {
        return Engines.kernels();
    }

    private static double[] filled(int size, double value) {
        double[] array = new double[size];
        Arrays.fill(array, value);
        return array;
    }

    /** A homogeneous hidden Markov model. */
    private static Circuit chain(int steps, int latents, int categories) {
        CircuitBuilder b = Circuit.builder();
        InputVector emission = b.input(0, new Categorical(categories), latents, latents);
        NodeVector future = emission;
        SumVector transition = null;
        for (int v = 1; v < steps; v++) {
            transition =
                    transition == null
                            ? b.sum(List.of(future), latents, latents)
                            : b.tiedSum(transition, List.of(future));
            future = b.product(List.of(transition, b.tiedInput(v, emission)));
        }
        return b.build(b.sum(List.of(future), 1, 1), new RandomParameters(1, 0, 0, 1));
    }

    /** A mixture of few components in which all variables are independent. */
    private static Circuit mixture(int variables, int components, int categories) {
        CircuitBuilder b = Circuit.builder();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < variables; v++) {
            inputs.add(b.input(v, new Categorical(categories), components, components));
        }
        NodeVector root = b.sum(List.of(b.product(inputs)), 1, 1);
        return b.build(root, new RandomParameters(2, 0, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_long_chain_has_the_log_likelihood_of_the_reference(EngineKind kind) {
        assertLongRowsAgree(kind, chain(kind.size(250, 1500), 8, 64));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_product_of_many_factors_has_the_log_likelihood_of_the_reference(EngineKind kind) {
        assertLongRowsAgree(kind, mixture(kind.size(250, 1500), 8, 64));
    }

    private static void assertLongRowsAgree(EngineKind kind, Circuit circuit) {
        Dataset full = Rows.random(circuit, 5, 0, 3);
        try (Engine engine = kind.compile(circuit)) {
            for (double log : engine.logLikelihood(full).values()) {
                assertTrue(log < -3.0 * circuit.variables(), () -> "log-likelihood " + log);
            }
        }
        assertAgrees(kind, circuit, full);
        assertAgrees(kind, circuit, Rows.random(circuit, 5, 0.1, 4));
    }

    /**
     * Two components that expect all ones and all zeros, and a last variable that decides between
     * them for certain. Without it, a row of ones is hundreds of powers of two less probable under
     * one component. In a contradictory row, the last bit leaves just that component.
     */
    private static Circuit contradiction(double weightOfTheOther) {
        int opinions = 40;
        CircuitBuilder b = Circuit.builder();
        GivenParameters parameters = new GivenParameters();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < opinions; v++) {
            InputVector input = b.input(v, new Bernoulli(), 2, 2);
            inputs.add(parameters.give(input, 1e-3, 0.999, 0.999, 1e-3));
        }
        SumVector components = b.sum(List.of(b.product(inputs)), 2, 2);
        parameters.give(
                components,
                1 - weightOfTheOther,
                weightOfTheOther,
                weightOfTheOther,
                1 - weightOfTheOther);
        InputVector judge = b.input(opinions, new Bernoulli(), 2, 2);
        parameters.give(judge, 0, 1, 1, 0);
        SumVector root = b.sum(List.of(b.product(List.of(components, judge))), 1, 1);
        return b.build(parameters.give(root, 0.5, 0.5), parameters);
    }

    private static Dataset contradictoryRows(Circuit circuit) {
        int last = circuit.variables() - 1;
        double[] agreeing = filled(circuit.variables(), 1);
        double[] contradicting = agreeing.clone();
        contradicting[last] = 0;
        double[] open = agreeing.clone();
        open[last] = Rows.MISSING;
        double[] half = contradicting.clone();
        Arrays.fill(half, 0, last / 2, Rows.MISSING);
        return Rows.of(circuit, agreeing, contradicting, open, half, contradicting);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void the_only_path_left_counts_however_improbable_it_was(EngineKind kind) {
        Circuit circuit = contradiction(0);
        Dataset rows = contradictoryRows(circuit);
        assertAgrees(kind, circuit, rows);
        try (Engine engine = kind.compile(circuit)) {
            double expected = Math.log(0.5) + 40 * Math.log(1e-3);
            assertEquals(expected, engine.logLikelihood(rows).values()[1], 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_weight_of_1e_minus_30_keeps_its_edge_alive(EngineKind kind) {
        Circuit circuit = contradiction(1e-30);
        assertAgrees(kind, circuit, contradictoryRows(circuit));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_probability_of_1e_minus_30_is_not_zero(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        GivenParameters parameters = new GivenParameters();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < 4; v++) {
            InputVector input = b.input(v, new Bernoulli(), 3, 3);
            inputs.add(parameters.give(input, 1, 1, 0.5, 1e-30, 1e-30, 0.5));
        }
        SumVector root = b.sum(List.of(b.product(inputs)), 1, 1);
        parameters.give(root, 0.5, 0.5, 1e-30);
        Circuit circuit = b.build(root, parameters);
        assertAgrees(kind, circuit, Rows.everyAssignment(circuit));
    }

    /** A mixture of components far apart in some real variables. */
    private static Circuit bells(int variables) {
        CircuitBuilder b = Circuit.builder();
        GivenParameters parameters = new GivenParameters();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < variables; v++) {
            InputVector input = b.input(v, new Gaussian(), 3, 3);
            inputs.add(parameters.give(input, -5, 0, 5, 0.5, 1, 0.1));
        }
        SumVector mixed = b.sum(List.of(b.product(inputs)), 3, 3);
        parameters.give(mixed, 0.8, 0.1, 0.1, 0, 1, 0, 0.3, 0.3, 0.4);
        InputVector last = b.input(variables, new Gaussian(), 3, 3);
        parameters.give(last, -1, 0, 1, 0.02, 2, 0.02);
        SumVector root = b.sum(List.of(b.product(List.of(mixed, last))), 1, 1);
        return b.build(parameters.give(root, 0.2, 0.3, 0.5), parameters);
    }

    static Stream<Arguments> outliers() {
        return Engines.with(Engines.kernels(), kind -> Sweep.over(List.of(30.0, 4000.0, 300.0)));
    }

    @ParameterizedTest
    @MethodSource("outliers")
    void an_outlier_many_deviations_away_is_explained_as_well_as_can_be(
            EngineKind kind, double distance) {
        Circuit circuit = bells(3);
        assertAgrees(
                kind,
                circuit,
                Rows.of(
                        circuit,
                        new double[] {distance, 0, 0, 0},
                        new double[] {0, distance, -distance, Rows.MISSING},
                        new double[] {0, Rows.MISSING, 0, distance},
                        new double[] {0.5, 0.1, -5, 0}));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_value_beyond_all_measure_has_a_finite_log_likelihood(EngineKind kind) {
        Circuit circuit = bells(1);
        Dataset rows = Rows.of(circuit, new double[] {1e30, 0}, new double[] {0, -1e30});
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            double[] logs = expected.logLikelihood(rows).values();
            assertTrue(Double.isFinite(logs[0]) && logs[0] < -1e50);
            Near.assertNear(logs, found.logLikelihood(rows).values(), 1e-9, "log-likelihood");
        }
    }

    /** A hidden Chow-Liu tree in which most latents have two successors out of 32. */
    private static Circuit fewEdges() {
        int[] parents = new int[48];
        for (int v = 0; v < parents.length; v++) {
            parents[v] = v % 5 == 4 ? v / 2 : v - 1;
        }
        Circuit dense =
                Hclt.builder(
                                ChowLiuTree.ofParents(parents),
                                Collections.nCopies(parents.length, new Categorical(16)))
                        .latents(32)
                        .build();
        return new RandomParameters(3, 0.94, 0, 6).in(dense);
    }

    /**
     * Some nodes are at most 2^-100 of others in their block, because all of their successors are
     * improbable. A float cannot tell that from zero.
     */
    @ParameterizedTest
    @MethodSource("engines")
    void circuits_of_few_edges_need_no_log_space(EngineKind kind) {
        Circuit circuit = fewEdges();
        Dataset rows = Rows.random(circuit, 70, 0.1, 4);
        Agreement.assertLearnsAlike(kind, circuit, rows);
        try (Engine engine = kind.compile(circuit)) {
            int[] all = IntStream.range(0, (int) rows.rows()).toArray();
            assertEquals(0, EngineProbe.of(engine).flaggedRows(rows, all));
        }
    }

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.kernels(), 50);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void weights_and_probabilities_may_differ_by_thirty_orders_of_magnitude(
            EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed, new RandomParameters(seed, 0.3, 0.1, 18));
        assertAgrees(kind, circuit, Rows.random(circuit, 30, 0.2, seed));
    }
}
