package io.sluice.runtime;

import io.sluice.NativeLoadException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds the files of shared libraries: in the folder that the system property {@value
 * #FOLDER_PROPERTY} names, otherwise among the resources of the class path or module path, which
 * are {@linkplain UnpackedFiles unpacked}.
 */
final class NativeFiles {
    static final String FOLDER_PROPERTY = "sluice.native.folder";

    private NativeFiles() {}

    /**
     * A library's file, or null when there is none.
     *
     * @param name of the file
     * @throws NativeLoadException when it cannot be unpacked
     */
    static @Nullable Path find(String name) {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            Path file = Path.of(folder).resolve(name).toAbsolutePath();
            return Files.isRegularFile(file) ? file : null;
        }
        return unpacked(name);
    }

    /** Where {@link #find} looked for a file, and what to do when there is none. */
    static String whereToPut(String name) {
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            return Path.of(folder).resolve(name)
                    + " does not exist: the property "
                    + FOLDER_PROPERTY
                    + " must name the folder of "
                    + name;
        }
        return resource(name)
                + " is not on the class path: add the artifact sluice-kernels built on such a"
                + " machine, or name the folder of "
                + name
                + " in the property "
                + FOLDER_PROPERTY;
    }

    private static String resource(String name) {
        return "META-INF/native/" + platform() + "/" + name;
    }

    /** Operating system and processor, as the build names the folders of native libraries. */
    static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = os.startsWith("mac") ? "macos" : os.startsWith("win") ? "windows" : os;
        String processor =
                switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "arm64", "aarch64" -> "aarch64";
                    default -> arch;
                };
        return system + "-" + processor;
    }

    private static @Nullable Path unpacked(String name) {
        ClassLoader loader = NativeFiles.class.getClassLoader();
        UnpackedFiles files = UnpackedFiles.ofUser();
        try (InputStream in = loader.getResourceAsStream(resource(name))) {
            return in == null ? null : files.file(name, in.readAllBytes());
        } catch (IOException e) {
            throw new NativeLoadException(
                    name
                            + " cannot be unpacked to "
                            + files.folder()
                            + ": "
                            + e.getMessage()
                            + ": free space there and let nobody else write it, set the environment"
                            + " variable XDG_CACHE_HOME to another folder, or unpack the file"
                            + " yourself and name its folder in the property "
                            + FOLDER_PROPERTY,
                    e);
        }
    }
}
