package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;

/**
 * What a running command needs besides its own options: an engine, the seed, someone to tell, and
 * when to end.
 */
record Session(CommonOptions common, Terminal terminal, StopRequest stop) {

    long seed() {
        return common.seed;
    }

    /** Compiles a circuit for the device that the user chose. */
    Engine compile(Circuit circuit) {
        return common.compile(circuit);
    }

    /** Compiles a model for the device that the user chose. */
    Engine compile(Model model) {
        return common.compile(model);
    }

    /** Prints a line for people on stderr, unless they asked for quiet. */
    void remark(String line) {
        if (!common.quiet) {
            terminal.remark(line);
        }
    }

    /**
     * Shows progress, and ends work that is to stop. It is visible when there is a terminal to show
     * it on.
     *
     * @param steps how many steps the task has
     */
    Progress progress(String task, long steps) {
        boolean visible = terminal.interactive() && !common.quiet;
        return Progress.start(terminal, visible, task, steps, stop);
    }
}
