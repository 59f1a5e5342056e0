package io.sluice.runtime;

import io.sluice.NativeLoadException;
import io.sluice.bindings.NativeLibraries;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.NoSuchElementException;

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
        find("sluice_cuda"); // without this library, the runtime is not at fault
        Path runtime = CudaRuntimeFile.find();
        requireWhole(runtime);
        try {
            NativeLibraries.load(runtime);
        } catch (UnsatisfiedLinkError e) {
            throw new NativeLoadException(
                    "the CUDA runtime " + runtime + " cannot be loaded: " + e.getMessage(), e);
        } catch (IllegalCallerException e) {
            throw accessDenied(e);
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
        Path file = find(library);
        requireWhole(file);
        try {
            MemorySegment kernels =
                    SymbolLookup.libraryLookup(file, Arena.global()).find(SYMBOL).orElseThrow();
            return new KernelLibrary(file.toString(), kernels);
        } catch (IllegalCallerException e) {
            throw accessDenied(e);
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof IllegalCallerException denied) {
                throw accessDenied(denied);
            }
            throw e;
        } catch (NoSuchElementException e) {
            throw new NativeLoadException(
                    file
                            + " is no kernel library, as it has no function "
                            + SYMBOL
                            + ": rebuild the native module for this machine",
                    e);
        } catch (IllegalArgumentException e) {
            String reason = loaderMessage(file);
            throw new NativeLoadException(
                    file + " cannot be loaded: " + reason + ": " + remedy(reason), e);
        }
    }

    /**
     * The loader maps a truncated file, and the process dies at the first access beyond its end.
     */
    private static void requireWhole(Path file) {
        try {
            if (ElfFile.isCutOff(file)) {
                throw new NativeLoadException(
                        file + " is cut off: copy it again, or rebuild the native module");
            }
        } catch (IOException e) {
            throw new NativeLoadException(
                    file + " cannot be read: " + e.getMessage() + ": let this user read it", e);
        }
    }

    private static NativeLoadException accessDenied(IllegalCallerException denied) {
        Module own = KernelLibraries.class.getModule();
        String modules =
                own.isNamed()
                        ? own.getName() + "," + NativeLibraries.class.getModule().getName()
                        : "ALL-UNNAMED";
        return new NativeLoadException(
                "native access is denied, so kernels cannot be called: add --enable-native-access="
                        + modules
                        + " to the java command",
                denied);
    }

    private static String remedy(String reason) {
        return reason.contains("failed to map segment")
                ? "its file system probably forbids running code (noexec); name a folder on another"
                        + " one in the environment variable XDG_CACHE_HOME, or the library's own"
                        + " folder in the property "
                        + NativeFiles.FOLDER_PROPERTY
                : "rebuild the native module for this machine";
    }

    /** {@code libraryLookup} hides why a library is refused; {@code System.load} says it. */
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
