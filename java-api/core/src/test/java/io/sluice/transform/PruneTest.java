package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Categorical;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

class PruneTest {
    private static final Dataset DATA = TransformFixtures.data(300, 1);

    private static Circuit pruned(Circuit circuit, double share) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            engine.accumulate(DATA);
            return Prune.byFlow(circuit, engine::flows, share);
        }
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

    private static long edges(Circuit circuit) {
        long edges = 0;
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.parameterOwner() == sum.id()) {
                edges += sum.parameters();
            }
        }
        return edges;
    }

    @ParameterizedTest
    @EnumSource
    void pruning_nothing_keeps_the_distribution(TransformFixtures fixture) {
        Dataset rows = TransformFixtures.everyRow();
        Circuit circuit = fixture.circuit();
        assertArrayEquals(
                TransformFixtures.logLikelihoods(circuit, rows),
                TransformFixtures.logLikelihoods(pruned(circuit, 0), rows),
                1e-6);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_left_is_a_distribution_with_the_share_of_edges(TransformFixtures fixture) {
        Circuit circuit = fixture.circuit();
        for (double share : new double[] {0.1, 0.3, 0.5, 0.9}) {
            Circuit smaller = pruned(circuit, share);
            assertEquals(1, TransformFixtures.totalProbability(smaller), 1e-5);
            if (share <= 0.3) { // later whole nodes go, and their edges with them
                assertTrue(edges(smaller) <= (1 - share) * edges(circuit) + 4 * 4);
            }
            assertTrue(edges(smaller) < edges(circuit));
        }
    }

    @ParameterizedTest
    @EnumSource
    void of_a_trained_circuit_the_unused_edges_go_first(TransformFixtures fixture) {
        Circuit circuit = trained(fixture.circuit());
        double before = mean(circuit);
        assertTrue(mean(pruned(circuit, 0.1)) > before - 0.05);
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
            Circuit smaller = Prune.byFlow(circuit, engine::flows, 0.5);
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
