package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.EngineProbe;
import io.sluice.runtime.Precision;

/** An engine with random rows to run on. For one thread. */
final class BenchmarkEngine implements AutoCloseable {
    static final double STEP_SIZE = 0.1;
    static final double PSEUDOCOUNT = 0.1;

    private final Engine engine;
    private final EngineProbe probe;
    private final RandomRows rows;
    private int[] current;

    /** On the CPU, with uniform rows. */
    BenchmarkEngine(Circuit circuit, Precision precision, int batch, int threads) {
        this(
                Engine.compile(circuit, Device.cpu(), new EngineOptions(precision, threads)),
                new RandomRows(circuit, batch));
    }

    /** Closes the engine when it is closed. */
    BenchmarkEngine(Engine engine, RandomRows rows) {
        this.engine = engine;
        this.rows = rows;
        current = rows.nextNumbers();
        engine.accumulate(rows.data(), current); // makes the buffers
        engine.discardStatistics();
        probe = EngineProbe.of(engine);
    }

    /** Advances to the next batch, on which the stages below run. */
    void nextBatch() {
        current = rows.nextNumbers();
    }

    void forwardStage() {
        probe.forward(rows.data(), current);
    }

    void flowsStage() {
        probe.flows(rows.data(), current);
    }

    void backwardStage() {
        probe.backward(rows.data(), current);
    }

    /** Log-likelihoods of the next batch, by a forward pass that keeps no elements. */
    double logLikelihood() {
        Dataset batch = rows.nextSlice();
        return engine.logLikelihood(batch).values()[0];
    }

    /** Values, flows and statistics of the next batch, which replace earlier statistics. */
    double accumulate() {
        engine.discardStatistics();
        return engine.accumulate(rows.data(), rows.nextNumbers());
    }

    /** Share of the next batch's rows that are recomputed in log-space. */
    double shareComputedAgain() {
        int[] numbers = rows.nextNumbers();
        return (double) probe.flaggedRows(rows.data(), numbers) / numbers.length;
    }

    void update() {
        engine.update(STEP_SIZE, PSEUDOCOUNT);
    }

    /** A training step on the next batch. */
    double step() {
        int[] numbers = rows.nextNumbers();
        return engine.step(rows.data(), numbers, rows.upcomingNumbers(), STEP_SIZE, PSEUDOCOUNT);
    }

    void discardStatistics() {
        engine.discardStatistics();
    }

    @Override
    public void close() {
        engine.close();
    }
}
