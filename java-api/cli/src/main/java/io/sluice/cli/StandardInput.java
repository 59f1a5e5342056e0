package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Standard input as a file, for readers that read a file more than once. */
final class StandardInput {
    private static final Set<String> NAMES = Set.of("-", "/dev/stdin");

    private StandardInput() {}

    /** Whether the name of a file stands for standard input. */
    static boolean is(String source) {
        return NAMES.contains(source);
    }

    /** The source itself, or what came from standard input in a file that lasts until the end. */
    static String file(String source) throws IOException {
        return is(source) ? copied().toString() : source;
    }

    private static Path copied() throws IOException {
        Path folder = Files.createTempDirectory("sluice");
        folder.toFile().deleteOnExit();
        Path file = folder.resolve("standard-input");
        file.toFile().deleteOnExit();
        try (InputStream in = System.in) {
            Files.copy(in, file);
        }
        return file;
    }
}
