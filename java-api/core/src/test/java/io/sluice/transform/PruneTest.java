package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;

class PruneTest {
    private static final Dataset DATA = TransformFixtures.data(300, 1);

    private static Circuit pruned(Circuit circuit, double share) {
        return pruned(circuit, share, Prune.Unit.EDGE);
    }

    private static Circuit pruned(Circuit circuit, double share, Prune.Unit unit) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            engine.accumulate(DATA);
            return Prune.byFlow(circuit, engine::flows, share, unit);
        }
    }

    /** Every fixture, pruned both ways. */
    static Stream<Arguments> fixtures() {
        return Stream.of(TransformFixtures.values())
                .flatMap(
                        fixture ->
                                Stream.of(Prune.Unit.values())
                                        .map(unit -> Arguments.of(fixture, unit)));
    }

    private static Circuit trained(Circuit circuit) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            for (int i = 0; i < 30; i++) {
                engine.accumulate(DATA);
                engine.update(1, 0.01);
            }
            return engine.circuit();
        }
    }

    private static double mean(Circuit circuit) {
        double total = 0;
        for (double value : TransformFixtures.logLikelihoods(circuit, DATA)) {
            total += value;
        }
        return total / DATA.rows();
    }

    /** Edges of sums; shared ones count once. */
    private static long edges(Circuit circuit) {
        long edges = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                for (long i = 0; i < sum.parameters(); i++) {
                    edges += weight(circuit, sum, i) == 0 ? 0 : 1;
                }
            }
        }
        return edges;
    }

    private static float weight(Circuit circuit, SumVector sum, long i) {
        return circuit.parameters()
                .segment()
                .getAtIndex(ValueLayout.JAVA_FLOAT, circuit.layout().offset(sum.id()) + i);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void pruning_nothing_keeps_the_distribution(TransformFixtures fixture, Prune.Unit unit) {
        Dataset rows = TransformFixtures.everyRow();
        Circuit circuit = fixture.circuit();
        assertArrayEquals(
                TransformFixtures.logLikelihoods(circuit, rows),
                TransformFixtures.logLikelihoods(pruned(circuit, 0, unit), rows),
                1e-6);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void what_is_left_is_a_distribution_with_the_share_of_edges(
            TransformFixtures fixture, Prune.Unit unit) {
        Circuit circuit = fixture.circuit();
        for (double share : new double[] {0.1, 0.3, 0.5, 0.9}) {
            Circuit smaller = pruned(circuit, share, unit);
            assertEquals(1, TransformFixtures.totalProbability(smaller), 1e-5);
            assertTrue(edges(smaller) >= (1 - share) * edges(circuit));
            assertTrue(edges(smaller) < edges(circuit));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void of_a_trained_circuit_the_unused_edges_go_first(
            TransformFixtures fixture, Prune.Unit unit) {
        Circuit circuit = trained(fixture.circuit());
        double before = mean(circuit);
        assertTrue(mean(pruned(circuit, 0.1, unit)) > before - 0.05);
    }

    @ParameterizedTest
    @EnumSource
    void pruned_edges_stay_hard_zeros_in_learning(TransformFixtures fixture) {
        Circuit smaller = pruned(trained(fixture.circuit()), 0.5);
        Circuit learned = trained(smaller);
        for (NodeVector vector : smaller.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                for (long i = 0; i < sum.parameters(); i++) {
                    if (weight(smaller, sum, i) == 0) {
                        assertEquals(0, weight(learned, sum, i));
                    }
                }
            }
        }
    }

    @Test
    void every_node_keeps_its_most_used_edge() {
        Circuit circuit = trained(TransformFixtures.SINGLE_EDGES.circuit());
        Circuit smallest = pruned(circuit, 0.999);
        for (NodeVector vector : smallest.vectors()) {
            if (vector instanceof SumVector sum) {
                assertEquals(sum.nodes(), sum.tiles());
            }
        }
        assertEquals(1, TransformFixtures.totalProbability(smallest), 1e-5);
    }

    @Test
    void tied_vectors_stay_tied() {
        Circuit circuit = pruned(trained(TransformFixtures.TIED.circuit()), 0.5);
        List<SumVector> sums =
                circuit.vectors().stream()
                        .filter(v -> v instanceof SumVector && v != circuit.root())
                        .map(v -> (SumVector) v)
                        .toList();
        assertEquals(TransformFixtures.VARIABLES - 1, sums.size());
        for (SumVector sum : sums) {
            assertEquals(sums.get(0).id(), sum.parameterOwner());
        }
    }

    @Test
    void edges_without_flow_cost_no_likelihood_and_nodes_that_nothing_reads_go() {
        CircuitBuilder b = Circuit.builder();
        NodeVector used = b.input(0, new Categorical(3), 2, 1);
        NodeVector unused = b.input(0, new Categorical(3), 2, 1);
        NodeVector lower = b.sum(List.of(unused), 2, 1);
        SumVector root = b.sum(List.of(used, lower), 1, 1);
        Circuit circuit =
                b.build(
                        root,
                        (vector, slice) -> {
                            ParameterInitializer.random(3).fill(vector, slice);
                            if (vector == root) {
                                float[] weights = {0.25f, 0.75f, 0, 0};
                                slice.copyFrom(java.lang.foreign.MemorySegment.ofArray(weights));
                            }
                        });
        Dataset data =
                Dataset.ofBytes(
                        new byte[] {0, 1, 2, 2}, 1, io.sluice.data.Schema.categorical(1, 3));
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            engine.accumulate(data);
            Circuit smaller = Prune.byFlow(circuit, engine::flows, 0.75);
            assertEquals(2, smaller.vectors().size());
            assertArrayEquals(
                    engine.logLikelihood(data).values(),
                    TransformFixtures.logLikelihoods(smaller, data),
                    1e-7);
        }
    }

    @Test
    void impossible_shares_are_refused() {
        Circuit circuit = TransformFixtures.BLOCKS.circuit();
        for (double wrong : new double[] {-0.1, 1, Double.NaN}) {
            assertThrows(InvalidArgumentException.class, () -> pruned(circuit, wrong));
        }
    }
}
