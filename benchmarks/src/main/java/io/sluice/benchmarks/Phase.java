package io.sluice.benchmarks;

import java.util.Locale;

/** A part of the work on a batch that is timed. */
enum Phase {
    /** Log-likelihoods. */
    FORWARD("forward"),
    /** Forward and backward pass: log-likelihoods and the statistics of all parameters. */
    FORWARD_BACKWARD("fwdbwd"),
    /** Forward and backward pass, and the EM update of all parameters. */
    STEP("step");

    private final String id;

    Phase(String id) {
        this.id = id;
    }

    /** The name in JSON. */
    String id() {
        return id;
    }

    /** The name in tables. */
    String title() {
        return this == FORWARD_BACKWARD
                ? "forward + backward"
                : this == STEP ? "training step" : name().toLowerCase(Locale.ROOT);
    }

    /** Runs it on the engine's next batch. */
    void run(BenchmarkEngine engine) {
        switch (this) {
            case FORWARD -> engine.logLikelihood();
            case FORWARD_BACKWARD -> engine.accumulate();
            case STEP -> engine.step();
        }
    }
}
