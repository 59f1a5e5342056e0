package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

/** Compares an engine with the reference on all queries. */
final class Agreement {
    private Agreement() {}

    /** Log-likelihoods, statistics, and parameters after an EM step. Every row must be possible. */
    static void assertLearnsAlike(EngineKind kind, Circuit circuit, Dataset possible) {
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            assertNear(
                    expected.logLikelihood(possible).values(),
                    found.logLikelihood(possible).values(),
                    kind.logTolerance(),
                    "log-likelihood");
            expected.accumulate(possible);
            found.accumulate(possible);
            Near.assertSameFlows(expected, found, kind.flowTolerance());
            expected.update(0.7, 0.3);
            found.update(0.7, 0.3);
            Near.assertSameParameters(expected, found, kind.parameterTolerance());
        }
    }

    /** All queries and an EM step. The step leaves out rows of probability zero. */
    static void assertAgrees(EngineKind kind, Circuit circuit, Dataset rows) {
        try (Engine expected = Engines.reference(circuit);
                Engine found = kind.compile(circuit)) {
            double[] logs = expected.logLikelihood(rows).values();
            assertNear(
                    logs,
                    found.logLikelihood(rows).values(),
                    kind.logTolerance(),
                    "log-likelihood");
            assertNear(
                    expected.maxProduct(rows).logValues(),
                    found.maxProduct(rows).logValues(),
                    1e-12,
                    "max-product value");
            Dataset possible = PossibleRows.of(expected, rows);
            Near.assertSameConditionals(
                    expected.conditionals(possible),
                    found.conditionals(possible),
                    kind.probabilityTolerance());
            assertNear(
                    expected.accumulate(possible),
                    found.accumulate(possible),
                    kind.logTolerance(),
                    "total log-likelihood");
            Near.assertSameFlows(expected, found, kind.flowTolerance());
            expected.update(0.8, 0.2);
            found.update(0.8, 0.2);
            Near.assertSameParameters(expected, found, kind.parameterTolerance());
        }
    }
}
