package io.sluice.bindings;

import java.nio.file.Path;

/** Loads what the generated classes look their functions up in. */
public final class NativeLibraries {
    private NativeLibraries() {}

    /**
     * Loads a shared library for the functions of {@link io.sluice.bindings.cudart.CudaRuntime}.
     * Each function is looked up when it is first called, among the libraries that were loaded by
     * the class loader of the generated classes: hence from here. A second load of the same file
     * does nothing.
     *
     * @param library absolute path of the library
     * @throws UnsatisfiedLinkError when the system refuses the file; the message is the loader's
     *     own
     */
    public static void load(Path library) {
        System.load(library.toString());
    }
}
