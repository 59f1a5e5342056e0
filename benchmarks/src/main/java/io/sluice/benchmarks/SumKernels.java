package io.sluice.benchmarks;

import io.sluice.runtime.Precision;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * The three matrix products of sums, on {@link Circuits#sums}: 784 tiles of latents x latents. Time
 * for one batch; each does {@code 2 * 784 * latents * latents} FLOP a row.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class SumKernels {
    /** Nodes of each sum vector. */
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
        engine = new BenchmarkEngine(Circuits.sums(latents), precision, batch, threads);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        engine.close();
    }

    /** A batch that has been through the forward stage. */
    @State(Scope.Thread)
    public static class Upward {
        /** Runs on the next batch, outside of the time measured. */
        @Setup(Level.Invocation)
        public void forward(SumKernels kernels) {
            kernels.engine.nextBatch();
            kernels.engine.forwardStage();
        }
    }

    /** Values of sum blocks. */
    @Benchmark
    public void forward() {
        engine.nextBatch();
        engine.forwardStage();
    }

    /** Gradients of sum blocks and flows of elements. */
    @Benchmark
    public void flows(Upward batch) {
        engine.flowsStage();
    }

    /** The same and the statistics of tiles, which are added on the way. */
    @Benchmark
    public void downward(Upward batch) {
        engine.downwardStage();
    }
}
