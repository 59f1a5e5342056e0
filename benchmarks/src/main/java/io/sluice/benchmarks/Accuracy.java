package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import java.util.stream.IntStream;

/**
 * Error of a device's log-likelihoods against float64 on the CPU, relative to their size.
 *
 * @param before largest error with the circuit's own parameters
 * @param after largest error with the device's parameters after some training steps
 */
record Accuracy(double before, double after) {
    private static final int STEPS = 3;
    private static final double FAST_TOLERANCE = 1e-3;
    private static final double PRECISE_TOLERANCE = 1e-5;

    /** Compares fresh rows, drawn with a seed. */
    static Accuracy of(Circuit circuit, Device device, EngineOptions options, int rows, long seed) {
        Dataset data = AlikeRows.draw(circuit, rows, seed);
        int[] numbers = IntStream.range(0, rows).toArray();
        EngineOptions exact = EngineOptions.defaults().withPrecision(Precision.PRECISE);
        try (Engine engine = Engine.compile(circuit, device, options);
                Engine reference = Engine.compile(circuit, Device.cpu(), exact)) {
            double before = largestError(engine, reference, data);
            for (int step = 0; step < STEPS; step++) {
                engine.step(data, numbers, BenchmarkEngine.STEP_SIZE, BenchmarkEngine.PSEUDOCOUNT);
            }
            reference.load(engine.circuit().parameters());
            return new Accuracy(before, largestError(engine, reference, data));
        }
    }

    private static double largestError(Engine engine, Engine reference, Dataset data) {
        double[] found = engine.logLikelihood(data).values();
        double[] exact = reference.logLikelihood(data).values();
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs(found[i] - exact[i]) / Math.max(1, Math.abs(exact[i]));
            if (!(error <= largest)) { // NaN too
                largest = error;
            }
        }
        return largest;
    }

    /** Whether both errors are within what the precision promises. */
    boolean holds(Precision precision) {
        double tolerance = precision == Precision.FAST ? FAST_TOLERANCE : PRECISE_TOLERANCE;
        return before <= tolerance && after <= tolerance;
    }
}
