package io.sluice.structure;

import static io.sluice.structure.StructureFixtures.sameParameters;
import static io.sluice.structure.StructureFixtures.sumEdges;
import static io.sluice.structure.StructureFixtures.sums;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.Scope;
import io.sluice.leaf.Categorical;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Collections;
import java.util.List;

class RatSpnTest {

    private static RatSpnBuilder bits(int variables) {
        List<InputFamily> families = Collections.nCopies(variables, new Categorical(2));
        return RatSpn.builder(families);
    }

    /** R (2 + 4 + ... + 2^D) K K for the pieces of R hierarchies, and R K for the root. */
    @ParameterizedTest
    @CsvSource({"64, 5, 4, 1016064", "256, 5, 4, 16253952", "8, 3, 2, 1808"})
    void edges_are_those_of_the_formula(int latents, int depth, int repetitions, long edges) {
        Circuit circuit = bits(784).latents(latents).depth(depth).repetitions(repetitions).build();
        assertEquals(edges, sumEdges(circuit));
        assertEquals(repetitions * ((2L << depth) - 2) + 1, sums(circuit).count());
    }

    @Test
    void one_hierarchy_is_structured() {
        assertTrue(
                bits(16).repetitions(1).latents(2).build().properties().structuredDecomposable());
        assertFalse(
                bits(16).repetitions(3).latents(2).build().properties().structuredDecomposable());
    }

    @Test
    void splits_may_have_several_pieces() {
        Circuit circuit = bits(9).pieces(3).depth(2).repetitions(1).latents(2).build();
        assertEquals(3 + 9 + 1, sums(circuit).count());
    }

    @Test
    void inputs_are_shared_unless_they_should_not_be() {
        RatSpnBuilder builder = bits(12).depth(1).repetitions(3).latents(2);
        assertEquals(12, inputs(builder.build()));
        assertEquals(36, inputs(builder.sharedInputs(false).build()));
    }

    private static long inputs(Circuit circuit) {
        return circuit.vectors().stream().filter(InputVector.class::isInstance).count();
    }

    @Test
    void the_seed_decides_the_splits_and_the_parameters() {
        Circuit first = bits(40).latents(4).seed(1).build();
        Circuit again = bits(40).latents(4).seed(1).build();
        Circuit other = bits(40).latents(4).seed(2).build();
        assertEquals(scopes(first), scopes(again));
        assertTrue(sameParameters(first, again));
        assertFalse(scopes(first).equals(scopes(other)));
    }

    private static List<Scope> scopes(Circuit circuit) {
        return circuit.vectors().stream().map(vector -> vector.scope()).toList();
    }

    private static void refused(String part, Executable settings) {
        String message = assertThrows(InvalidArgumentException.class, settings).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void impossible_settings_are_refused() {
        refused("depth of 0", () -> bits(4).depth(0));
        refused("repetitions 0", () -> bits(4).repetitions(0));
        refused("pieces 1", () -> bits(4).pieces(1));
        refused("0 latent", () -> bits(4).latents(0));
        refused("blocks of 0", () -> bits(4).blockSize(0));
        refused("blocks of 5", () -> bits(4).latents(8).blockSize(5).build());
        refused("no families", () -> RatSpn.builder(List.of()));
    }
}
