package io.sluice.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Checks that a file can be written, before the work whose result it shall hold. */
final class OutputFile {
    private OutputFile() {}

    static void check(String option, Path file) {
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
        if (Files.isDirectory(file)) {
            throw new UsageException(option + " " + file + " is a folder: give the name of a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new UsageException(
                    "the folder of " + option + " " + file + " does not exist: make it first");
        }
        boolean writable =
                (Files.exists(file) && !Files.isRegularFile(file))
                        ? Files.isWritable(file)
                        : Files.isWritable(folder);
        if (!writable) {
            throw new UsageException(
                    option + " " + file + " cannot be written: check the permissions of " + folder);
        }
    }

    /**
     * Checks a file whose ending says what is written, and returns the ending.
     *
     * @param endings those that are possible, with their dots
     */
    static String check(String option, Path file, String... endings) {
        check(option, file);
        String name = file.toString().toLowerCase(Locale.ROOT);
        for (String ending : endings) {
            if (name.endsWith(ending)) {
                return ending;
            }
        }
        throw new UsageException(
                option
                        + " "
                        + file
                        + " has an unknown ending: give a name that ends in "
                        + String.join(" or ", endings));
    }
}
