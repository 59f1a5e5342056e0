package io.sluice.cli;

import io.sluice.SluiceException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

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
        CommandSpec command = e.getCommandLine().getCommandSpec();
        String message = message(e, command);
        return message + ": " + meant(e, command) + "see '" + command.qualifiedName() + " --help'";
    }

    private static String message(ParameterException e, CommandSpec command) {
        ArgSpec argument = e.getArgSpec();
        if (e instanceof MissingParameterException missing) {
            return missing(missing, command);
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            if (word.startsWith("-")) {
                return "unknown option '" + word + "'";
            }
            return command.subcommands().isEmpty()
                    ? "unexpected word '" + word + "'"
                    : "there is no command '" + word + "'";
        }
        if (argument == null || e.getValue() == null) {
            return plain(e);
        }
        return name(argument) + " is '" + e.getValue() + "', which is " + failing(argument);
    }

    /** What picocli says, in the style of the other messages. */
    private static String plain(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        return message.isEmpty()
                ? message
                : (Character.toLowerCase(message.charAt(0)) + message.substring(1))
                        .replaceFirst("^([^':]+): '", "$1 '");
    }

    /** What a value is not, that an argument could not be made of. */
    private static String failing(ArgSpec argument) {
        if (hasWords(argument)) {
            return "none of " + String.join(", ", words(argument));
        }
        Class<?> type = argument.auxiliaryTypes()[0];
        if (type == int.class || type == Integer.class) {
            return "no whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
        }
        if (type == long.class) {
            return "no whole number of 64 bits";
        }
        return type == boolean.class || type == Boolean.class
                ? "neither true nor false"
                : "no number";
    }

    /** Everything that is missing, the operand too, which picocli takes for optional. */
    private static String missing(MissingParameterException e, CommandSpec command) {
        List<ArgSpec> missing = e.getMissing();
        if (missing.stream().noneMatch(ArgSpec::required)) {
            return plain(e); // an option without its value
        }
        List<String> names = new ArrayList<>();
        missing.forEach(
                each -> names.add(name(each) + (each.isOption() ? "=" + each.paramLabel() : "")));
        if (command.userObject() instanceof Subcommand subcommand) {
            subcommand.missing().ifPresent(names::add);
        }
        return missing(names);
    }

    /** What is said of required arguments that were not given. */
    static String missing(List<String> names) {
        return "missing required argument"
                + (names.size() == 1 ? " '" : "s '")
                + String.join("', '", names)
                + "'";
    }

    /** What a misspelt word was meant to be, as a question; empty if nothing is likely. */
    private static String meant(ParameterException e, CommandSpec command) {
        String hint = ": ";
        if (e instanceof UnmatchedArgumentException unmatched) {
            String typed = unmatched.getUnmatched().get(0);
            List<String> words = new ArrayList<>(command.subcommands().keySet());
            command.options().forEach(option -> words.add(option.longestName()));
            int equals = typed.indexOf('=');
            hint = NearestWord.hint(equals < 0 ? typed : typed.substring(0, equals), words);
        } else if (hasWords(e.getArgSpec())) {
            hint = NearestWord.hint(String.valueOf(e.getValue()), words(e.getArgSpec()));
        }
        return hint.substring(2);
    }

    private static boolean hasWords(@Nullable ArgSpec option) {
        return option != null && option.type().isEnum();
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** The values of an option with a fixed set of them, as people type them. */
    static List<String> words(ArgSpec option) {
        return Arrays.stream(option.type().getEnumConstants())
                .map(value -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static String file(FileSystemException e, String reason) {
        return "'" + e.getFile() + "': " + reason + ": check its name and permissions";
    }
}
