package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrowTest {

    @ParameterizedTest
    @EnumSource
    void growing_without_noise_keeps_the_distribution(TransformFixtures fixture) {
        Dataset rows = TransformFixtures.everyRow();
        Circuit circuit = fixture.circuit();
        assertArrayEquals(
                TransformFixtures.logLikelihoods(circuit, rows),
                TransformFixtures.logLikelihoods(Grow.twofold(circuit, 0, 1), rows),
                1e-5);
    }

    @ParameterizedTest
    @EnumSource
    void every_node_but_the_root_becomes_two_and_ties_stay(TransformFixtures fixture) {
        Circuit circuit = fixture.circuit();
        Circuit grown = Grow.twofold(circuit, 0.3, 1);
        for (NodeVector vector : circuit.vectors()) {
            NodeVector twofold = grown.vectors().get(vector.id());
            int factor = vector == circuit.root() ? 1 : 2;
            assertEquals(factor * vector.nodes(), twofold.nodes());
            if (vector instanceof SumVector sum) {
                SumVector copy = (SumVector) twofold;
                assertEquals(2L * factor * sum.parameters(), copy.parameters());
                assertEquals(sum.parameterOwner(), copy.parameterOwner());
            }
        }
        assertEquals(1, TransformFixtures.totalProbability(grown), 1e-5);
    }

    @ParameterizedTest
    @EnumSource
    void noise_lets_learning_tell_the_copies_apart_on_average(TransformFixtures fixture) {
        Dataset data = TransformFixtures.data(200, 1);
        Circuit circuit = fixture.circuit();
        double trained = trained(circuit, data, 40);
        double[] grown = new double[Sweep.size(2, 5)];
        for (int i = 0; i < grown.length; i++) {
            grown[i] = trained(Grow.twofold(circuit, 0.3, i + 1), data, 40);
        }
        assertTrue(mean(grown) > trained - 0.02);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double trained(Circuit circuit, Dataset data, int steps) {
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            for (int i = 0; i < steps; i++) {
                engine.accumulate(data);
                engine.update(1, 0.01);
            }
            return engine.logLikelihood(data).mean();
        }
    }

    @Test
    void the_seed_decides_the_noise() {
        Circuit circuit = TransformFixtures.BLOCKS.circuit();
        Circuit first = Grow.twofold(circuit, 0.3, 1);
        assertEquals(
                -1,
                first.parameters()
                        .segment()
                        .mismatch(Grow.twofold(circuit, 0.3, 1).parameters().segment()));
        assertNotEquals(
                -1,
                first.parameters()
                        .segment()
                        .mismatch(Grow.twofold(circuit, 0.3, 2).parameters().segment()));
    }

    @Test
    void impossible_noise_is_refused() {
        Circuit circuit = TransformFixtures.BLOCKS.circuit();
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(InvalidArgumentException.class, () -> Grow.twofold(circuit, wrong, 1));
        }
    }
}
