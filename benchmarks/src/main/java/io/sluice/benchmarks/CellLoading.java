package io.sluice.benchmarks;

import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset.ElementType;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Log-likelihoods of a circuit of single nodes over 784 variables: loading a cell and multiplying
 * one number, so an upper bound of what loading costs, for each way that cells are stored.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class CellLoading {
    private static final int VARIABLES = 784;
    private static final int CATEGORIES_IN_BYTES = 256;

    /** How cells are stored: which families the circuit has decides it. */
    @Param({"U8", "I32", "F32"})
    public ElementType cells;

    /** Rows a batch. */
    @Param({"512", "64", "1"})
    public int batch;

    /** Threads of the engine. */
    @Param({"1", "2"})
    public int threads;

    private BenchmarkEngine engine;

    /** Opens the engine. */
    @Setup
    public void open() {
        engine =
                new BenchmarkEngine(Circuits.inputs(families(), 1), Precision.FAST, batch, threads);
    }

    private List<InputFamily> families() {
        int categories = cells == ElementType.I32 ? CATEGORIES_IN_BYTES + 1 : CATEGORIES_IN_BYTES;
        List<InputFamily> families =
                new ArrayList<>(Collections.nCopies(VARIABLES, new Categorical(categories)));
        if (cells == ElementType.F32) {
            families.set(0, new Gaussian()); // one continuous column makes all cells floats
        }
        return families;
    }

    /** Closes it. */
    @TearDown
    public void close() {
        engine.close();
    }

    /** The whole query. */
    @Benchmark
    public double logLikelihood() {
        return engine.logLikelihood();
    }
}
