package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Objects;
import java.util.concurrent.Callable;

/** {@code sluice completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes sluice's words with Tab.",
            "For bash add this line to ~/.bashrc, for zsh to ~/.zshrc:",
            "  source <(sluice completion bash)    # or zsh"
        })
final class CompletionCommand implements Callable<Integer> {
    /** Shells whose completion picocli knows. */
    enum Shell {
        BASH,
        ZSH // reads the script for bash
    }

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    @Nullable Shell shell;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine sluice = Objects.requireNonNull(spec).parent().commandLine();
        for (CommandLine command : sluice.getSubcommands().values()) {
            OptionSpecs.replace(command.getCommandSpec(), CompletionCommand::inLowerCase);
        }
        sluice.getOut().print(AutoComplete.bash(sluice.getCommandName(), sluice));
        sluice.getOut().flush();
        return Main.SUCCESS;
    }

    /** Values of an enumeration as the help writes them; either case is understood. */
    private static OptionSpec inLowerCase(OptionSpec option) {
        return option.type().isEnum()
                ? OptionSpec.builder(option).completionCandidates(ErrorLine.words(option)).build()
                : option;
    }
}
