package io.sluice.benchmarks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.runtime.Device;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccuracyTest {

    @ParameterizedTest
    @ValueSource(strings = {"hclt784-8", "hclt784m-8", "pd784-8", "rat784-8", "hmm32-16-v300"})
    void the_cpu_agrees_with_float64_on_circuits_of_every_shape(String name) {
        Accuracy accuracy =
                Accuracy.of(Shapes.circuit(name), Device.cpu(), EngineOptions.defaults(), 4, 1);
        assertTrue(accuracy.holds(Precision.FAST), accuracy::toString);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, Double.NaN})
    void a_large_error_or_none_at_all_is_too_far(double error) {
        assertFalse(new Accuracy(0, error).holds(Precision.FAST));
        assertFalse(new Accuracy(error, 0).holds(Precision.PRECISE));
    }
}
