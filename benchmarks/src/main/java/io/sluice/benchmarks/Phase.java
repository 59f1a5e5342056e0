package io.sluice.benchmarks;

import java.util.Locale;

/** What is timed of a batch. */
enum Phase {
    /** Log-likelihoods. */
    FORWARD("forward"),
    /** Log-likelihoods and the statistics of all parameters, which take a way down. */
    FORWARD_BACKWARD("fwdbwd"),
    /** The same, and the EM update of all parameters. */
    STEP("step");

    private final String id;

    Phase(String id) {
        this.id = id;
    }

    /** As machines read it. */
    String id() {
        return id;
    }

    /** As people read it. */
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
