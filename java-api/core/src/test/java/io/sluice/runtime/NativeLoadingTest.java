package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.NativeLoadException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Loads the kernels in separate JVMs, because a JVM loads a library only once. */
class NativeLoadingTest {
    private static final String LOADED = "loaded";
    private static final String LIBRARY = System.mapLibraryName("sluice_cpu");

    @TempDir Path folder;
    private byte[] library = new byte[0];

    /** The program that the JVMs run. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            try {
                KernelLibraries.cpu();
                System.out.println(LOADED);
            } catch (NativeLoadException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @BeforeEach
    void find() throws IOException {
        Path file = NativeFiles.find(LIBRARY);
        assumeTrue(file != null, "no kernel library for this machine");
        library = Files.readAllBytes(file);
    }

    /** The output of a JVM that loads the kernels; it must not die. */
    private String load(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        command.addAll(Arrays.asList(options));
        command.add("-XX:-PrintWarnings"); // about a library that the JVM cannot read
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Program.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.strip();
    }

    private String loadFrom(byte[] content) throws IOException, InterruptedException {
        Files.write(folder.resolve(LIBRARY), content);
        return load(
                "--enable-native-access=ALL-UNNAMED",
                "-D" + NativeFiles.FOLDER_PROPERTY + "=" + folder);
    }

    @Test
    void a_whole_library_is_loaded() throws Exception {
        assertEquals(LOADED, loadFrom(library));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.02, 0.5, 0.99})
    void a_library_without_its_end_is_refused_in_one_line(double part) throws Exception {
        byte[] begin = Arrays.copyOf(library, (int) (part * library.length));
        String message = loadFrom(begin);
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.contains(folder.resolve(LIBRARY).toString()), message);
    }

    @Test
    void denied_native_access_ends_in_one_line_with_the_flag() throws Exception {
        Files.write(folder.resolve(LIBRARY), library);
        String message =
                load(
                        "--enable-native-access=java.logging",
                        "--illegal-native-access=deny",
                        "-D" + NativeFiles.FOLDER_PROPERTY + "=" + folder);
        assertEquals(1, message.lines().count(), message);
        assertTrue(message.contains("--enable-native-access=ALL-UNNAMED"), message);
    }
}
