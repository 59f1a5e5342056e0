package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** The max-product pass and the assignment that it decodes. */
class MaxProductTest {
    private static final int ROWS = 25;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 25);
    }

    /** Hard zeros in a fifth of the sums' weights. */
    private static Circuit mixed(long seed) {
        return RandomCircuit.mixed(seed, new RandomParameters(seed, 0.2, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_assignment_achieves_its_value(EngineKind kind, long seed) {
        Circuit circuit = mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.7, seed));
            MaxProduct found = engine.maxProduct(rows);
            MaxProduct again = engine.maxProduct(found.assignment());
            assertNear(found.logValues(), again.logValues(), 1e-9, "value of the assignment");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_value_is_at_most_the_log_likelihood_of_the_assignment(EngineKind kind, long seed) {
        Circuit circuit = mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.7, seed));
            MaxProduct found = engine.maxProduct(rows);
            double[] logs = engine.logLikelihood(found.assignment()).values();
            for (int r = 0; r < logs.length; r++) {
                double rounding = kind.logTolerance() * Math.max(1, Math.abs(logs[r]));
                assertTrue(found.logValues()[r] <= logs[r] + rounding);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_completion_of_a_deterministic_circuit_is_more_probable(EngineKind kind, long seed) {
        Circuit circuit = DeterministicCircuit.random(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset all = Rows.everyAssignment(circuit);
            double[] logs = engine.logLikelihood(all).values();
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.7, seed));
            MaxProduct found = engine.maxProduct(rows);
            double[] achieved = engine.logLikelihood(found.assignment()).values();
            for (int r = 0; r < rows.rows(); r++) {
                double largest = Double.NEGATIVE_INFINITY;
                for (int a = 0; a < logs.length; a++) {
                    boolean completes = Rows.agree(rows, r, all, a);
                    largest = completes ? Math.max(largest, logs[a]) : largest;
                }
                assertNear(largest, achieved[r], kind.logTolerance(), "completion");
                assertNear(largest, found.logValues()[r], kind.logTolerance(), "value");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_missing_cell_counts_with_the_probability_of_its_mode(EngineKind kind) {
        CircuitBuilder builder = Circuit.builder();
        GivenParameters parameters = new GivenParameters();
        InputVector first = parameters.give(builder.input(0, new Categorical(2), 2, 2), 1, 0, 0, 1);
        InputVector second =
                parameters.give(builder.input(1, new Categorical(2), 2, 2), 0.5, 0.95, 0.5, 0.05);
        SumVector root = builder.sum(List.of(builder.product(List.of(first, second))), 1, 1);
        Circuit circuit = builder.build(parameters.give(root, 0.53, 0.47), parameters);
        try (Engine engine = kind.compile(circuit)) {
            MaxProduct found = engine.maxProduct(Rows.nothingObserved(circuit));
            assertArrayEquals(new double[] {1, 0}, Rows.row(found.assignment(), 0));
            assertEquals(0.4465, Math.exp(found.logValues()[0]), 1e-7);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_completion_of_the_row_has_a_larger_value(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        Dataset all = Rows.everyAssignment(circuit);
        try (Engine engine = kind.compile(circuit)) {
            double[] values = engine.maxProduct(all).logValues();
            double largest = Double.NEGATIVE_INFINITY;
            for (double value : values) {
                largest = Math.max(largest, value);
            }
            MaxProduct found = engine.maxProduct(Rows.nothingObserved(circuit));
            assertNear(largest, found.logValues()[0], 1e-12, "largest value");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_assignment_keeps_what_was_observed(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Dataset rows = Rows.random(circuit, ROWS, 0.5, seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset assignment = engine.maxProduct(rows).assignment();
            for (long r = 0; r < rows.rows(); r++) {
                for (int v = 0; v < circuit.variables(); v++) {
                    double cell = rows.value(r, v);
                    double decoded = assignment.value(r, v);
                    assertTrue(Double.isNaN(cell) ? !Double.isNaN(decoded) : cell == decoded);
                }
            }
        }
    }

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_deterministic_circuit_gives_the_most_probable_explanation(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(3, 8);
        double[] row = {0, Rows.MISSING, 0, 0, 0, Rows.MISSING, 0, Rows.MISSING};
        try (Engine engine = kind.compile(circuit)) {
            Dataset assignment = engine.maxProduct(Rows.of(circuit, row)).assignment();
            for (int v : new int[] {1, 5, 7}) {
                assertEquals(1, assignment.value(0, v));
            }
        }
    }
}
