package io.sluice.benchmarks;

import io.sluice.circuit.InputFamily;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
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
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What inputs cost, on {@link Circuits#inputs} over 784 variables: reading their tables (or
 * computing densities) while elements are formed, and their statistics. Time for one batch; each
 * touches {@code 784 * latents} parameters a row.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class InputKernels {
    private static final int VARIABLES = 784;
    private static final int CATEGORIES = 256;

    /** Families of inputs. */
    public enum Family {
        /** With 256 categories. */
        CATEGORICAL,
        /** With the default floor of deviations. */
        GAUSSIAN;

        List<InputFamily> ofAll() {
            return Collections.nCopies(
                    VARIABLES,
                    switch (this) {
                        case CATEGORICAL -> new Categorical(CATEGORIES);
                        case GAUSSIAN -> new Gaussian();
                    });
        }
    }

    /** Of all variables. */
    @Param({"CATEGORICAL", "GAUSSIAN"})
    public Family family;

    /** Nodes of each input vector. */
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
                        Circuits.inputs(family.ofAll(), latents), precision, batch, threads);
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
        public void forward(InputKernels kernels) {
            kernels.engine.nextBatch();
            kernels.engine.forwardStage();
        }
    }

    /** Values of inputs and elements, kept for a way down. */
    @Benchmark
    public void elements() {
        engine.nextBatch();
        engine.forwardStage();
    }

    /** Flows alone. */
    @Benchmark
    public void flows(Upward batch) {
        engine.flowsStage();
    }

    /** Flows and statistics of input tables, or of densities. */
    @Benchmark
    public void downward(Upward batch) {
        engine.downwardStage();
    }
}
