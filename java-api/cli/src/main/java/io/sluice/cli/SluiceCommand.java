package io.sluice.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** The command without a subcommand: help and version. */
@Command(
        name = "sluice",
        description = "Builds, trains and queries probabilistic circuits.",
        versionProvider = SluiceCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Try it: 'sluice train' trains on digits that it draws itself.",
            "'sluice COMMAND --help' says what a command does."
        })
final class SluiceCommand implements Callable<Integer> {
    @Mixin final CommonOptions common;

    @Option(names = "--version", versionHelp = true, description = "Print the version.")
    boolean version;

    SluiceCommand(CommonOptions common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        throw new UsageException("no command given: see 'sluice --help'");
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
