package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.data.format.TableWriter;

import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * The file that a command writes its result to; {@code -} is standard output. It is checked before
 * the work starts.
 */
final class OutputFile {
    private static final String OUT = "--out";
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final Path STANDARD_OUTPUT_DEVICE = Path.of("/dev/stdout");

    private OutputFile() {}

    /** Writes a result to a file. */
    @FunctionalInterface
    interface Content {
        void writeTo(Path file) throws IOException;
    }

    /** Whether the result goes to standard output. */
    static boolean isStandardOutput(Path file) {
        return file.equals(STANDARD_OUTPUT) || file.equals(STANDARD_OUTPUT_DEVICE);
    }

    /** The file as reports name it. */
    static String name(Path file) {
        return isStandardOutput(file) ? "standard output" : file.toString();
    }

    /** Writes a file, or standard output once the whole result is there. */
    static void write(Session session, Path out, Content content) throws IOException {
        if (!isStandardOutput(out)) {
            content.writeTo(out);
            return;
        }
        Path folder = Files.createTempDirectory("sluice");
        Path file = folder.resolve("output");
        try {
            content.writeTo(file);
            Files.copy(file, session.terminal().out());
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }

    static void check(String option, Path file) {
        if (isStandardOutput(file)) {
            return;
        }
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
        if (Files.isDirectory(file)) {
            throw new UsageException(option + " " + file + " is a folder: give the name of a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new UsageException(
                    "the folder of " + option + " " + file + " does not exist: make it first");
        }
        boolean device = Files.exists(file) && !Files.isRegularFile(file);
        if (device ? !Files.isWritable(file) : !canCreate(file)) {
            throw new UsageException(
                    option
                            + " "
                            + file
                            + " cannot be written: check its name and the permissions of "
                            + folder);
        }
    }

    /**
     * Checks the file of a table, whose ending says the format.
     *
     * @param others endings that are possible besides those of tables
     */
    static TableWriter checkTable(String option, Path file, String... others) {
        check(option, file);
        try {
            return TableWriter.of(file);
        } catch (InvalidArgumentException e) {
            String also = others.length == 0 ? "" : " or " + String.join(" or ", others);
            throw new UsageException(option + " " + e.getMessage() + also, e);
        }
    }

    /**
     * Checks that a result does not replace a file that the command reads. A model to train further
     * may be replaced: the result is that model.
     *
     * @param typed what the user typed
     */
    static void requireOther(Path out, ParseResult typed) throws IOException {
        for (ArgSpec argument : typed.matchedArgs()) {
            String name =
                    argument instanceof OptionSpec option
                            ? option.longestName()
                            : argument.paramLabel();
            if (name.equals(OUT) || name.equals("--structure")) {
                continue;
            }
            for (String value : argument.originalStringValues()) {
                if (isSame(out, value)) {
                    throw new UsageException(
                            OUT
                                    + " "
                                    + out
                                    + " is the file of "
                                    + name
                                    + ", which it would replace:"
                                    + " give another name");
                }
            }
        }
    }

    private static boolean isSame(Path out, String value) throws IOException {
        try {
            return Files.isRegularFile(out)
                    && Files.exists(Path.of(value))
                    && Files.isSameFile(out, Path.of(value));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Whether a file can be created beside another; permissions alone do not tell. */
    private static boolean canCreate(Path file) {
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path probe = target.resolveSibling("." + target.getFileName() + ".sluice-check.tmp");
            Files.deleteIfExists(probe);
            Files.createFile(probe);
            Files.delete(probe);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Checks a folder that will be created if it does not exist. */
    static void checkFolder(String option, Path folder) {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new UsageException(
                    option + " " + folder + " is not a folder: give the name of one");
        }
        if (!canCreate(existing.resolve("folder"))) {
            throw new UsageException(
                    option
                            + " "
                            + folder
                            + " cannot be written: check the permissions of "
                            + existing);
        }
    }

    /**
     * Checks a file whose name says by its ending what is written, and returns the ending. A name
     * that can have none, such as that of a device or {@code -}, stands for the first.
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
        if (isStandardOutput(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
            return endings[0];
        }
        throw new UsageException(
                option
                        + " "
                        + file
                        + " has an unknown ending: give a name that ends in "
                        + String.join(" or ", endings));
    }
}
