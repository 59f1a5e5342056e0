package io.sluice.benchmarks;

import io.sluice.runtime.Precision;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Times an engine for each number of latents and rows, too, and for a chosen precision. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters
@State(Scope.Benchmark)
public abstract class LatentsBenchmark extends EngineBenchmark {
    /** Nodes of each vector. */
    @Param({"32", "64", "128"})
    public int latents;

    /** Rows per batch. */
    @Param({"512", "64", "1"})
    public int batch;

    /** FAST for the linear kernels, PRECISE for the log-space ones. */
    @Param("FAST")
    public Precision precision;

    @Override
    int batchRows() {
        return batch;
    }

    @Override
    Precision enginePrecision() {
        return precision;
    }
}
