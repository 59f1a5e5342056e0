package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class DevicesTest {

    static Stream<EngineKind> engines() {
        return Engines.all();
    }

    /** If this is skipped, all other statements about that engine are skipped too. */
    @ParameterizedTest
    @MethodSource("engines")
    void an_engine_is_tested_where_its_device_can_be_used(EngineKind kind) {
        assumeTrue(kind.usable(), kind::description);
        assertDoesNotThrow(
                () -> {
                    try (Engine engine = kind.compile(RandomCircuit.discrete(0))) {
                        engine.device();
                    }
                });
    }
}
