package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Results are the same bits for any number of threads and any batching of the rows. */
class ReproducibilityTest {
    private static final int MOST_THREADS = 5;

    /** More threads than the rows of a row group in the log-space kernels. */
    private static final int MANY_THREADS = 20;

    static Stream<Arguments> batches() {
        return Stream.concat(
                Engines.with(Engines.kernels(), kind -> Sweep.over(List.of(100, 7, 1, 513, 4097))),
                Engines.with(Engines.oracle(), kind -> Sweep.over(List.of(7, 1, 100))));
    }

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    static Stream<EngineKind> kernels() {
        return Engines.kernels();
    }

    /** Shared parents, tied vectors, hard zeros; some rows leave the range of the fast kernels. */
    private static Circuit circuit() {
        return RandomCircuit.mixed(27, new RandomParameters(27, 0.3, 0.1, 9));
    }

    private static Dataset rows(int count) {
        return Rows.random(circuit(), count, 0.1, 1);
    }

    /** Log-likelihoods, statistics and updated parameters, in order. */
    private static double[][] everything(EngineKind kind, int threads, Dataset data) {
        return everything(circuit(), kind, threads, data);
    }

    private static double[][] everything(
            Circuit circuit, EngineKind kind, int threads, Dataset data) {
        try (Engine engine = kind.compile(circuit, threads)) {
            Stream.Builder<double[]> found = Stream.builder();
            found.add(engine.logLikelihood(data).values());
            found.add(new double[] {engine.accumulate(data)});
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    found.add(engine.flows(vector.id()));
                }
            }
            engine.update(0.6, 0.1);
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    found.add(Near.parameters(engine.circuit(), vector));
                }
            }
            return found.build().toArray(double[][]::new);
        }
    }

    @ParameterizedTest
    @MethodSource("batches")
    void any_number_of_threads_gives_the_same_bits(EngineKind kind, int count) {
        Dataset data = rows(count);
        double[][] alone = everything(kind, 1, data);
        for (int threads = 2; threads <= MOST_THREADS; threads++) {
            assertArrayEquals(alone, everything(kind, threads, data), threads + " threads");
        }
    }

    /** Threads divide the wide ones by blocks and the narrow ones by rows. */
    static Stream<Arguments> wideAndNarrow() {
        List<InputFamily> words = Collections.nCopies(24, new Categorical(5));
        int[] parents = IntStream.range(0, 24).map(v -> (v - 1) / 2).toArray();
        parents[0] = ChowLiuTree.NO_PARENT;
        ChowLiuTree bushy = ChowLiuTree.ofParents(parents);
        return Engines.with(
                Engines.kernels(),
                kind ->
                        Stream.of(
                                Hclt.builder(bushy, words).latents(6).blockSize(3).build(),
                                Hmm.builder(words).states(6).homogeneous(false).build(),
                                Hmm.builder(24, new Categorical(5))
                                        .states(6)
                                        .blockSize(2)
                                        .build()));
    }

    @ParameterizedTest
    @MethodSource("wideAndNarrow")
    void threads_leave_no_trace_in_wide_and_in_narrow_circuits(EngineKind kind, Circuit circuit) {
        for (int count : new int[] {1, 3, kind.size(40, 300)}) {
            Dataset data = Rows.random(circuit, count, 0.1, 1);
            double[][] alone = everything(circuit, kind, 1, data);
            for (int threads = 2; threads <= kind.threadsUpTo(MOST_THREADS); threads++) {
                assertArrayEquals(
                        alone, everything(circuit, kind, threads, data), threads + " threads");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void more_threads_than_buffered_samples_give_the_same_bits(EngineKind kind) {
        Dataset data = rows(300);
        assertArrayEquals(everything(kind, 1, data), everything(kind, MANY_THREADS, data));
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void a_row_has_the_same_log_likelihood_in_any_company(EngineKind kind) {
        int all = kind.size(1700, 4097); // three row groups at least
        Dataset data = rows(all);
        try (Engine engine = kind.compile(circuit())) {
            double[] together = engine.logLikelihood(data).values();
            int from = 0;
            for (int count : new int[] {1, 7, 100, 513, all - 700, 79}) {
                double[] part = engine.logLikelihood(data.slice(from, from + count)).values();
                assertArrayEquals(Arrays.copyOfRange(together, from, from + count), part);
                from += count;
            }
            assertEquals(all, from);
            int[] backwards = IntStream.range(0, 300).map(i -> 299 - i).toArray();
            double[] reversed = engine.logLikelihood(data.rows(backwards)).values();
            for (int i = 0; i < 300; i++) {
                assertEquals(together[299 - i], reversed[i]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void conditionals_and_decodings_do_not_depend_on_threads_or_company(EngineKind kind) {
        Circuit circuit = circuit();
        try (Engine one = kind.compile(circuit, 1);
                Engine many = kind.compile(circuit, MOST_THREADS)) {
            Dataset data = PossibleRows.of(one, rows(300));
            Conditionals together = one.conditionals(data);
            assertSameDistributions(together, 0, many.conditionals(data));
            int half = (int) data.rows() / 2;
            Conditionals first = many.conditionals(data.slice(0, half));
            assertSameDistributions(together, 0, first);
            assertSameDistributions(
                    together, first.cells(), many.conditionals(data.slice(half, data.rows())));
            assertArrayEquals(one.maxProduct(data).logValues(), many.maxProduct(data).logValues());
            assertSameCells(one.maxProduct(data).assignment(), many.maxProduct(data).assignment());
        }
    }

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.kernels(), 15);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void earlier_calls_leave_no_trace(EngineKind kind, long seed) {
        Circuit circuit = RandomCircuit.mixed(seed);
        try (Engine fresh = kind.compile(circuit);
                Engine used = kind.compile(circuit)) {
            Dataset many = PossibleRows.of(used, Rows.random(circuit, 150, 0.3, seed));
            Dataset few = many.slice(0, Math.min(7, many.rows()));
            used.accumulate(many);
            used.discardStatistics();
            assertEquals(fresh.accumulate(few), used.accumulate(few));
            Near.assertSameFlows(fresh, used, Near.EXACTLY);
            used.conditionals(many);
            assertSameDistributions(fresh.conditionals(few), 0, used.conditionals(few));
        }
    }

    private static void assertSameDistributions(Conditionals all, int from, Conditionals part) {
        for (int cell = 0; cell < part.cells(); cell++) {
            assertEquals(all.mean(from + cell), part.mean(cell));
            assertEquals(all.standardDeviation(from + cell), part.standardDeviation(cell));
        }
    }

    private static void assertSameCells(Dataset expected, Dataset found) {
        assertEquals(expected.rows(), found.rows());
        for (long r = 0; r < expected.rows(); r++) {
            assertArrayEquals(Rows.row(expected, r), Rows.row(found, r));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_seed_gives_the_same_draws_with_any_number_of_threads(EngineKind kind) {
        Circuit circuit = circuit();
        try (Engine one = kind.compile(circuit, 1);
                Engine many = kind.compile(circuit, MOST_THREADS)) {
            Dataset evidence = PossibleRows.of(one, rows(20));
            assertSameCells(one.sample(70, 5), many.sample(70, 5));
            assertSameCells(one.sample(evidence, 13, 5), many.sample(evidence, 13, 5));
            assertSameCells(one.sample(evidence, 13, 5), one.sample(evidence, 13, 5));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void other_seeds_give_other_draws(EngineKind kind) {
        Circuit circuit = LogicCircuit.exactly(10, 20);
        try (Engine engine = kind.compile(circuit)) {
            Dataset a = engine.sample(50, 1);
            Dataset b = engine.sample(50, 2);
            long equal =
                    IntStream.range(0, 50)
                            .filter(r -> Arrays.equals(Rows.row(a, r), Rows.row(b, r)))
                            .count();
            assertEquals(0, equal);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void how_cells_are_stored_does_not_matter(EngineKind kind) {
        Circuit circuit = RandomCircuit.discrete(11);
        Dataset bytes = Rows.random(circuit, 200, 0.2, 1);
        List<Column> wide =
                bytes.schema().columns().stream()
                        .map(column -> Column.categorical(column.name(), 1000))
                        .toList();
        DatasetBuilder ints = Dataset.builder(Schema.of(wide));
        for (long r = 0; r < bytes.rows(); r++) {
            ints.add(Rows.row(bytes, r));
        }
        try (Engine engine = kind.compile(circuit)) {
            assertArrayEquals(
                    engine.logLikelihood(bytes).values(),
                    engine.logLikelihood(ints.build()).values());
        }
    }
}
