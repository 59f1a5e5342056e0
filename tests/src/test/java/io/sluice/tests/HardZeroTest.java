package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Logical constraints: impossible rows have probability zero exactly, and keep it in learning. */
class HardZeroTest {
    private static final int BITS = Sweep.size(8, 11);
    private static final int ONES = Sweep.size(3, 4);
    private static final int WAYS = Sweep.size(56, 330); // BITS choose ONES

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    private static int ones(Dataset data, long row) {
        return IntStream.range(0, data.variables()).map(v -> (int) data.value(row, v)).sum();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_cardinality_constraint_is_met_exactly(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(ONES, BITS);
        Dataset all = Rows.everyAssignment(circuit);
        try (Engine engine = kind.compile(circuit)) {
            double[] logs = engine.logLikelihood(all).values();
            for (int row = 0; row < logs.length; row++) {
                if (ones(all, row) == ONES) {
                    assertEquals(-Math.log(WAYS), logs[row], 1e-5);
                } else {
                    assertEquals(Double.NEGATIVE_INFINITY, logs[row]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_parity_constraint_is_met_exactly(EngineKind kind) {
        Circuit circuit = LogicCircuit.odd(BITS);
        Dataset all = Rows.everyAssignment(circuit);
        try (Engine engine = kind.compile(circuit)) {
            double[] logs = engine.logLikelihood(all).values();
            for (int row = 0; row < logs.length; row++) {
                if (ones(all, row) % 2 == 1) {
                    assertEquals(-(BITS - 1) * Math.log(2), logs[row], 1e-5);
                } else {
                    assertEquals(Double.NEGATIVE_INFINITY, logs[row]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void rows_of_probability_zero_add_nothing_to_the_statistics(EngineKind kind) {
        Circuit circuit = LogicCircuit.odd(BITS);
        Dataset all = Rows.everyAssignment(circuit);
        int[] even =
                IntStream.range(0, (int) all.rows()).filter(r -> ones(all, r) % 2 == 0).toArray();
        try (Engine engine = kind.compile(circuit)) {
            assertEquals(Double.NEGATIVE_INFINITY, engine.accumulate(all, even));
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector) {
                    for (double flow : engine.flows(vector.id())) {
                        assertEquals(0, flow);
                    }
                }
            }
            engine.update(1, 0);
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector) {
                    assertEquals(
                            0,
                            Near.largestDifference(circuit, engine.circuit(), vector),
                            "an update without statistics changed " + vector);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void edges_of_weight_zero_carry_no_flow_and_get_no_pseudocount(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(ONES, BITS);
        try (Engine engine = kind.compile(circuit)) {
            for (int step = 0; step < 3; step++) {
                engine.accumulate(Rows.everyAssignment(circuit));
                for (NodeVector vector : circuit.vectors()) {
                    if (vector instanceof SumVector) {
                        assertZeroWhereZero(circuit, vector, engine.flows(vector.id()));
                    }
                }
                engine.update(0.9, 0.5);
            }
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector) {
                    assertZeroWhereZero(circuit, vector, Near.parameters(engine.circuit(), vector));
                }
            }
        }
    }

    private static void assertZeroWhereZero(Circuit circuit, NodeVector vector, double[] found) {
        double[] weights = Near.parameters(circuit, vector);
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] == 0) {
                assertEquals(0, found[i], "edge " + i + " of " + vector);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void learning_without_pseudocount_keeps_a_constraint(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(ONES, BITS);
        Dataset all = Rows.everyAssignment(circuit);
        int[] some =
                IntStream.range(0, (int) all.rows())
                        .filter(r -> ones(all, r) == ONES && r % 3 != 0)
                        .toArray();
        try (Engine engine = kind.compile(circuit)) {
            engine.accumulate(all, some);
            engine.update(1, 0);
            double[] logs = engine.logLikelihood(all).values();
            double total = 0;
            for (int row = 0; row < logs.length; row++) {
                assertTrue(ones(all, row) == ONES || logs[row] == Double.NEGATIVE_INFINITY);
                total += Math.exp(logs[row]);
            }
            assertEquals(1, total, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void what_evidence_leaves_of_a_constraint_is_inferred(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(ONES, BITS);
        double[] row = new double[BITS];
        for (int v = 0; v < BITS; v++) {
            row[v] = v < ONES ? 1 : Rows.MISSING; // all ones are used up
        }
        try (Engine engine = kind.compile(circuit)) {
            var found = engine.conditionals(Rows.of(circuit, row));
            MaxProduct decoded = engine.maxProduct(Rows.of(circuit, row));
            Dataset drawn = engine.sample(Rows.of(circuit, row), 20, 1);
            for (int cell = 0; cell < found.cells(); cell++) {
                assertEquals(1, found.probabilities(cell)[0]);
                assertEquals(0, found.probabilities(cell)[1]);
            }
            assertEquals(ONES, ones(decoded.assignment(), 0));
            for (int draw = 0; draw < drawn.rows(); draw++) {
                assertEquals(ONES, ones(drawn, draw));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void every_sample_meets_the_constraint(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(ONES, BITS);
        try (Engine engine = kind.compile(circuit)) {
            Dataset drawn = engine.sample(1000, 7);
            for (int row = 0; row < drawn.rows(); row++) {
                assertEquals(ONES, ones(drawn, row));
            }
        }
    }
}
