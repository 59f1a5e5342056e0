package io.sluice.cli;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/** One command: it checks its options, runs, and reports. */
abstract class Subcommand implements Callable<Integer> {
    private @Nullable CommonOptions common;
    private @Nullable Terminal terminal;
    private @Nullable StopRequest stop;
    private @Nullable Operand operand;
    private @Nullable CommandLine line;

    /** Gives the command what all commands share, and returns it as one that can be parsed. */
    final CommandLine attach(CommonOptions options, Terminal where, StopRequest request) {
        common = options;
        terminal = where;
        stop = request;
        CommandLine made = new CommandLine(this);
        made.getCommandSpec().usageMessage().sortOptions(false); // related options stand together
        operand = Operand.attach(made.getCommandSpec(), needsOperand());
        line = made;
        return made;
    }

    /** Whether the operand is required if its option says so. */
    boolean needsOperand() {
        return true;
    }

    /** What was typed. */
    final ParseResult typed() {
        return Objects.requireNonNull(line).getParseResult();
    }

    /** The operand, if it is required and was not given. */
    final Optional<String> missing() {
        return Optional.ofNullable(operand).filter(Operand::isMissing).map(Operand::name);
    }

    @Override
    public final Integer call() throws IOException {
        if (common == null || terminal == null || stop == null) {
            throw new IllegalStateException("a command that was not attached");
        }
        Session session = new Session(common, terminal, stop);
        Path output = output();
        boolean resultOnOut = output != null && OutputFile.isStandardOutput(output);
        try {
            if (operand != null) {
                operand.check(typed());
            }
            common.check();
            check();
            if (output != null) {
                OutputFile.requireOther(output, typed());
            }
        } catch (InvalidArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
        if (resultOnOut && common.json) {
            throw new UsageException(
                    "--json and --out " + output + " both take standard output: leave one out");
        }
        Report report = run(session);
        stop.claimEnd();
        if (resultOnOut) {
            report.lines().forEach(session::remark);
        } else {
            report.print(terminal.out(), common.json);
        }
        return Main.SUCCESS;
    }

    /** Where the result goes; null when the report is all there is. */
    @Nullable Path output() {
        return null;
    }

    /**
     * Finds wrong usage before any work starts.
     *
     * @throws UsageException or {@link InvalidArgumentException}, for exit code 2
     */
    abstract void check() throws IOException;

    /** Does the work; exceptions other than {@link UsageException} give exit code 1. */
    abstract Report run(Session session) throws IOException;
}
