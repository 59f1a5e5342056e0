package io.sluice.cli;

import picocli.CommandLine;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where the command {@code sluice} begins and ends. */
public final class Main {
    static final int SUCCESS = 0;
    static final int FAILURE = 1;
    static final int WRONG_USAGE = 2;

    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(out, System.err, Terminal.errIsTerminal());
        StopRequest stop = new StopRequest();
        for (StopSignal signal : StopSignal.values()) {
            signal.handle(by -> stop(by, stop, terminal, List.of(arguments)));
        }
        int code = run(arguments, terminal, stop);
        stop.over();
        System.exit(code);
    }

    /** Ends the command because of a signal, at once or in order. */
    private static void stop(
            StopSignal by, StopRequest stop, Terminal terminal, List<String> arguments) {
        if (!stop.request(by)) {
            Runtime.getRuntime().halt(by.exitCode());
        }
        if (stop.keepsWork()) {
            if (!arguments.contains(CommonOptions.QUIET)) {
                terminal.remark("stopping after this batch; a second Ctrl-C ends at once");
            }
        } else if (!stop.awaitEnd()) {
            int code = failed(terminal, stop, stop.stopped(by), arguments);
            terminal.flush();
            System.exit(code);
        }
    }

    /** Runs the command; returns the exit code. */
    static int run(String[] arguments, Terminal terminal, StopRequest stop) {
        CommonOptions common = new CommonOptions();
        CommandLine sluice = new CommandLine(new SluiceCommand(common));
        for (Subcommand command :
                new Subcommand[] {
                    new TrainCommand(),
                    new EvaluateCommand(),
                    new ScoreCommand(),
                    new ConditionCommand(),
                    new ImputeCommand(),
                    new SampleCommand(),
                    new SynthesizeCommand(),
                    new AnomaliesCommand(),
                    new CompareCommand(),
                    new SchemaCommand(),
                    new InspectCommand(),
                    new ConvertCommand(),
                    new DevicesCommand()
                }) {
            sluice.addSubcommand(command.attach(common, terminal, stop));
        }
        sluice.addSubcommand(new CompletionCommand());
        sluice.addSubcommand(new HelpCommand());
        HelpText.attach(sluice);
        List<String> typed = List.of(arguments);
        sluice.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(terminal.writer())
                .setParameterExceptionHandler((e, ignored) -> failed(terminal, stop, e, typed))
                .setExecutionExceptionHandler(
                        (e, ignored, parsed) -> failed(terminal, stop, e, typed));
        int code;
        try {
            code = sluice.execute(arguments);
        } catch (Error e) { // out of memory, most likely
            code = failed(terminal, stop, e, typed);
        }
        if (!terminal.flush() && code == SUCCESS) {
            terminal.error("cannot write to standard output: see what it is connected to", null);
            code = FAILURE;
        }
        return code;
    }

    /** Tells of an error, on standard output too if that is to hold JSON; returns the exit code. */
    private static int failed(
            Terminal terminal, StopRequest stop, Throwable e, List<String> arguments) {
        stop.claimEnd();
        String line = ErrorLine.of(e);
        int code = exitCode(e);
        terminal.error(line, arguments.contains(CommonOptions.DEBUG) ? e : null);
        if (arguments.contains(CommonOptions.JSON)) {
            Report report = new Report().field("error", line).field("exit_code", code);
            if (e instanceof StoppedException stopped && stopped.saved() != null) {
                report.field("model", stopped.saved().toString());
            }
            report.print(terminal.out(), true);
        }
        return code;
    }

    private static int exitCode(Throwable e) {
        return switch (e) {
            case UsageException usage -> WRONG_USAGE;
            case CommandLine.ParameterException usage -> WRONG_USAGE;
            case StoppedException stopped -> stopped.signal().exitCode();
            default -> FAILURE;
        };
    }
}
