package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Updates leave distributions, whatever the statistics, step sizes and pseudocounts are. */
class NormalisationTest {

    private static final double ROUNDING = 2e-6;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 30);
    }

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    private static double[] sums(Circuit circuit, NodeVector vector) {
        double[] values = Near.parameters(circuit, vector);
        double[] sums = new double[vector.nodes()];
        if (vector instanceof SumVector sum) {
            int index = 0;
            for (int e = 0; e < sum.tiles(); e++) {
                for (int row = 0; row < sum.blockSize(); row++) {
                    for (int column = 0; column < sum.childBlockSize(e); column++) {
                        sums[sum.parentBlock(e) * sum.blockSize() + row] += values[index++];
                    }
                }
            }
        } else {
            for (int i = 0; i < values.length; i++) {
                sums[i % sums.length] += values[i];
            }
        }
        return sums;
    }

    private static void assertNormalised(Circuit circuit, String when) {
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof ProductVector) {
                continue;
            }
            for (double value : Near.parameters(circuit, vector)) {
                assertTrue(
                        value == 0 || value >= Parameters.SMALLEST_WEIGHT,
                        () -> value + " in " + vector + when);
            }
            for (double sum : sums(circuit, vector)) {
                assertEquals(1, sum, ROUNDING, () -> "sum of a node of " + vector + when);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void every_update_leaves_distributions(EngineKind kind, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double spread = new double[] {1, 6, 18}[random.nextInt(3)];
        Circuit circuit =
                RandomCircuit.categorical(seed, new RandomParameters(seed, 0.2, 0.1, spread));
        double[] steps = {1, 0.9, 0.3, 1e-3};
        double[] pseudocounts = {0, 1e-300, 1e-39, 1e-20, 0.1, 1e30};
        try (Engine engine = kind.compile(circuit)) {
            for (int i = 0; i < 25; i++) {
                engine.accumulate(
                        Rows.random(circuit, 1 + random.nextInt(5), 0.3, random.nextLong()));
                double step = steps[random.nextInt(steps.length)];
                double pseudocount = pseudocounts[random.nextInt(pseudocounts.length)];
                engine.update(step, pseudocount);
                assertNormalised(
                        engine.circuit(), " after step " + i + " with pseudocount " + pseudocount);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void training_without_a_pseudocount_ends_with_a_model(EngineKind kind) {
        int columns = 6;
        Circuit tree =
                Hclt.builder(
                                ChowLiuTree.ofParents(new int[] {-1, 0, 1, 2, 3, 4}),
                                Collections.nCopies(columns, new Categorical(4)))
                        .latents(32)
                        .build();
        Dataset rows = Rows.random(tree, 1024, 0, 5);
        try (Engine engine = kind.compile(tree)) {
            for (int epoch = 0; epoch < kind.size(5, 15); epoch++) {
                for (int first = 0; first < rows.rows(); first += 64) {
                    engine.accumulate(rows.slice(first, first + 64));
                    engine.update(1, 0);
                }
            }
            assertNormalised(engine.circuit(), " after training");
            assertTrue(Double.isFinite(engine.logLikelihood(rows).mean()));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void rounding_does_not_add_up_over_small_steps(EngineKind kind) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(5), 3, 3);
        Circuit circuit = b.build(b.sum(List.of(x), 1, 1), new RandomParameters(2, 0, 0, 1));
        Dataset rows = Rows.random(circuit, 3, 0, 1);
        for (double step : new double[] {1e-3, 1e-5, 1e-7}) {
            try (Engine engine = kind.compile(circuit)) {
                for (int i = 0; i < kind.size(500, 20_000); i++) {
                    engine.accumulate(rows);
                    engine.update(step, 0.1);
                }
                assertNormalised(engine.circuit(), " after steps of " + step);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void learning_makes_no_hard_zeros(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.categorical(seed, new RandomParameters(seed));
        Dataset rows = Rows.random(circuit, 2, 0, seed);
        try (Engine engine = kind.compile(circuit)) {
            for (int step = 0; step < 4; step++) {
                engine.accumulate(rows);
                engine.update(1, 0);
            }
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    double[] before = Near.parameters(circuit, vector);
                    double[] after = Near.parameters(engine.circuit(), vector);
                    for (int i = 0; i < before.length; i++) {
                        assertEquals(before[i] == 0, after[i] == 0, "zero in " + vector);
                    }
                }
            }
        }
    }
}
