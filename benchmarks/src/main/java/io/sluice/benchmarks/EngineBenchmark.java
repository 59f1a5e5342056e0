package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Precision;

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

/** Times an engine on batches of random rows, for each number of threads. */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls open()
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class EngineBenchmark {
    static final int VARIABLES = 784;
    static final int CATEGORIES = 256;

    /** Threads of the engine. */
    @Param({"1", "2"})
    public int threads;

    BenchmarkEngine engine;

    abstract Circuit circuit();

    /** Rows per batch. */
    abstract int batchRows();

    Precision enginePrecision() {
        return Precision.FAST;
    }

    /** Opens the engine. */
    @Setup
    public void open() {
        engine = new BenchmarkEngine(circuit(), enginePrecision(), batchRows(), threads);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        engine.close();
    }
}
