package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.TrainingHistory;
import io.sluice.reference.MaximalFlows;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Viterbi EM: most probable sub-circuits and the steps from their counts, on every engine. */
class ViterbiTest {
    private static final int ROWS = 30;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 20);
    }

    private static int[] all(Dataset rows) {
        return IntStream.range(0, (int) rows.rows()).toArray();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sub_circuits_of_complete_rows_attain_their_max_product_values(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed, new RandomParameters(seed, 0.2, 0, 1));
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0, seed));
            double expected = 0;
            for (double value : engine.maxProduct(rows).logValues()) {
                expected += value;
            }
            MaximalFlows found = engine.maximalFlows(rows, all(rows));
            assertNear(expected, found.total(), kind.logTolerance(), "max-product values");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_engine_counts_the_same_and_takes_the_same_step(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        Dataset rows = Rows.random(circuit, ROWS, 0.2, seed);
        ExpectationMaximization em =
                ExpectationMaximization.miniBatch().viterbi().epochs(2).batchSize(7);
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit, 3)) {
            MaximalFlows one = expected.maximalFlows(rows, all(rows));
            MaximalFlows other = found.maximalFlows(rows, all(rows));
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    assertArrayEquals(one.flows(vector.id()), other.flows(vector.id()));
                }
            }
            em.fit(expected, rows);
            em.fit(found, rows);
            Near.assertSameParameters(expected, found, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void edges_that_are_none_are_never_counted_and_the_root_once_a_row(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed, new RandomParameters(seed, 0.4, 0, 1));
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.2, seed));
            MaximalFlows flows = engine.maximalFlows(rows, all(rows));
            for (NodeVector vector : circuit.vectors()) {
                if (vector instanceof SumVector sum) {
                    double[] theta = Near.parameters(circuit, sum);
                    double[] counts = flows.flows(sum.id());
                    double total = 0;
                    for (int i = 0; i < counts.length; i++) {
                        total += counts[i];
                        assertTrue(theta[i] > 0 || counts[i] == 0);
                    }
                    if (sum == circuit.root()) {
                        assertEquals((double) rows.rows(), total);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void steps_of_size_one_never_lower_the_maximal_likelihood(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed, new RandomParameters(seed, 0.2, 0, 1));
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = PossibleRows.of(engine, Rows.random(circuit, ROWS, 0.1, seed));
            ExpectationMaximization em =
                    ExpectationMaximization.fullBatch().viterbi().pseudocount(0).epochs(5);
            double before = Double.NEGATIVE_INFINITY;
            for (TrainingHistory.Epoch epoch : em.fit(engine, rows).epochs()) {
                double after = epoch.trainLogLikelihood();
                double lowest = before - 1e-5 * Math.max(1, Math.abs(before));
                assertTrue(after >= lowest, () -> after + " after a step, at least " + lowest);
                before = after;
            }
        }
    }
}
