package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.Poisson;

import org.junit.jupiter.api.Test;

import java.util.List;

class OwnedVectorsTest {

    @Test
    void steps_of_families_that_only_they_know_are_refused_with_the_remedy() {
        CircuitBuilder b = Circuit.builder();
        Circuit circuit =
                b.build(
                        b.sum(List.of(b.input(0, new Poisson(), 3, 3)), 1, 1),
                        ParameterInitializer.random(1));
        InvalidArgumentException refused =
                assertThrows(InvalidArgumentException.class, () -> new OwnedVectors(circuit));
        assertTrue(refused.getMessage().contains("use mini-batch or full-batch EM"));
    }
}
