package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code sluice help}. */
@Command(name = "help", description = "Shows what a command does; with 'all', every option.")
final class HelpCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Parameters(
            arity = "0..2",
            paramLabel = "[COMMAND] [all]",
            hideParamSyntax = true,
            description = "The command, and 'all' for all of its options.")
    List<String> words = List.of();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine sluice = Objects.requireNonNull(spec).parent().commandLine();
        boolean all = !words.isEmpty() && words.get(words.size() - 1).equals(ALL);
        List<String> names = all ? words.subList(0, words.size() - 1) : words;
        if (names.size() > 1) {
            throw new UsageException(
                    "help of '"
                            + String.join(" ", names)
                            + "': give one command, and 'all' for all of its options");
        }
        CommandLine chosen = names.isEmpty() ? sluice : command(sluice, names.get(0));
        if (all) {
            sluice.getOut().print(HelpText.all(chosen));
            sluice.getOut().flush();
        } else {
            chosen.usage(sluice.getOut());
        }
        return Main.SUCCESS;
    }

    private static CommandLine command(CommandLine sluice, String name) {
        Map<String, CommandLine> commands = sluice.getSubcommands();
        CommandLine chosen = commands.get(name);
        if (chosen == null) {
            throw new UsageException(
                    "there is no command '"
                            + name
                            + "'"
                            + NearestWord.hint(name, commands.keySet())
                            + "give "
                            + String.join(", ", commands.keySet()));
        }
        return chosen;
    }
}
