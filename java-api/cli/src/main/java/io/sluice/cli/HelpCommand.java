package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code sluice help}. */
@Command(name = "help", description = "Prints the help of a command, or lists the commands.")
final class HelpCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "COMMAND", description = "The command.")
    @Nullable String command;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine sluice = Objects.requireNonNull(spec).parent().commandLine();
        Map<String, CommandLine> commands = sluice.getSubcommands();
        CommandLine chosen = command == null ? sluice : commands.get(command);
        if (chosen == null) {
            throw new UsageException(
                    "there is no command '"
                            + command
                            + "'"
                            + NearestWord.hint(String.valueOf(command), commands.keySet())
                            + "give "
                            + String.join(", ", commands.keySet()));
        }
        chosen.usage(sluice.getOut());
        return Main.SUCCESS;
    }
}
