package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Every structure on every engine. */
class StructuresTest {
    private static final int ROWS = 30;
    private static final double MISSING = 0.2;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 35);
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
        Dataset rows = Rows.random(circuit, ROWS, MISSING, seed);
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            assertNear(
                    expected.logLikelihood(rows).values(),
                    found.logLikelihood(rows).values(),
                    kind.logTolerance(),
                    "log-likelihood");
            expected.accumulate(rows);
            found.accumulate(rows);
            Near.assertSameFlows(expected, found, kind.flowTolerance());
            expected.update(0.7, 0.3);
            found.update(0.7, 0.3);
            Near.assertSameParameters(expected, found, kind.parameterTolerance());
        }
    }
}
