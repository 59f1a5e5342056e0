package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How an engine divides rows into groups shows in nothing but rounding, nor does its past. */
class RowGroupsTest {
    private static final double MISSING = 0.1;

    /** Sizes of batches around those at which an engine takes larger buffers. */
    private static List<Integer> sizes(EngineKind kind) {
        List<Integer> all = List.of(7, 513, 40, 1300, 1300, 512, 2100, 7, 1300);
        return all.subList(0, kind.size(4, all.size()));
    }

    static Stream<Arguments> circuits() {
        return Engines.with(Engines.kernels(), kind -> Stream.of(mixed(), tree(), sentence()));
    }

    static Stream<EngineKind> kernels() {
        return Engines.kernels();
    }

    /** Every family, shared parents and tied vectors; some rows leave the range of float32. */
    private static Circuit mixed() {
        return RandomCircuit.mixed(27, new RandomParameters(27, 0.3, 0.1, 9));
    }

    /** For the matrix units. */
    private static Circuit tree() {
        int[] parents = IntStream.range(0, 12).map(v -> (v - 1) / 2).toArray();
        parents[0] = ChowLiuTree.NO_PARENT;
        return Hclt.builder(
                        ChowLiuTree.ofParents(parents),
                        Collections.nCopies(12, new Categorical(16)))
                .latents(32)
                .build();
    }

    /** One transition for all words, out of many. */
    private static Circuit sentence() {
        return Hmm.builder(4, new Categorical(1100)).states(8).build();
    }

    private static Dataset rows(EngineKind kind, Circuit circuit, int count, long seed) {
        try (Engine reference = Engines.reference(circuit)) {
            Dataset rows = Rows.random(circuit, kind.size(count / 4, count), MISSING, seed);
            return PossibleRows.of(reference, rows);
        }
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void one_large_batch_teaches_what_its_parts_teach(EngineKind kind, Circuit circuit) {
        Dataset rows = rows(kind, circuit, 5_000, 1);
        try (Engine expected = kind.compile(circuit);
                Engine found = kind.compile(circuit)) {
            double sum = 0;
            for (long from = 0; from < rows.rows(); from += 300) {
                sum += expected.accumulate(rows.slice(from, Math.min(from + 300, rows.rows())));
            }
            assertEquals(sum, found.accumulate(rows), 1e-9 * Math.abs(sum));
            // Values are rounded alike in any group: only sums differ.
            Near.assertSameFlows(expected, found, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void batches_of_changing_sizes_give_the_bits_of_a_fresh_engine(
            EngineKind kind, Circuit circuit) {
        Dataset rows = rows(kind, circuit, 2_600, 2);
        try (Engine used = kind.compile(circuit)) {
            for (int size : sizes(kind)) {
                Dataset batch = rows.slice(0, Math.min(size, rows.rows()));
                used.discardStatistics();
                double total = used.accumulate(batch);
                try (Engine fresh = kind.compile(circuit)) {
                    assertEquals(fresh.accumulate(batch), total);
                    Near.assertSameFlows(fresh, used, Near.EXACTLY);
                    assertArrayEquals(
                            fresh.logLikelihood(batch).values(),
                            used.logLikelihood(batch).values());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void steps_of_growing_batches_lose_no_announced_rows(EngineKind kind, Circuit circuit) {
        Dataset rows = rows(kind, circuit, 2_600, 3);
        try (Engine told = kind.compile(circuit);
                Engine surprised = kind.compile(circuit)) {
            List<Integer> sizes = sizes(kind);
            for (int i = 0; i < sizes.size(); i++) {
                int[] now = first(sizes.get(i), rows);
                int[] next = first(sizes.get((i + 1) % sizes.size()), rows);
                assertEquals(
                        surprised.step(rows, now, new int[0], 0.5, 0.1),
                        told.step(rows, now, next, 0.5, 0.1));
            }
            Near.assertSameParameters(surprised, told, Near.EXACTLY);
        }
    }

    private static int[] first(int count, Dataset rows) {
        return IntStream.range(0, (int) Math.min(count, rows.rows())).toArray();
    }

    /**
     * Equal numbers round alike: a float32 sum of n of them is off by about n 2^-26. A plain sum of
     * 16,384 rows is off by up to 2e-4 for each use of a parameter.
     */
    @ParameterizedTest
    @MethodSource("circuits")
    void a_row_given_many_times_counts_as_often(EngineKind kind, Circuit circuit) {
        int times = kind.size(600, 16_384);
        Dataset one = rows(kind, circuit, 40, 4).slice(0, 1);
        Dataset many = one.rows(new int[times]);
        try (Engine expected = kind.compile(circuit);
                Engine found = kind.compile(circuit)) {
            expected.accumulate(one);
            found.accumulate(many);
            for (NodeVector vector : circuit.vectors()) {
                if (!(vector instanceof ProductVector)) {
                    double[] flows =
                            Arrays.stream(expected.flows(vector.id()))
                                    .map(flow -> flow * times)
                                    .toArray();
                    double scale = Arrays.stream(flows).map(Math::abs).reduce(1, Math::max);
                    double tolerance = 5e-5 * uses(circuit, vector) * scale;
                    assertArrayEquals(
                            flows, found.flows(vector.id()), tolerance, "flows of " + vector);
                }
            }
        }
    }

    /** How many vectors add their statistics to the parameters of one. */
    private static long uses(Circuit circuit, NodeVector vector) {
        return circuit.vectors().stream().filter(other -> owner(other) == owner(vector)).count();
    }

    private static int owner(NodeVector vector) {
        return switch (vector) {
            case SumVector sum -> sum.parameterOwner();
            case InputVector input -> input.parameterOwner();
            case ProductVector product -> product.id();
        };
    }
}
