package io.sluice.cli;

import picocli.CommandLine;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Where the command {@code sluice} begins and ends. */
public final class Main {
    static final int SUCCESS = 0;
    static final int FAILURE = 1;
    static final int WRONG_USAGE = 2;

    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        StopRequest stop = StopRequest.ofProcess();
        PrintStream out =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(out, System.err, Terminal.errIsTerminal());
        int code = run(arguments, terminal, stop);
        stop.answered();
        System.exit(code);
    }

    /** Runs the command; returns the exit code. */
    static int run(String[] arguments, Terminal terminal, StopRequest stop) {
        CommonOptions common = new CommonOptions();
        CommandLine sluice = new CommandLine(new SluiceCommand(common));
        for (Subcommand command :
                new Subcommand[] {
                    new TrainCommand(stop),
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
            sluice.addSubcommand(command.attach(common, terminal));
        }
        sluice.addSubcommand(new CompletionCommand());
        sluice.addSubcommand(new HelpCommand());
        HelpText.attach(sluice);
        boolean debug = Arrays.asList(arguments).contains(CommonOptions.DEBUG);
        boolean json = Arrays.asList(arguments).contains(CommonOptions.JSON);
        sluice.setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(terminal.writer())
                .setParameterExceptionHandler(
                        (e, ignored) -> {
                            return failed(terminal, e, WRONG_USAGE, json, debug);
                        })
                .setExecutionExceptionHandler(
                        (e, ignored, parsed) -> {
                            int code = e instanceof UsageException ? WRONG_USAGE : FAILURE;
                            return failed(terminal, e, code, json, debug);
                        });
        int code;
        try {
            code = sluice.execute(arguments);
        } catch (Error e) { // out of memory, most likely
            code = failed(terminal, e, FAILURE, json, debug);
        }
        if (!terminal.flush() && code == SUCCESS) {
            terminal.error("cannot write to standard output: see what it is connected to", null);
            code = FAILURE;
        }
        return code;
    }

    /** Tells of an error, on standard output too if that is to hold JSON; returns the exit code. */
    private static int failed(
            Terminal terminal, Throwable e, int code, boolean json, boolean debug) {
        String line = ErrorLine.of(e);
        terminal.error(line, debug ? e : null);
        if (json) {
            new Report().field("error", line).field("exit_code", code).print(terminal.out(), true);
        }
        return code;
    }
}
