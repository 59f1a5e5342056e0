package io.sluice.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.util.List;
import java.util.function.UnaryOperator;

/** Changes options after picocli has read their annotations. */
final class OptionSpecs {
    private OptionSpecs() {}

    /** Replaces each option of a command, which keep their order. */
    static void replace(CommandSpec command, UnaryOperator<OptionSpec> change) {
        List<OptionSpec> options = List.copyOf(command.options());
        options.forEach(command::remove);
        options.forEach(option -> command.addOption(change.apply(option)));
    }
}
