package io.sluice.benchmarks;

import io.sluice.runtime.Precision;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * A hidden Chow-Liu tree over 784 pixels with 256 categories, as users run it. Time for one batch;
 * forward does {@code 2 * 783 * latents * latents} FLOP a row, a training step three times that.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class HcltTraining {
    /** States of each latent variable. */
    @Param({"32", "64", "128"})
    public int latents;

    /** Rows a batch. */
    @Param({"512", "64", "1"})
    public int batch;

    /** Threads of the engine. */
    @Param({"1", "2"})
    public int threads;

    /** FAST for the block-scaled kernels, PRECISE for the log-space ones. */
    @Param("FAST")
    public Precision precision;

    private BenchmarkEngine engine;

    /** Opens the engine. */
    @Setup
    public void open() {
        engine =
                new BenchmarkEngine(
                        Workload.hclt(PixelTree.random(Workload.SIDE), latents).circuit(),
                        precision,
                        batch,
                        threads);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        engine.close();
    }

    /** Log-likelihoods only. */
    @Benchmark
    public double forward() {
        return engine.logLikelihood();
    }

    /** Forward, flows, statistics and update. */
    @Benchmark
    public double trainingStep() {
        return engine.step();
    }
}
