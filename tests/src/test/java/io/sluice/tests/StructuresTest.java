package io.sluice.tests;

import static io.sluice.tests.Agreement.assertLearnsAlike;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Every structure on every engine. */
class StructuresTest {
    private static final int ROWS = 30;
    private static final double MISSING = 0.2;

    static Stream<Arguments> seeds() {
        return Engines.with(
                Engines.usable(),
                kind -> LongStream.range(0, RandomStructure.KINDS * Sweep.size(1, 5)).boxed());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void marginalising_every_variable_gives_probability_one(EngineKind kind, long seed) {
        Circuit circuit = RandomStructure.of(seed);
        assertTrue(circuit.properties().smooth() && circuit.properties().decomposable());
        try (Engine engine = kind.compile(circuit)) {
            assertEquals(0, engine.logLikelihood(Rows.nothingObserved(circuit)).values()[0], 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void likelihoods_statistics_and_updates_are_those_of_the_reference(EngineKind kind, long seed) {
        Circuit circuit = RandomStructure.of(seed);
        assertLearnsAlike(kind, circuit, Rows.random(circuit, ROWS, MISSING, seed));
    }
}
