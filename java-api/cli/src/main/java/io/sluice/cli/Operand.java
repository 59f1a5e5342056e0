package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What a command works on, which needs no option: {@code train table.csv} is {@code train --data
 * table.csv}. It is the data, or the model where a command takes no data.
 */
final class Operand {
    private final OptionSpec option;
    private final boolean required;
    private final @Nullable Object absent; // the value when nothing is given

    private Operand(OptionSpec option, boolean required, @Nullable Object absent) {
        this.option = option;
        this.required = required;
        this.absent = absent;
    }

    /**
     * Lets a word stand for the option.
     *
     * @param needed whether it is required if its option is
     * @return null if the command has no such option, or gives words a meaning of its own
     */
    static @Nullable Operand attach(CommandSpec command, boolean needed) {
        OptionSpec option =
                Stream.of("--data", "--model")
                        .map(command::findOption)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        if (option == null || !command.positionalParameters().isEmpty()) {
            return null;
        }
        boolean required = needed && option.required();
        @Nullable Object absent = option.getValue();
        OptionSpec named = OptionSpec.builder(option).required(false).initialValue(absent).build();
        OptionSpecs.replace(command, each -> each.equals(option) ? named : each);
        String label = option.paramLabel();
        command.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .arity("0..1")
                        .paramLabel(required ? label : "[" + label + "]")
                        .hideParamSyntax(true)
                        .description(option.description())
                        .type(option.type())
                        .initialValue(absent)
                        .getter(option.getter())
                        .setter(option.setter())
                        .build());
        return new Operand(named, required, absent);
    }

    /** Whether it is required, and neither the word nor the option was given. */
    boolean isMissing() {
        return required && Objects.equals(option.getValue(), absent);
    }

    /** As messages ask for it. */
    String name() {
        return option.longestName() + "=" + option.paramLabel();
    }

    /** Refuses a missing operand, and one that is given both as a word and by its option. */
    void check(ParseResult parsed) {
        if (isMissing()) {
            throw new UsageException(
                    ErrorLine.missing(List.of(name()))
                            + ": see '"
                            + parsed.commandSpec().qualifiedName()
                            + " --help'");
        }
        if (parsed.hasMatchedOption(option) && parsed.hasMatchedPositional(0)) {
            throw new UsageException(
                    parsed.matchedPositional(0).originalStringValues().get(0)
                            + " and "
                            + option.longestName()
                            + " "
                            + option.originalStringValues().get(0)
                            + " are given both: leave one out");
        }
    }
}
