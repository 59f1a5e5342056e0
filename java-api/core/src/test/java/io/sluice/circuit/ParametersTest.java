package io.sluice.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class ParametersTest {

    @Test
    void a_copy_does_not_follow_its_source() {
        float[] source = {1, 2, 3};
        Parameters copy = Parameters.copyOf(MemorySegment.ofArray(source));
        source[1] = 7;
        assertEquals(3, copy.size());
        assertEquals(2, copy.get(1));
    }

    @Test
    void parameters_cannot_be_written() {
        MemorySegment segment = Parameters.copyOf(MemorySegment.ofArray(new float[2])).segment();
        assertTrue(segment.isReadOnly());
        assertThrows(
                IllegalArgumentException.class,
                () -> segment.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1f));
    }

    @Test
    void mapped_parameters_are_not_copied() {
        MemorySegment memory = Arena.ofAuto().allocate(8, 4);
        memory.setAtIndex(ValueLayout.JAVA_FLOAT, 1, 5f);
        Parameters mapped = Parameters.ofMapped(memory);
        assertEquals(memory.address(), mapped.segment().address());
        assertEquals(5, mapped.get(1));
    }

    @Test
    void memory_that_cannot_hold_parameters_is_refused() {
        MemorySegment automatic = Arena.ofAuto().allocate(16, 4);
        assertThrows(
                InvalidArgumentException.class, () -> Parameters.copyOf(automatic.asSlice(0, 6)));
        assertThrows(
                InvalidArgumentException.class, () -> Parameters.ofMapped(automatic.asSlice(1, 8)));
        assertThrows(
                InvalidArgumentException.class,
                () -> Parameters.ofMapped(MemorySegment.ofArray(new float[2])));
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment memory = confined.allocate(8, 4);
            assertThrows(InvalidArgumentException.class, () -> Parameters.ofMapped(memory));
        }
    }

    @Test
    void a_size_that_memory_does_not_have_names_the_bytes() {
        OutOfMemoryException refused =
                assertThrows(
                        OutOfMemoryException.class,
                        () -> Parameters.filled(1L << 50, memory -> {}));
        assertTrue(String.valueOf(refused.getMessage()).contains((4L << 50) + " bytes"));
    }

    @Test
    void an_index_outside_is_refused() {
        Parameters two = Parameters.copyOf(MemorySegment.ofArray(new float[2]));
        assertThrows(IndexOutOfBoundsException.class, () -> two.get(2));
        assertThrows(IndexOutOfBoundsException.class, () -> two.get(-1));
    }
}
