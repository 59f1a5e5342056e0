package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.runtime.Engine;
import io.sluice.runtime.Precision;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Statistics are as exact over very many rows as over few. */
class ManyRowsTest {

    static Stream<EngineKind> kernels() {
        return Engines.kernels();
    }

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.kernels(), 3);
    }

    static Stream<EngineKind> fast() {
        return Engines.kernels().filter(kind -> kind.precision() == Precision.FAST);
    }

    /**
     * 18.9 million in the thorough tier, 15 of 16 of them ones: more than a float32 can count one
     * by one.
     */
    @ParameterizedTest
    @MethodSource("fast")
    void a_coin_is_counted_beyond_the_integers_of_float32(EngineKind kind) {
        int throwsAtATime = 3 * kind.size(1 << 11, 1 << 20);
        int times = 6;
        CircuitBuilder b = Circuit.builder();
        InputVector coin = b.input(0, new Bernoulli(), 1, 1);
        Circuit circuit = b.build(coin, new GivenParameters().with(coin, 0.5, 0.5));
        byte[] values = new byte[throwsAtATime];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i % 16 == 0 ? 0 : 1);
        }
        Dataset rows = Dataset.ofBytes(values, 1, Rows.schema(circuit));
        try (Engine engine = kind.compile(circuit)) {
            for (int i = 0; i < times; i++) {
                engine.accumulate(rows);
            }
            double ones = (double) times * throwsAtATime * 15 / 16;
            assertEquals(ones, engine.flows(coin.id())[1], 2);
            engine.update(1, 0);
            assertEquals(15.0 / 16, Near.parameters(engine.circuit(), coin)[1], 1e-6);
        }
    }

    /** Mixtures of small and large parts, whose flows are no round numbers. */
    private static Circuit mixture(long seed) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(7), 12, 12);
        InputVector y = b.input(1, new Gaussian(), 12, 12);
        SumVector inner = b.sum(List.of(b.product(List.of(x, y))), 5, 5);
        InputVector z = b.input(2, new Bernoulli(), 5, 5);
        SumVector root = b.sum(List.of(b.product(List.of(inner, z))), 1, 1);
        return b.build(root, new RandomParameters(seed, 0, 0, 2));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void many_rows_add_up_like_the_reference(EngineKind kind, long seed) {
        Circuit circuit = mixture(seed);
        Dataset rows = Rows.random(circuit, kind.size(5_000, 60_000), 0.1, seed);
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            expected.accumulate(rows);
            found.accumulate(rows);
            Near.assertSameFlows(expected, found, kind.flowTolerance());
            expected.update(0.9, 0.1);
            found.update(0.9, 0.1);
            Near.assertSameParameters(expected, found, kind.parameterTolerance());
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void threads_change_no_bit(EngineKind kind) {
        Circuit circuit = mixture(4);
        Dataset rows = Rows.random(circuit, kind.size(5_000, 20_000), 0.1, 4);
        try (Engine one = kind.compile(circuit, 1);
                Engine three = kind.compile(circuit, kind.threadsUpTo(3))) {
            one.accumulate(rows);
            three.accumulate(rows);
            Near.assertSameFlows(one, three, Near.EXACTLY);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void reading_statistics_loses_none(EngineKind kind) {
        Circuit circuit = mixture(4);
        Dataset rows = Rows.random(circuit, kind.size(5_000, 20_000), 0.1, 4);
        try (Engine expected = kind.compile(circuit);
                Engine found = kind.compile(circuit)) {
            expected.accumulate(rows);
            expected.accumulate(rows);
            found.accumulate(rows);
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    found.flows(vector.id());
                }
            }
            found.accumulate(rows);
            Near.assertSameFlows(expected, found, kind.flowTolerance());
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void totals_are_forgotten_with_the_statistics(EngineKind kind) {
        Circuit circuit = mixture(5);
        Dataset many = Rows.random(circuit, kind.size(2_000, 10_000), 0.1, 5);
        Dataset few = Rows.random(circuit, 100, 0.1, 6);
        try (Engine expected = kind.compile(circuit);
                Engine found = kind.compile(circuit)) {
            expected.accumulate(few);
            found.accumulate(many);
            found.discardStatistics();
            found.accumulate(few);
            Near.assertSameFlows(expected, found, Near.EXACTLY);
            found.accumulate(many);
            found.discardStatistics();
            found.update(1, 0); // no rows, no change
            expected.discardStatistics();
            Near.assertSameParameters(expected, found, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void more_nodes_than_a_grid_has_blocks_are_computed_or_refused(EngineKind kind) {
        int nodes = 1 << 21;
        CircuitBuilder b = Circuit.builder();
        SumVector root = b.sum(List.of(b.input(0, new Bernoulli(), nodes, 1 << 20)), 1, 1);
        Circuit circuit = b.build(root, ParameterInitializer.random(1));
        if (kind.isCuda()) {
            InvalidArgumentException e =
                    assertThrows(InvalidArgumentException.class, () -> kind.compile(circuit));
            assertTrue(String.valueOf(e.getMessage()).contains("2097152 nodes"), e.getMessage());
        } else {
            try (Engine engine = kind.compile(circuit)) {
                Dataset rows = Rows.of(circuit, new double[] {0}, new double[] {1});
                double[] logs = engine.logLikelihood(rows).values();
                assertEquals(1, Math.exp(logs[0]) + Math.exp(logs[1]), 1e-5);
            }
        }
    }

    static Stream<Arguments> blockSizes() {
        return Engines.with(
                Engines.kernels(), kind -> Stream.of(3 << 9, kind.size(1 << 14, 1 << 20)));
    }

    @ParameterizedTest
    @MethodSource("blockSizes")
    void a_sum_of_very_many_children_is_exact_to_float32(EngineKind kind, int blockSize) {
        int nodes = kind.size(1 << 15, kind.isCuda() ? 1 << 20 : 1 << 21) / blockSize * blockSize;
        CircuitBuilder b = Circuit.builder();
        InputVector inputs = b.input(0, new Bernoulli(), nodes, blockSize);
        SumVector root = b.sum(List.of(inputs), 1, 1);
        SplittableRandom random = new SplittableRandom(9);
        double[] table = new double[2 * nodes];
        double[] weights = new double[nodes];
        double expected = 0;
        for (int n = 0; n < nodes; n++) {
            table[nodes + n] = (float) random.nextDouble(0.3, 0.4);
            table[n] = 1 - table[nodes + n];
            weights[n] = (float) (1.0 / nodes);
            expected += weights[n] * table[nodes + n];
        }
        Circuit circuit =
                b.build(root, new GivenParameters().with(inputs, table).with(root, weights));
        try (Engine engine = kind.compile(circuit)) {
            Dataset one = Rows.of(circuit, new double[] {1});
            double found = engine.logLikelihood(one).values()[0];
            assertEquals(Math.log(expected), found, kind.logTolerance());
            engine.accumulate(one);
            engine.update(0.5, 0);
            double total = 0;
            for (double weight : Near.parameters(engine.circuit(), root)) {
                total += weight;
            }
            assertEquals(1, total, 2e-6);
        }
    }
}
