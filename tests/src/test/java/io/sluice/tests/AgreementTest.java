package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.GradientAscent;
import io.sluice.learning.Learner;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Kernels against the reference, on circuits of random shape with missing cells in their rows. */
class AgreementTest {
    private static final int ROWS = 40;
    private static final double MISSING = 0.2;

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.kernels(), 50);
    }

    private interface Comparison {
        void of(Engine expected, Engine found, Dataset rows);
    }

    private static void compare(EngineKind kind, long seed, Comparison comparison) {
        compare(kind, RandomCircuit.mixed(seed), seed, comparison);
    }

    private static void compare(
            EngineKind kind, Circuit circuit, long seed, Comparison comparison) {
        Dataset rows = Rows.random(circuit, ROWS, MISSING, seed);
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            comparison.of(expected, found, rows);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void log_likelihoods_agree(EngineKind kind, long seed) {
        compare(
                kind,
                seed,
                (expected, found, rows) ->
                        assertNear(
                                expected.logLikelihood(rows).values(),
                                found.logLikelihood(rows).values(),
                                kind.logTolerance(),
                                "log-likelihood"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void conditionals_agree(EngineKind kind, long seed) {
        compare(
                kind,
                seed,
                (expected, found, rows) -> {
                    Dataset possible = PossibleRows.of(expected, rows);
                    Near.assertSameConditionals(
                            expected.conditionals(possible),
                            found.conditionals(possible),
                            kind.probabilityTolerance());
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void max_product_values_and_assignments_agree(EngineKind kind, long seed) {
        compare(
                kind,
                seed,
                (expected, found, rows) -> {
                    Dataset possible = PossibleRows.of(expected, rows);
                    MaxProduct a = expected.maxProduct(possible);
                    MaxProduct b = found.maxProduct(possible);
                    assertNear(a.logValues(), b.logValues(), 1e-12, "max-product value");
                    for (long r = 0; r < possible.rows(); r++) {
                        for (int v = 0; v < possible.variables(); v++) {
                            assertEquals(
                                    a.assignment().value(r, v),
                                    b.assignment().value(r, v),
                                    "variable " + v + " of row " + r);
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void statistics_and_updated_parameters_agree(EngineKind kind, long seed) {
        compare(
                kind,
                seed,
                (expected, found, rows) -> {
                    assertNear(
                            expected.accumulate(rows),
                            found.accumulate(rows),
                            kind.logTolerance(),
                            "total log-likelihood");
                    Near.assertSameFlows(expected, found, kind.flowTolerance());
                    expected.update(0.7, 0.3);
                    found.update(0.7, 0.3);
                    Near.assertSameParameters(expected, found, kind.parameterTolerance());
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void steps_that_the_host_computes_agree(EngineKind kind, long seed) {
        for (Learner<?> learner :
                List.of(
                        ExpectationMaximization.anemone().pseudocount(0.3),
                        GradientAscent.sgd().stepSize(0.05))) {
            compare(
                    kind,
                    RandomCircuit.plain(seed),
                    seed,
                    (expected, found, rows) -> {
                        Learner<?> twoSteps = learner.batchSize(ROWS / 2).epochs(1);
                        twoSteps.fit(expected, rows);
                        twoSteps.fit(found, rows);
                        Near.assertSameParameters(expected, found, kind.parameterTolerance());
                    });
        }
    }
}
