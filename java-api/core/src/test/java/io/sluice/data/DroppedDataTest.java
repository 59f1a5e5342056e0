package io.sluice.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class DroppedDataTest {
    private static final int ROWS = 1 << 10;
    private static final int VARIABLES = 1 << 10;

    /** Makes and drops data sets of 1 MiB, far more than fit into the memory at a time. */
    public static void main(String[] arguments) {
        byte[] values = new byte[ROWS * VARIABLES];
        Schema schema = Schema.categorical(VARIABLES, 256);
        for (int i = 0; i < 150; i++) {
            assertEquals(ROWS, Dataset.ofBytes(values, VARIABLES, schema).rows());
        }
    }

    @Test
    void dropped_data_sets_make_room_even_where_explicit_collections_are_disabled()
            throws Exception {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        System.getProperty("java.home") + "/bin/java",
                                        "-XX:+DisableExplicitGC",
                                        "-XX:MaxDirectMemorySize=64m",
                                        "-Xmx256m",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        DroppedDataTest.class.getName()))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }
}
