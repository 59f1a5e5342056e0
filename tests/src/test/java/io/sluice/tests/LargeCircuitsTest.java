package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Bernoulli;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Circuits in which the number of blocks times the size of the largest one is beyond 2^31. */
class LargeCircuitsTest {

    /** Engines, nodes of the one large block, numbers of small blocks, and threads. */
    static Stream<Arguments> shapes() {
        return Engines.kernels()
                .flatMap(
                        kind ->
                                Stream.of(
                                        Arguments.of(kind, 262_144, 256_000, 4),
                                        Arguments.of(kind, 262_144, 270_000, 1),
                                        Arguments.of(kind, 1_000_000, 150_000, 2)));
    }

    /** One large input beside many sums of two edges, each over inputs of its own. */
    private static Circuit of(int large, int small) {
        CircuitBuilder b = Circuit.builder();
        SumVector wide = b.sum(List.of(b.input(0, new Bernoulli(), large, large)), 1, 1);
        InputVector inputs = b.input(1, new Bernoulli(), 2 * small, 2);
        int[] own = IntStream.range(0, small).toArray();
        SumVector sums = b.sum(List.of(inputs), small, 1, own, own);
        SumVector mixture = b.sum(List.of(sums), 1, 1);
        SumVector root = b.sum(List.of(b.product(List.of(wide, mixture))), 1, 1);
        return b.build(root, new RandomParameters(7, 0, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void many_small_blocks_beside_a_large_one_learn_like_the_reference(
            EngineKind kind, int large, int small, int threads) {
        Circuit circuit = of(large, small);
        Dataset rows = Rows.of(circuit, new double[] {1, 0}, new double[] {0, Rows.MISSING});
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit, kind.threadsUpTo(threads))) {
            assertNear(expected.accumulate(rows), found.accumulate(rows), 1e-5, "log-likelihood");
            Near.assertSameFlows(expected, found, kind.flowTolerance());
            expected.update(1, 0.1);
            found.update(1, 0.1);
            Near.assertSameParameters(expected, found, kind.parameterTolerance());
            InputVector inputs = (InputVector) circuit.vectors().get(0);
            assertTrue(Near.largestDifference(circuit, found.circuit(), inputs) > 0.01);
        }
    }
}
