package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class ThroughputOptionsTest {
    private static ThroughputOptions parse(String... arguments) {
        return ThroughputOptions.parse(arguments);
    }

    @Test
    void lists_are_separated_by_commas() {
        ThroughputOptions options = parse("--latents", "16,32", "--seconds", "0.25");
        assertEquals(List.of(16, 32), options.latents());
        assertEquals(0.25, options.seconds());
    }

    @ParameterizedTest
    @CsvSource({
        "--latents, 0",
        "--batch, many",
        "--seconds, -1",
        "--structure, tree",
        "--format, csv"
    })
    void an_argument_that_cannot_be_used_is_named(String name, String value) {
        InvalidArgumentException e =
                assertThrows(InvalidArgumentException.class, () -> parse(name, value));
        assertTrue(e.getMessage().startsWith(name + " is given " + value), e::getMessage);
    }

    @Test
    void an_option_needs_a_value() {
        assertThrows(InvalidArgumentException.class, () -> parse("--latents"));
    }

    @Test
    void batches_are_not_larger_than_the_data() {
        assertThrows(InvalidArgumentException.class, () -> parse("--batch", "5000"));
    }
}
