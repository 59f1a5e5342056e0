package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.Stream;

/** The axioms of probability, on circuits of random shape. */
class ProbabilityTest {
    private static final int ROWS = 25;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 25);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_probabilities_of_all_assignments_sum_to_one(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        try (Engine engine = kind.compile(circuit)) {
            double[] logs = engine.logLikelihood(Rows.everyAssignment(circuit)).values();
            assertEquals(1, Arrays.stream(logs).map(Math::exp).sum(), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void marginalising_every_variable_gives_probability_one(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            assertEquals(0, engine.logLikelihood(Rows.nothingObserved(circuit)).values()[0], 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void summing_over_a_variable_equals_marginalising_it(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Dataset rows = Rows.random(circuit, ROWS, 0.3, seed);
        try (Engine engine = kind.compile(circuit)) {
            for (int v = 0; v < circuit.variables(); v++) {
                if (!circuit.family(v).finite()) {
                    continue;
                }
                double[] sums = new double[ROWS];
                for (int k = 0; k < circuit.family(v).categories(); k++) {
                    double[] logs = engine.logLikelihood(Rows.with(circuit, rows, v, k)).values();
                    Arrays.setAll(sums, i -> sums[i] + Math.exp(logs[i]));
                }
                double[] marginal =
                        engine.logLikelihood(Rows.with(circuit, rows, v, Rows.MISSING)).values();
                for (int i = 0; i < ROWS; i++) {
                    // Rounded probabilities of a node sum to one within a few roundings.
                    assertNear(Math.log(sums[i]), marginal[i], 1e-5, "row " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void conditionals_are_ratios_of_likelihoods_and_sum_to_one(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.5, seed));
            double[] evidence = engine.logLikelihood(rows).values();
            Conditionals found = engine.conditionals(rows);
            for (int cell = 0; cell < found.cells(); cell++) {
                if (!found.finite(cell)) {
                    assertTrue(found.standardDeviation(cell) > 0);
                    continue;
                }
                double[] probabilities = found.probabilities(cell);
                assertEquals(1, Arrays.stream(probabilities).sum(), kind.probabilityTolerance());
                double[] row = Rows.row(rows, found.row(cell));
                DatasetBuilder substituted = Dataset.builder(Rows.schema(circuit));
                for (int k = 0; k < probabilities.length; k++) {
                    row[found.variable(cell)] = k;
                    substituted.add(row);
                }
                double[] joint = engine.logLikelihood(substituted.build()).values();
                for (int k = 0; k < probabilities.length; k++) {
                    assertEquals(
                            Math.exp(joint[k] - evidence[found.row(cell)]),
                            probabilities[k],
                            1e-5,
                            "category " + k + " of cell " + cell);
                }
            }
        }
    }
}
