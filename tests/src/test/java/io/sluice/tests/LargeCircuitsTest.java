package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Bernoulli;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Circuits in which the number of blocks times the size of the largest one is beyond 2^31. */
class LargeCircuitsTest {

    /**
     * Engines, nodes of the one large block, numbers of small blocks, and threads. The emulation
     * would take minutes for the numbers that overflow 32 bits.
     */
    static Stream<Arguments> shapes() {
        return Engines.kernels()
                .flatMap(
                        kind ->
                                kind.isEmulated()
                                        ? Stream.of(Arguments.of(kind, 16_384, 4_000, 2))
                                        : Stream.of(
                                                        Arguments.of(kind, 262_144, 256_000, 4),
                                                        Arguments.of(kind, 262_144, 270_000, 1),
                                                        Arguments.of(kind, 1_000_000, 80_000, 2))
                                                .limit(kind.size(1, 3)));
    }

    /** Parts of a circuit, built into several circuits with the same parameters. */
    private static final class Parts {
        private final CircuitBuilder builder = Circuit.builder();
        private final GivenParameters parameters = new GivenParameters();

        /** A mixture of the nodes of one block. */
        SumVector wide(int variable, int nodes) {
            InputVector input = builder.input(variable, new Bernoulli(), nodes, nodes);
            parameters.give(input, probabilities(nodes));
            return mixture(input, nodes);
        }

        /** A mixture of many sums, each over two nodes of its own. */
        SumVector narrow(int variable, int sums) {
            InputVector inputs = builder.input(variable, new Bernoulli(), 2 * sums, 2);
            parameters.give(inputs, probabilities(2 * sums));
            int[] own = IntStream.range(0, sums).toArray();
            SumVector vector = builder.sum(List.of(inputs), sums, 1, own, own);
            double[] weights = new double[2 * sums];
            Arrays.setAll(weights, i -> i % 2 == 0 ? 0.25 : 0.75);
            parameters.give(vector, weights);
            return mixture(vector, sums);
        }

        private SumVector mixture(NodeVector of, int nodes) {
            double[] weights = new double[nodes];
            Arrays.fill(weights, 1.0 / nodes);
            return parameters.give(builder.sum(List.of(of), 1, 1), weights);
        }

        private static double[] probabilities(int nodes) {
            SplittableRandom random = new SplittableRandom(nodes);
            double[] table = new double[2 * nodes];
            for (int n = 0; n < nodes; n++) {
                table[n] = random.nextDouble(0.1, 0.9);
                table[nodes + n] = 1 - table[n];
            }
            return table;
        }

        Circuit build(NodeVector root) {
            return builder.build(root, parameters);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void the_factors_of_a_product_learn_what_they_learn_alone(
            EngineKind kind, int large, int small, int threads) {
        Parts both = new Parts();
        SumVector wide = both.wide(0, large);
        SumVector narrow = both.narrow(1, small);
        Circuit product = both.build(both.builder.product(List.of(wide, narrow)));
        Parts first = new Parts();
        Circuit wideAlone = first.build(first.wide(0, large));
        Parts second = new Parts();
        Circuit narrowAlone = second.build(second.narrow(0, small));
        Dataset rows = Rows.of(product, new double[] {1, 0}, new double[] {1, 1});
        try (Engine found = kind.compile(product, kind.threadsUpTo(threads));
                Engine expectedWide = kind.compile(wideAlone);
                Engine expectedNarrow = kind.compile(narrowAlone)) {
            double wideTotal = expectedWide.accumulate(column(wideAlone, 1, 1));
            double narrowTotal = expectedNarrow.accumulate(column(narrowAlone, 0, 1));
            assertNear(wideTotal + narrowTotal, found.accumulate(rows), 1e-6, "log-likelihood");
            for (Engine engine : List.of(found, expectedWide, expectedNarrow)) {
                engine.update(1, 0.1);
            }
            assertSame(expectedWide, found, product, 0);
            assertSame(expectedNarrow, found, product, wideAlone.vectors().size());
        }
    }

    private static Dataset column(Circuit circuit, double... values) {
        return Rows.of(
                circuit,
                Arrays.stream(values).mapToObj(v -> new double[] {v}).toArray(double[][]::new));
    }

    /** In the whole circuit, the vectors of a part have ids from `from` on. */
    private static void assertSame(Engine part, Engine whole, Circuit product, int from) {
        Circuit learned = part.circuit();
        for (NodeVector vector : learned.vectors()) {
            NodeVector same = product.vectors().get(from + vector.id());
            assertNear(part.flows(vector.id()), whole.flows(same.id()), 1e-5, "flows");
            assertNear(
                    Near.parameters(learned, vector),
                    Near.parameters(whole.circuit(), same),
                    1e-5,
                    "parameters of " + same);
        }
    }
}
