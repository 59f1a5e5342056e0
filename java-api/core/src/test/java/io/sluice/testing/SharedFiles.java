package io.sluice.testing;

import org.junit.jupiter.api.Assumptions;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files beside the repository, or in the folder that the system property {@value #FOLDER_PROPERTY}
 * names. A test that needs a missing file is skipped.
 */
public final class SharedFiles {
    private static final String FOLDER_PROPERTY = "sluice.shared";

    private SharedFiles() {}

    /**
     * A file or folder of the folder {@code shared}. Skips the test, and says what it looked for,
     * when there is none.
     *
     * @param name relative to that folder
     */
    public static Path find(String name) {
        String folder = System.getProperty(FOLDER_PROPERTY);
        Path shared = folder == null ? repository().resolveSibling("shared") : Path.of(folder);
        Path found = shared.resolve(name);
        Assumptions.assumeTrue(
                Files.exists(found), () -> "skipped: needs " + found + ", which is not there");
        return found;
    }

    /** The repository's root: the nearest folder above with {@code pom.xml} and {@code native}. */
    public static Path repository() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("pom.xml"))
                    && Files.isDirectory(folder.resolve("native"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                start + " lies in no checkout: run the tests inside the repository");
    }
}
