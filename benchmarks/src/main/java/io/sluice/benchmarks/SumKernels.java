package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The three matrix products of sums, on {@link Circuits#sums}: 784 tiles of latents x latents. Time
 * for one batch; each does {@code 2 * 784 * latents * latents} FLOP a row.
 */
public class SumKernels extends LatentsBenchmark {
    @Override
    Circuit circuit() {
        return Circuits.sums(latents);
    }

    /** A batch that has been through the forward stage. */
    @State(Scope.Thread)
    public static class AfterForward {
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
    public void flows(AfterForward batch) {
        engine.flowsStage();
    }

    /** Gradients, flows, and the statistics of tiles, which the backward pass adds. */
    @Benchmark
    public void backward(AfterForward batch) {
        engine.backwardStage();
    }
}
