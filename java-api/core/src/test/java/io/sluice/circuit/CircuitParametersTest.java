package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

class CircuitParametersTest {
    private final CircuitBuilder builder = Circuit.builder();
    private final InputVector x = builder.input(0, new Categorical(3), 2, 2);
    private final InputVector y = builder.input(1, new Gaussian(), 2, 2);
    private final SumVector root = builder.sum(List.of(builder.product(List.of(x, y))), 1, 1);

    /** Categorical [3][2] at 0, Gaussian [2][2] at 16, sum [1][2] at 32. */
    private static float[] values() {
        float[] values = new float[48];
        float[] categorical = {0.5f, 0.25f, 0.5f, 0.5f, 0, 0.25f};
        System.arraycopy(categorical, 0, values, 0, 6);
        float[] gaussian = {-1, 2, 0.5f, 3};
        System.arraycopy(gaussian, 0, values, 16, 4);
        values[32] = 0.75f;
        values[33] = 0.25f;
        return values;
    }

    private Circuit build(float[] values) {
        return builder.build(root, Parameters.copyOf(MemorySegment.ofArray(values)));
    }

    private String refusal(int index, float value) {
        float[] values = values();
        values[index] = value;
        Circuit valid = build(values());
        Parameters changed = Parameters.copyOf(MemorySegment.ofArray(values));
        return String.valueOf(
                assertThrows(InvalidArgumentException.class, () -> valid.withParameters(changed))
                        .getMessage());
    }

    @Test
    void a_circuit_with_other_parameters_is_the_same_graph() {
        Circuit circuit = build(values());
        float[] other = values();
        other[32] = 0.5f;
        other[33] = 0.5f;
        Circuit changed = circuit.withParameters(Parameters.copyOf(MemorySegment.ofArray(other)));
        assertSame(circuit.vectors(), changed.vectors());
        assertEquals(0.5f, changed.parameters().get(32));
        assertEquals(0.75f, circuit.parameters().get(32));
    }

    @Test
    void a_weight_too_small_for_the_kernels_is_refused() {
        String message = refusal(4, 1e-40f); // in place of a hard zero
        assertTrue(message.contains("1.0E-40: expected 0, or a finite number"), message);
    }

    @ParameterizedTest
    @ValueSource(
            floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.8f})
    void weights_are_distributions(float value) {
        String inSum = refusal(32, value);
        assertTrue(inSum.contains("node 0 of sum vector 3"), inSum);
        String inInput = refusal(3, value);
        assertTrue(inInput.contains("node 1 of input vector 0"), inInput);
    }

    @Test
    void gaussians_have_finite_means_and_deviations_over_zero() {
        for (float deviation : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            String message = refusal(19, deviation);
            assertTrue(message.contains("node 1 of input vector 1"), message);
        }
        assertTrue(refusal(16, Float.NaN).contains("mean NaN"));
    }

    @Test
    void the_number_of_parameters_is_that_of_the_layout() {
        String message =
                String.valueOf(
                        assertThrows(InvalidArgumentException.class, () -> build(new float[47]))
                                .getMessage());
        assertTrue(message.contains("47") && message.contains("48"), message);
    }

    @Test
    void an_initialiser_is_called_once_for_each_owner_in_order() {
        CircuitBuilder tied = Circuit.builder();
        InputVector a = tied.input(0, new Bernoulli(), 2, 2);
        InputVector b = tied.tiedInput(1, a);
        SumVector top = tied.sum(List.of(tied.product(List.of(a, b))), 1, 1);
        List<Integer> called = new ArrayList<>();
        tied.build(
                top,
                (vector, slice) -> {
                    called.add(vector.id());
                    long floats = slice.byteSize() / Float.BYTES;
                    assertEquals(vector == a ? 4 : 2, floats);
                    for (int i = 0; i < floats; i++) {
                        assertEquals(0, slice.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                        slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.5f);
                    }
                });
        assertEquals(List.of(0, 3), called);
    }

    @Test
    void an_initialiser_that_writes_no_distributions_is_refused() {
        assertThrows(
                InvalidArgumentException.class, () -> builder.build(root, (vector, slice) -> {}));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -7})
    void random_parameters_are_distributions_and_repeat(long seed) {
        CircuitBuilder large = Circuit.builder();
        InputVector a = large.input(0, new Categorical(7), 12, 4);
        InputVector b = large.input(0, new Categorical(7), 6, 3);
        SumVector mixed = large.sum(List.of(a, b), 10, 5);
        SumVector top = large.sum(List.of(mixed), 1, 1);
        Circuit first = large.build(top, ParameterInitializer.random(seed));
        Circuit second = large.build(top, ParameterInitializer.random(seed));
        Circuit other = large.build(top, ParameterInitializer.random(seed + 1));
        assertEquals(-1, first.parameters().segment().mismatch(second.parameters().segment()));
        assertTrue(first.parameters().segment().mismatch(other.parameters().segment()) >= 0);
    }

    @Test
    void random_gaussians_respect_the_floor_of_their_family() {
        CircuitBuilder floor = Circuit.builder();
        InputVector only = floor.input(0, new Gaussian(5), 1, 1);
        Circuit circuit = floor.build(only, ParameterInitializer.random(1));
        assertEquals(5, circuit.parameters().get(1));
    }
}
