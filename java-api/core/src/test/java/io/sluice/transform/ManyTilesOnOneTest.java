package io.sluice.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

class ManyTilesOnOneTest {
    private static final int PRODUCTS = 300_000;

    /** A mixture of many products of equal weight, two thirds of which have the same factor. */
    private static Circuit mixture() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 2, 1);
        InputVector y = b.input(1, new Bernoulli(), 1, 1);
        int[][] factors = new int[PRODUCTS][];
        for (int i = 0; i < PRODUCTS; i++) {
            factors[i] = new int[] {i % 3 == 0 ? 1 : 0, 0};
        }
        NodeVector products = b.product(List.of(x, y), factors);
        return b.build(b.sum(List.of(products), 1, 1), ManyTilesOnOneTest::fill);
    }

    private static void fill(NodeVector vector, MemorySegment slice) {
        float value = vector instanceof SumVector ? 1f / PRODUCTS : 0.5f;
        for (long i = 0; i < slice.byteSize() / Float.BYTES; i++) {
            slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
    }

    @Test
    void weights_that_fall_on_one_edge_are_added_without_loss() {
        Circuit marginal = Marginalised.to(mixture(), 0);
        long offset = marginal.layout().offset(marginal.root().id());
        assertEquals(2f / 3, marginal.parameters().get(offset), 1e-6f);
        assertEquals(1f / 3, marginal.parameters().get(offset + 1), 1e-6f);
    }
}
