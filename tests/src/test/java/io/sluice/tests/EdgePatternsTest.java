package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Circuits with any edge pattern are distributions, and every engine agrees on them. */
class EdgePatternsTest {
    private static final int NODES = 24;

    static Stream<Arguments> patterns() {
        SplittableRandom random = new SplittableRandom(3);
        boolean[][] mask = new boolean[NODES][NODES];
        for (int i = 0; i < NODES; i++) {
            for (int j = 0; j < NODES; j++) {
                mask[i][j] = i == j || random.nextInt(5) == 0;
            }
        }
        List<EdgePattern> patterns =
                List.of(
                        EdgePattern.dense(),
                        EdgePattern.blockDiagonal(),
                        EdgePattern.randomBlocks(2, 5),
                        EdgePattern.monarch(),
                        EdgePattern.mask(mask));
        List<Circuit> circuits =
                patterns.stream()
                        .flatMap(pattern -> Stream.of(1, 4, 12).map(size -> circuit(pattern, size)))
                        .toList();
        return Engines.withCases(Engines.usable(), circuits);
    }

    private static Circuit circuit(EdgePattern pattern, int blockSize) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(3), NODES, blockSize);
        InputVector y = b.input(1, new Bernoulli(), NODES, blockSize);
        SumVector first = b.sum(List.of(b.product(x, y)), NODES, blockSize, pattern);
        NodeVector second = b.duplicate(first, v -> v + 2);
        NodeVector third = b.tiedDuplicate(first, v -> v + 4);
        NodeVector root = b.sum(1, b.product(first, second, third));
        return b.build(root, ParameterInitializer.random(blockSize));
    }

    @ParameterizedTest
    @MethodSource("patterns")
    void a_sum_of_any_pattern_is_a_distribution_that_learns(EngineKind kind, Circuit circuit) {
        Dataset all = Rows.everyAssignment(circuit);
        try (Engine engine = kind.compile(circuit);
                Engine reference = Engines.reference(circuit)) {
            double[] logs = engine.logLikelihood(all).values();
            assertEquals(1, Arrays.stream(logs).map(Math::exp).sum(), kind.probabilityTolerance());
            assertNear(reference.logLikelihood(all).values(), logs, kind.logTolerance(), "logs");
            engine.accumulate(all);
            reference.accumulate(all);
            Near.assertSameFlows(reference, engine, kind.flowTolerance());
            engine.update(0.5, 0.1);
            reference.update(0.5, 0.1);
            Near.assertSameParameters(reference, engine, kind.parameterTolerance());
        }
    }
}
