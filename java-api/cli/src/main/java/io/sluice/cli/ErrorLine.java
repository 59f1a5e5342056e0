package io.sluice.cli;

import io.sluice.SluiceException;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What an exception says in one line: what is wrong, with the value, and what to do. */
final class ErrorLine {
    private ErrorLine() {}

    static String of(Throwable e) {
        return text(e).strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static String text(Throwable e) {
        return switch (e) {
            case ParameterException parameter -> usage(parameter);
            case UsageException usage -> String.valueOf(usage.getMessage());
            case StoppedException stopped -> String.valueOf(stopped.getMessage());
            case SluiceException sluice -> String.valueOf(sluice.getMessage());
            case UncheckedIOException io -> String.valueOf(io.getMessage());
            case NoSuchFileException io -> file(io, "does not exist");
            case AccessDeniedException io -> file(io, "permission denied");
            case FileSystemException io -> file(io, String.valueOf(io.getReason()));
            case IOException io -> "reading or writing failed (" + io + "): try again";
            case OutOfMemoryError memory ->
                    "out of memory ("
                            + memory.getMessage()
                            + "): use a machine with more, smaller data or a smaller circuit, or"
                            + " raise the JVM's limits with JAVA_TOOL_OPTIONS";
            default -> "internal error (" + e + "): run again with --debug and report it";
        };
    }

    /** In the words of the other messages: {@code unknown option '--x': see 'sluice --help'}. */
    private static String usage(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        if (!message.isEmpty()) {
            message = Character.toLowerCase(message.charAt(0)) + message.substring(1);
            message = message.replaceFirst("^([^':]+): '", "$1 '");
        }
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String remedy = "see '" + command.qualifiedName() + " --help'";
        if (e instanceof UnmatchedArgumentException unmatched) {
            remedy = meant(unmatched, command) + remedy;
        }
        return message + ": " + remedy;
    }

    /** What an unknown word was meant to be, as a question; empty if nothing is likely. */
    private static String meant(UnmatchedArgumentException e, CommandSpec command) {
        String typed = e.getUnmatched().get(0);
        if (!typed.startsWith("-") && command.findOption("--data") != null) {
            return Files.exists(Path.of(typed)) ? "did you mean --data " + typed + "? " : "";
        }
        List<String> words = new ArrayList<>(command.subcommands().keySet());
        command.options().forEach(option -> words.add(option.longestName()));
        int equals = typed.indexOf('=');
        String hint = NearestWord.hint(equals < 0 ? typed : typed.substring(0, equals), words);
        return hint.substring(2);
    }

    private static String file(FileSystemException e, String reason) {
        return "'" + e.getFile() + "': " + reason + ": check its name and permissions";
    }
}
