package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.data.Column;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page that documents the native format shows the bytes that are written. */
class FormatPageTest {
    private static final Path PAGE = Path.of("..", "FORMAT.md");

    /** An offset, bytes in hexadecimal, and what they mean. */
    private static final Pattern LINE =
            Pattern.compile("^ *(\\d+) {2}((?:[0-9A-F]{2} )*[0-9A-F]{2})(?: {2}.*)?$");

    @TempDir Path folder;

    /** Two biased coins, and the mixture of them that the page shows. */
    private static Model example() {
        CircuitBuilder b = Circuit.builder();
        InputVector coins = b.input(0, new Categorical(2), 2, 2);
        Circuit circuit =
                b.build(
                        b.sum(List.of(coins), 1, 1),
                        (vector, slice) -> {
                            float[] values =
                                    vector.equals(coins)
                                            ? new float[] {0.75f, 0.25f, 0.25f, 0.75f}
                                            : new float[] {0.5f, 0.5f};
                            MemorySegment.copy(
                                    values, 0, slice, ValueLayout.JAVA_FLOAT, 0, values.length);
                        });
        Schema schema = Schema.of(List.of(Column.categorical("coin", 2)));
        return new Model(circuit, schema, Map.of("note", "hi"));
    }

    @Test
    void the_page_shows_every_byte_of_its_example() throws IOException {
        Path file = folder.resolve("coins.sluice");
        ModelFile.write(example(), file);
        byte[] written = Files.readAllBytes(file);
        boolean[] shown = new boolean[written.length];
        for (String line : Files.readAllLines(PAGE)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                int at = Integer.parseInt(matcher.group(1));
                for (byte value : HexFormat.ofDelimiter(" ").parseHex(matcher.group(2))) {
                    assertEquals(written[at], value, "byte " + at + " in: " + line);
                    shown[at++] = true;
                }
            }
        }
        for (int at = 0; at < written.length; at++) {
            assertTrue(shown[at] || written[at] == 0, "byte " + at + " is not on the page");
        }
    }
}
