package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.testing.Fixture;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;

class CircuitPropertiesTest {

    @Test
    void sizes_are_counted() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(3), 4, 2);
        InputVector y = b.tiedInput(1, x);
        SumVector root = b.sum(List.of(b.product(List.of(x, y))), 1, 1);
        CircuitProperties properties = b.build(root, ParameterInitializer.random(1)).properties();
        assertEquals(
                new CircuitProperties(true, true, true, 2, 2, 4, 13, 8 + 4, 12 + 4), properties);
    }

    @Test
    void a_hard_zero_is_neither_an_edge_nor_a_parameter() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 2, 2);
        SumVector root = b.sum(List.of(x), 1, 1);
        Circuit circuit =
                b.build(
                        root,
                        (vector, slice) -> {
                            int ones = vector == root ? 1 : 2;
                            for (int i = 0; i < ones; i++) {
                                slice.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1f);
                            }
                        });
        assertEquals(1, circuit.properties().edges());
        assertEquals(4 + 1, circuit.properties().parameters());
    }

    @Test
    void tied_sums_have_edges_of_their_own_but_one_set_of_parameters() {
        CircuitProperties properties =
                Fixture.named("hmm-6steps-8latents-tied").circuit().properties();
        // 11 vectors of 8 products over one or two children, six sums.
        assertEquals(8 + 5 * 16 + 5 * 64 + 8, properties.edges());
        assertEquals(8 * 4 + 64 + 8, properties.parameters());
    }

    @Test
    void a_tree_shaped_circuit_is_structured_decomposable() {
        assertTrue(structured("hclt-6var-8latents"));
        assertTrue(structured("hmm-6steps-8latents-tied"));
        assertTrue(structured("sparse-edges-4var"));
    }

    @Test
    void scopes_that_are_split_in_two_ways_are_not_structured_decomposable() {
        assertFalse(structured("two-vtrees-3var"));
        assertFalse(structured("pd-2x3-4latents"));
        assertFalse(structured("ratspn-6var-4latents"));
    }

    private static boolean structured(String fixture) {
        CircuitProperties properties = Fixture.named(fixture).circuit().properties();
        assertTrue(properties.smooth());
        assertTrue(properties.decomposable());
        return properties.structuredDecomposable();
    }

    @Test
    void products_of_one_child_split_nothing() {
        CircuitBuilder b = Circuit.builder();
        ProductVector pair =
                b.product(
                        List.of(
                                b.input(0, new Bernoulli(), 1, 1),
                                b.input(1, new Bernoulli(), 1, 1)));
        Circuit circuit = b.build(b.product(List.of(pair)), ParameterInitializer.random(1));
        assertTrue(circuit.properties().structuredDecomposable());
        assertEquals(2, circuit.properties().depth());
    }

    @Test
    void depth_is_the_longest_path_from_the_root_to_an_input() {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Bernoulli(), 1, 1);
        SumVector once = b.sum(List.of(x), 1, 1);
        SumVector twice = b.sum(List.of(once, x), 1, 1);
        assertEquals(2, b.build(twice, ParameterInitializer.random(1)).properties().depth());
    }
}
