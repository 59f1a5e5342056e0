package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Draws have the distribution that the other queries report. */
class SamplingTest {
    private static final int DRAWS = Sweep.size(1000, 4000);
    private static final int BOUND_IN_DEVIATIONS = 6;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void samples_have_the_marginals_of_the_circuit(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Conditionals marginals = engine.conditionals(Rows.nothingObserved(circuit));
            Dataset drawn = engine.sample(Rows.nothingObserved(circuit), DRAWS, seed);
            assertEquals(DRAWS, drawn.rows());
            for (int cell = 0; cell < marginals.cells(); cell++) {
                assertDistributed(marginals, cell, drawn);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void samples_have_the_joint_distribution_of_the_circuit(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.discrete(seed);
        Dataset all = Rows.everyAssignment(circuit);
        try (Engine engine = kind.compile(circuit)) {
            double[] logs = engine.logLikelihood(all).values();
            int[] counts = new int[logs.length];
            Dataset drawn = engine.sample(Rows.nothingObserved(circuit), DRAWS, seed);
            for (int r = 0; r < DRAWS; r++) {
                int number = 0;
                for (int v = 0; v < circuit.variables(); v++) {
                    int categories = circuit.family(v).categories();
                    number = number * categories + (int) drawn.value(r, v);
                }
                counts[number]++;
            }
            double[] probabilities = new double[logs.length];
            for (int i = 0; i < logs.length; i++) {
                probabilities[i] = Math.exp(logs[i]);
            }
            assertFrequencies(probabilities, counts, "assignment");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void conditional_samples_follow_the_conditionals_and_keep_the_evidence(
            EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset evidence = PossibleRows.of(engine, Rows.random(circuit, 3, 0.6, seed));
            Conditionals expected = engine.conditionals(evidence);
            Dataset drawn = engine.sample(evidence, DRAWS, seed);
            assertEquals(evidence.rows() * DRAWS, drawn.rows());
            for (int r = 0; r < evidence.rows(); r++) {
                for (int v = 0; v < circuit.variables(); v++) {
                    if (!evidence.isMissing(r, v)) {
                        for (long draw = 0; draw < DRAWS; draw++) {
                            assertEquals(
                                    evidence.value(r, v), drawn.value((long) r * DRAWS + draw, v));
                        }
                    }
                }
            }
            for (int cell = 0; cell < expected.cells(); cell++) {
                long first = (long) expected.row(cell) * DRAWS;
                assertDistributed(expected, cell, drawn.slice(first, first + DRAWS));
            }
        }
    }

    private static void assertDistributed(Conditionals expected, int cell, Dataset drawn) {
        int variable = expected.variable(cell);
        String what = "variable " + variable;
        if (expected.finite(cell)) {
            double[] probabilities = expected.probabilities(cell);
            int[] counts = new int[probabilities.length];
            for (long r = 0; r < drawn.rows(); r++) {
                counts[(int) drawn.value(r, variable)]++;
            }
            assertFrequencies(probabilities, counts, what);
            return;
        }
        double sum = 0;
        double squares = 0;
        double fourths = 0;
        double mean = expected.mean(cell);
        for (long r = 0; r < drawn.rows(); r++) {
            double d = drawn.value(r, variable) - mean;
            sum += d;
            squares += d * d;
            fourths += d * d * d * d;
        }
        double n = drawn.rows();
        double deviation = expected.standardDeviation(cell);
        double variance = deviation * deviation;
        assertEquals(0, sum / n, BOUND_IN_DEVIATIONS * deviation / Math.sqrt(n), what);
        double ofVariance = Math.sqrt(Math.max(0, fourths / n - variance * variance) / n);
        assertEquals(variance, squares / n, BOUND_IN_DEVIATIONS * ofVariance, what);
    }

    /**
     * Compares Pearson's statistic with a bound that it rarely exceeds (its mean is k - 1, its
     * variance near 2 (k - 1)). Outcomes of probability zero must not be drawn.
     */
    private static void assertFrequencies(double[] probabilities, int[] counts, String what) {
        double statistic = 0;
        int possible = 0;
        double rare = 0;
        for (int k = 0; k < counts.length; k++) {
            double expected = DRAWS * probabilities[k];
            if (probabilities[k] == 0) {
                assertEquals(0, counts[k], what + " takes the impossible value " + k);
            } else if (expected < 5) {
                rare += expected - counts[k]; // too rare for the statistic on its own
            } else {
                statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
                possible++;
            }
        }
        double degrees = Math.max(1, possible - 1);
        double bound = degrees + BOUND_IN_DEVIATIONS * Math.sqrt(2 * degrees) + 15;
        double found = statistic;
        assertTrue(found < bound, () -> what + ": chi-square " + found + ", bound " + bound);
        assertEquals(0, rare, BOUND_IN_DEVIATIONS * Math.sqrt(5.0 * counts.length), what);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void drawing_from_the_joint_is_drawing_given_nothing(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine engine = kind.compile(circuit)) {
            Dataset few = engine.sample(10, seed);
            Dataset many = engine.sample(Rows.nothingObserved(circuit), 200, seed);
            for (long r = 0; r < few.rows(); r++) {
                for (int v = 0; v < circuit.variables(); v++) {
                    assertEquals(many.value(r, v), few.value(r, v));
                }
            }
        }
    }
}
