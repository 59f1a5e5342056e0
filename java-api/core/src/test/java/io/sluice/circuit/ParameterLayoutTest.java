package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;

import java.util.List;

class ParameterLayoutTest {
    private final CircuitBuilder builder = Circuit.builder();
    private final InputVector x = builder.input(0, new Categorical(3), 5, 5);
    private final InputVector tied = builder.tiedInput(1, x);
    private final InputVector gaussian = builder.input(2, new Gaussian(), 5, 5);
    private final ProductVector product = builder.product(List.of(x, tied, gaussian));
    private final SumVector narrow = builder.sum(List.of(product), 2, 1);
    private final SumVector root = builder.sum(List.of(product, narrow), 1, 1);
    private final Circuit circuit = builder.build(root, ParameterInitializer.random(1));
    private final ParameterLayout layout = circuit.layout();

    @Test
    void owners_follow_each_other_at_multiples_of_sixteen() {
        assertEquals(0, layout.offset(x.id()));
        assertEquals(15, layout.length(x.id()));
        assertEquals(16, layout.offset(gaussian.id()));
        assertEquals(10, layout.length(gaussian.id()));
        assertEquals(32, layout.offset(narrow.id()));
        assertEquals(48, layout.offset(root.id()));
        assertEquals(7, layout.length(root.id()));
        assertEquals(64, layout.size());
        assertEquals(64, circuit.parameters().size());
    }

    @Test
    void a_tied_vector_lies_where_its_owner_does() {
        assertEquals(layout.offset(x.id()), layout.offset(tied.id()));
        assertEquals(15, layout.length(tied.id()));
    }

    @Test
    void tiles_follow_each_other_even_when_their_widths_differ() {
        assertEquals(32, layout.tileOffset(narrow, 0));
        assertEquals(37, layout.tileOffset(narrow, 1));
        assertEquals(48, layout.tileOffset(root, 0));
        assertEquals(53, layout.tileOffset(root, 1));
        assertEquals(54, layout.tileOffset(root, 2));
    }

    @Test
    void products_have_no_parameters() {
        assertEquals(0, layout.length(product.id()));
        assertThrows(InvalidArgumentException.class, () -> layout.offset(product.id()));
    }

    @Test
    void padding_is_zero() {
        assertEquals(0, circuit.parameters().get(15));
        assertEquals(0, circuit.parameters().get(31));
        assertEquals(0, circuit.parameters().get(63));
    }
}
