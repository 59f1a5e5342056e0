package io.sluice.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;

class HeaderDriftTest {
    private static final Path HEADER = Path.of("..", "native", "include", "sluice", "sluice.h");

    @Test
    void bindings_were_generated_from_the_present_header()
            throws IOException, NoSuchAlgorithmException {
        Properties facts = new Properties();
        try (InputStream stream = NativeLibraries.class.getResourceAsStream("headers.properties")) {
            assertNotNull(
                    stream, "no headers.properties beside the bindings: run bindings/generate.sh");
            facts.load(stream);
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(HEADER));

        assertEquals(
                facts.getProperty("sluice.h.sha256"),
                HexFormat.of().formatHex(digest),
                "sluice.h changed after the bindings were generated: run bindings/generate.sh"
                        + " kernels");
    }
}
