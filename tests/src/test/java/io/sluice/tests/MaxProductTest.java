package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** The max-product pass and the assignment that it decodes. */
class MaxProductTest {
    private static final int ROWS = 25;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 25);
    }

    /** Inputs that are certain of their value: an assignment determines every input. */
    private static Circuit certainOfInputs(long seed) {
        return RandomCircuit.categorical(seed, new RandomParameters(seed, 0.2, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_assignment_achieves_its_value(EngineKind kind, long seed) {
        Circuit circuit = certainOfInputs(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.7, seed));
            MaxProduct found = engine.maxProduct(rows);
            MaxProduct again = engine.maxProduct(found.assignment());
            assertNear(found.logValues(), again.logValues(), 1e-12, "value of the assignment");
            double[] logs = engine.logLikelihood(found.assignment()).values();
            for (int r = 0; r < logs.length; r++) {
                assertTrue(logs[r] >= found.logValues()[r] - 1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void no_completion_of_the_row_has_a_larger_value(EngineKind kind, long seed) {
        Circuit circuit = certainOfInputs(seed);
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
