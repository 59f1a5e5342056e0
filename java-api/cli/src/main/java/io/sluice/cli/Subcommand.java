package io.sluice.cli;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.Callable;

/** One command: it checks its options, runs, and reports. */
abstract class Subcommand implements Callable<Integer> {
    private @Nullable CommonOptions common;
    private @Nullable Terminal terminal;

    /** Gives the command what all commands share. */
    final void attach(CommonOptions options, Terminal where) {
        common = options;
        terminal = where;
    }

    @Override
    public final Integer call() throws IOException {
        if (common == null || terminal == null) {
            throw new IllegalStateException("a command that was not attached");
        }
        Session session = new Session(common, terminal);
        try {
            common.check();
            check();
        } catch (InvalidArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
        run(session).print(terminal.out(), common.json);
        return Main.SUCCESS;
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
