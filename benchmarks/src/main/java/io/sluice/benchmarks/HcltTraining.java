package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;

import org.openjdk.jmh.annotations.Benchmark;

/**
 * A hidden Chow-Liu tree over 784 pixels with 256 categories, as users run it. Time for one batch;
 * forward does {@code 2 * 783 * latents * latents} FLOP a row, a training step three times that.
 */
public class HcltTraining extends LatentsBenchmark {
    @Override
    Circuit circuit() {
        return Workload.hclt(PixelTree.random(Workload.SIDE), latents).circuit();
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
