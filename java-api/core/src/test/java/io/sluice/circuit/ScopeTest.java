package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.BitSet;
import java.util.Random;

class ScopeTest {

    @Test
    void a_scope_is_the_set_of_its_variables() {
        Scope scope = Scope.of(700, 3, 64, 3);
        assertArrayEquals(new int[] {3, 64, 700}, scope.toArray());
        assertEquals(3, scope.size());
        assertTrue(scope.contains(64));
        assertFalse(scope.contains(65));
        assertFalse(scope.contains(100_000));
        assertFalse(scope.contains(0));
    }

    @Test
    void equality_does_not_depend_on_how_a_scope_was_made() {
        Scope united = Scope.of(200).union(Scope.of(70)).union(Scope.of(130));
        assertEquals(Scope.of(70, 130, 200), united);
        assertEquals(Scope.of(70, 130, 200).hashCode(), united.hashCode());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void set_operations_agree_with_bit_sets(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int offset = random.nextInt(500);
            int[] a = random.ints(1 + random.nextInt(6), offset, offset + 150).toArray();
            int[] b = random.ints(1 + random.nextInt(6), 100, 400).toArray();
            BitSet bitsA = bits(a);
            BitSet bitsB = bits(b);
            assertEquals(bitsA.intersects(bitsB), Scope.of(a).intersects(Scope.of(b)));
            BitSet union = (BitSet) bitsA.clone();
            union.or(bitsB);
            Scope united = Scope.of(a).union(Scope.of(b));
            assertArrayEquals(union.stream().toArray(), united.toArray());
            assertEquals(union.cardinality(), united.size());
        }
    }

    private static BitSet bits(int[] variables) {
        BitSet bits = new BitSet();
        for (int variable : variables) {
            bits.set(variable);
        }
        return bits;
    }

    @Test
    void long_scopes_are_abbreviated_in_messages() {
        assertEquals("{1, 2}", Scope.of(2, 1).toString());
        int[] many = new int[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        assertTrue(Scope.of(many).toString().endsWith("11, ... 100 variables}"));
    }

    @Test
    void no_variable_and_negative_variables_are_refused() {
        assertThrows(InvalidArgumentException.class, Scope::of);
        assertThrows(InvalidArgumentException.class, () -> Scope.of(1, -1));
    }
}
