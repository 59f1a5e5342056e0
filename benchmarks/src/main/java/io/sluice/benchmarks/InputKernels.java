package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

import java.util.Collections;
import java.util.List;

/**
 * What inputs cost, on {@link Circuits#inputs} over 784 variables: reading their tables (or
 * computing densities) while elements are formed, and their statistics. Time for one batch; each
 * touches {@code 784 * latents} parameters a row.
 */
@SuppressWarnings("NullAway.Init") // JMH fills the parameters
public class InputKernels extends LatentsBenchmark {
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

    @Override
    Circuit circuit() {
        return Circuits.inputs(family.ofAll(), latents);
    }

    /** A batch that has been through the forward stage. */
    @State(Scope.Thread)
    public static class AfterForward {
        /** Runs on the next batch, outside of the time measured. */
        @Setup(Level.Invocation)
        public void forward(InputKernels kernels) {
            kernels.engine.nextBatch();
            kernels.engine.forwardStage();
        }
    }

    /** Values of inputs and elements, kept for a backward pass. */
    @Benchmark
    public void elements() {
        engine.nextBatch();
        engine.forwardStage();
    }

    /** Flows alone. */
    @Benchmark
    public void flows(AfterForward batch) {
        engine.flowsStage();
    }

    /** Flows and statistics of input tables, or of densities. */
    @Benchmark
    public void backward(AfterForward batch) {
        engine.backwardStage();
    }
}
