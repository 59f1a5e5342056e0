package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.leaf.Categorical;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

import java.util.Collections;

/**
 * The EM step from the statistics of a batch, which has the same cost for every batch: 784 tiles of
 * latents x latents, or 784 tables of 256 x latents.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters
public class EmUpdate extends EngineBenchmark {
    private static final int BATCH = 64;

    /** What is updated. */
    public enum Of {
        /** Weights of sums. */
        TILES,
        /** Input tables. */
        TABLES
    }

    /** Which kernel. */
    @Param({"TILES", "TABLES"})
    public Of of;

    /** Nodes of each vector. */
    @Param({"32", "64", "128"})
    public int latents;

    @Override
    Circuit circuit() {
        return switch (of) {
            case TILES -> Circuits.sums(latents);
            case TABLES ->
                    Circuits.inputs(
                            Collections.nCopies(VARIABLES, new Categorical(CATEGORIES)), latents);
        };
    }

    @Override
    int batchRows() {
        return BATCH;
    }

    /** Statistics of the next batch, outside of the time measured. */
    @Setup(Level.Invocation)
    public void accumulate() {
        engine.accumulate();
    }

    /** The step. */
    @Benchmark
    public void update() {
        engine.update();
    }
}
