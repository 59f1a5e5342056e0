package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Precision;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class BenchmarkEngineTest {
    private static final int BATCH = 32;

    static Stream<Circuit> circuits() {
        return Stream.of(
                Circuits.sums(8),
                Circuits.inputs(InputKernels.Family.CATEGORICAL.ofAll(), 8),
                Circuits.inputs(InputKernels.Family.GAUSSIAN.ofAll(), 8),
                Workload.hclt(PixelTree.random(Workload.SIDE), 8).circuit());
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void both_families_of_kernels_do_the_same_work(Circuit circuit) {
        try (BenchmarkEngine fast = new BenchmarkEngine(circuit, Precision.FAST, BATCH, 1);
                BenchmarkEngine precise =
                        new BenchmarkEngine(circuit, Precision.PRECISE, BATCH, 1)) {
            double expected = precise.accumulate();
            assertEquals(expected, fast.accumulate(), 1e-3 * Math.abs(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void every_turn_is_another_batch(Circuit circuit) {
        try (BenchmarkEngine engine = new BenchmarkEngine(circuit, Precision.FAST, BATCH, 1)) {
            assertNotEquals(engine.logLikelihood(), engine.logLikelihood());
        }
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void stages_can_be_run_one_at_a_time(Circuit circuit) {
        try (BenchmarkEngine engine = new BenchmarkEngine(circuit, Precision.FAST, BATCH, 1)) {
            engine.nextBatch();
            engine.forwardStage();
            engine.backwardStage();
            engine.update();
        }
    }
}
