package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.Objects;
import java.util.concurrent.Callable;

/** The command without a subcommand: help and version. */
@Command(
        name = "sluice",
        description = "Builds, trains and queries probabilistic circuits.",
        versionProvider = SluiceCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Try it: 'sluice train table.csv --out m.sluice', then",
            "'sluice impute holes.csv --model m.sluice --out full.csv'.",
            "'sluice help COMMAND' says what a command does."
        })
final class SluiceCommand implements Callable<Integer> {
    @Mixin final CommonOptions common;

    @Option(names = "--version", versionHelp = true, description = "Print the version.")
    boolean version;

    SluiceCommand(CommonOptions common) {
        this.common = common;
    }

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getOut());
        return Main.SUCCESS;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"sluice " + (version == null ? "(not packaged)" : version)};
        }
    }
}
