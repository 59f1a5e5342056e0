package io.sluice.runtime;

import io.sluice.NativeLoadException;
import io.sluice.bindings.NativeLibraries;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/** The kernel libraries, each loaded once for the JVM. */
final class KernelLibraries {
    private static final String SYMBOL = "sluice_kernels";

    private static final OnceLoaded<KernelLibrary> CPU = new OnceLoaded<>(() -> load("sluice_cpu"));
    private static final OnceLoaded<KernelLibrary> CUDA =
            new OnceLoaded<>(KernelLibraries::loadCuda);

    private KernelLibraries() {}

    /**
     * The kernels for processors.
     *
     * @throws NativeLoadException when there are none for this machine, or the system refuses them
     */
    static KernelLibrary cpu() {
        return CPU.get();
    }

    /**
     * The kernels for NVIDIA GPUs, after the CUDA runtime that they need and that {@code
     * CudaRuntime} binds.
     *
     * @throws NativeLoadException when there are none for this machine, or the system refuses them
     */
    static KernelLibrary cuda() {
        return CUDA.get();
    }

    private static KernelLibrary loadCuda() {
        find("sluice_cuda"); // without it, nothing is wrong with the runtime
        Path runtime = CudaRuntimeFile.find();
        try {
            NativeLibraries.load(runtime);
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLoadException(
                    "the CUDA runtime " + runtime + " cannot be loaded: " + e.getMessage(), e);
        }
        return load("sluice_cuda");
    }

    private static Path find(String library) {
        String name = System.mapLibraryName(library);
        Path file = NativeFiles.find(name);
        if (file == null) {
            throw new NativeLoadException(
                    "there is no kernel library for "
                            + NativeFiles.platform()
                            + ": "
                            + NativeFiles.whereToPut(name));
        }
        return file;
    }

    @SuppressWarnings("restricted")
    private static KernelLibrary load(String library) {
        requireAccess();
        Path file = find(library);
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
        if (!KernelLibraries.class.getModule().isNativeAccessEnabled()) {
            // Until the JDK denies it by default, the calls succeed with the JDK's warning.
            System.getLogger(KernelLibraries.class.getName())
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
            System.load(file.toString());
            return "unknown reason";
        } catch (UnsatisfiedLinkError e) {
            return String.valueOf(e.getMessage());
        }
    }
}
