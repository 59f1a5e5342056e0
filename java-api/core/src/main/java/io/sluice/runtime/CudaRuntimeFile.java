package io.sluice.runtime;

import io.sluice.NativeLoadException;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the CUDA runtime library: shipped beside the kernels, otherwise the system's. */
final class CudaRuntimeFile {
    /** Of the major version that the bindings were generated from. */
    private static final String NAME = "libcudart.so.13";

    private CudaRuntimeFile() {}

    /**
     * @throws NativeLoadException when there is none
     */
    static Path find() {
        Path shipped = NativeFiles.find(NAME);
        if (shipped != null) {
            return shipped;
        }
        List<String> folders = systemFolders();
        for (String folder : folders) {
            Path file = Path.of(folder).resolve(NAME).toAbsolutePath();
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new NativeLoadException(
                "the CUDA runtime "
                        + NAME
                        + " is neither beside the kernel library nor in "
                        + String.join(", ", folders)
                        + ": install CUDA 13, or name the runtime's folder in LD_LIBRARY_PATH");
    }

    private static List<String> systemFolders() {
        List<String> folders = new ArrayList<>();
        // With LD_LIBRARY_PATH and the system's own folders.
        for (String folder :
                System.getProperty("java.library.path", "").split(File.pathSeparator, -1)) {
            if (!folder.isBlank()) {
                folders.add(folder);
            }
        }
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String home = System.getenv(variable);
            if (home != null && !home.isBlank()) {
                folders.add(home + "/lib64");
            }
        }
        folders.add("/usr/local/cuda/lib64");
        folders.add(
                "/usr/lib/"
                        + System.getProperty("os.arch").replace("amd64", "x86_64")
                        + "-linux-gnu");
        return folders;
    }
}
