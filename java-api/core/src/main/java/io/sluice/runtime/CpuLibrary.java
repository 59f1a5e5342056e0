package io.sluice.runtime;

import io.sluice.NativeLoadException;
import io.sluice.SluiceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Finds and loads the CPU kernel library, once for the JVM: in the folder that the system property
 * {@value #FOLDER_PROPERTY} names, otherwise among the class path's resources.
 */
final class CpuLibrary {
    static final String FOLDER_PROPERTY = "sluice.native.folder";
    private static final String SYMBOL = "sluice_kernels";

    private CpuLibrary() {}

    private static final class Loaded {
        static final @Nullable KernelLibrary LIBRARY;
        static final @Nullable SluiceException FAILURE;

        static {
            KernelLibrary library = null;
            SluiceException failure = null;
            try {
                library = load();
            } catch (SluiceException e) {
                failure = e;
            }
            LIBRARY = library;
            FAILURE = failure;
        }
    }

    /**
     * The library.
     *
     * @throws NativeLoadException when there is none for this machine, or the system refuses it
     */
    static KernelLibrary get() {
        if (Loaded.LIBRARY != null) {
            return Loaded.LIBRARY;
        }
        throw Loaded.FAILURE == null
                ? new NativeLoadException("the kernel library was not tried")
                : new NativeLoadException(Loaded.FAILURE.getMessage(), Loaded.FAILURE);
    }

    @SuppressWarnings("restricted")
    private static KernelLibrary load() {
        requireAccess();
        Path file = locate();
        MemorySegment kernels;
        try {
            kernels = SymbolLookup.libraryLookup(file, Arena.global()).find(SYMBOL).orElseThrow();
        } catch (IllegalArgumentException e) {
            throw new NativeLoadException(
                    file
                            + " cannot be loaded: "
                            + loaderMessage(file)
                            + ": rebuild the native module for this machine",
                    e);
        }
        return new KernelLibrary(file.toString(), kernels);
    }

    private static void requireAccess() {
        if (!CpuLibrary.class.getModule().isNativeAccessEnabled()) {
            // Until the JDK denies it by default, the call below succeeds with the JDK's warning.
            System.getLogger(CpuLibrary.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "native access is not granted: add --enable-native-access=ALL-UNNAMED"
                                    + " to the java command");
        }
    }

    /** {@code libraryLookup} hides why a library is refused; {@code System.load} tells. */
    @SuppressWarnings("restricted")
    private static String loaderMessage(Path file) {
        try {
            System.load(file.toAbsolutePath().toString());
            return "unknown reason";
        } catch (UnsatisfiedLinkError e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Path locate() {
        String name = System.mapLibraryName("sluice_cpu");
        String folder = System.getProperty(FOLDER_PROPERTY);
        if (folder != null) {
            Path file = Path.of(folder).resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new NativeLoadException(
                        file
                                + " does not exist: the property "
                                + FOLDER_PROPERTY
                                + " must name the folder of "
                                + name);
            }
            return file;
        }
        return extract("META-INF/native/" + platform() + "/" + name, name);
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

    private static Path extract(String resource, String name) {
        try (InputStream in = CpuLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new NativeLoadException(
                        "there is no kernel library for "
                                + platform()
                                + " on the class path ("
                                + resource
                                + "): add the artifact sluice-kernels built on such a machine, or"
                                + " name the library's folder in the property "
                                + FOLDER_PROPERTY);
            }
            Path folder = Files.createTempDirectory("sluice-");
            Path file = folder.resolve(name);
            folder.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            Files.copy(in, file);
            return file;
        } catch (IOException e) {
            throw new NativeLoadException(
                    "the kernel library cannot be unpacked to "
                            + System.getProperty("java.io.tmpdir")
                            + ": "
                            + e.getMessage()
                            + ": free space there, or unpack it yourself and name its folder in the"
                            + " property "
                            + FOLDER_PROPERTY,
                    e);
        }
    }
}
