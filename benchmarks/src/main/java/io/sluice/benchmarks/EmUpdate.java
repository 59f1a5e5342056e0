package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.leaf.Categorical;
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

import java.util.Collections;
import java.util.concurrent.TimeUnit;

/**
 * The EM step from the statistics of a batch, which has the same cost for every batch: 784 tiles of
 * latents x latents, or 784 tables of 256 x latents.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class EmUpdate {
    private static final int VARIABLES = 784;
    private static final int CATEGORIES = 256;
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

    /** Threads of the engine. */
    @Param({"1", "2"})
    public int threads;

    private BenchmarkEngine engine;

    /** Opens the engine. */
    @Setup
    public void open() {
        Circuit circuit =
                switch (of) {
                    case TILES -> Circuits.sums(latents);
                    case TABLES ->
                            Circuits.inputs(
                                    Collections.nCopies(VARIABLES, new Categorical(CATEGORIES)),
                                    latents);
                };
        engine = new BenchmarkEngine(circuit, Precision.FAST, BATCH, threads);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        engine.close();
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
