package io.sluice.tests;

import static io.sluice.tests.Near.assertNear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;
import io.sluice.testing.Fixture;
import io.sluice.testing.SharedFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every engine against answers that another program computed. */
class FixturesTest {

    static Stream<Arguments> fixtures() {
        List<Fixture> fixtures = Fixture.all().toList();
        return Engines.with(Engines.usable(), kind -> fixtures.stream());
    }

    /** Shows as skipped without the fixtures; a parameterised test without arguments does not. */
    @Test
    void the_fixtures_are_there() {
        assertTrue(Files.isDirectory(SharedFiles.find("fixtures")));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void log_likelihoods_of_full_rows_agree(EngineKind kind, Fixture fixture) {
        try (Engine engine = kind.compile(fixture.circuit())) {
            assertNear(
                    fixture.logLikelihood(),
                    engine.logLikelihood(fixture.rows()).values(),
                    kind.logTolerance(),
                    "log-likelihood");
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void missing_cells_are_summed_or_integrated_out(EngineKind kind, Fixture fixture) {
        try (Engine engine = kind.compile(fixture.circuit())) {
            assertNear(
                    fixture.marginalLogLikelihood(),
                    engine.logLikelihood(fixture.rowsWithMissing()).values(),
                    kind.logTolerance(),
                    "marginal log-likelihood");
        }
    }

    /** The oracle counts a missing input as 1, an upper bound of the probability of its mode. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void max_product_agrees_where_nothing_is_missing_and_is_no_larger_elsewhere(
            EngineKind kind, Fixture fixture) {
        try (Engine engine = kind.compile(fixture.circuit())) {
            MaxProduct found = engine.maxProduct(fixture.rowsWithMissing());
            fixture.assertMaxProduct(found.logValues(), kind.logTolerance());
            for (long row = 0; row < found.assignment().rows(); row++) {
                for (int v = 0; v < found.assignment().variables(); v++) {
                    assertFalse(found.assignment().isMissing(row, v));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void conditionals_of_missing_cells_agree(EngineKind kind, Fixture fixture) {
        assumeTrue(fixture.hasConditionals(), "the fixture gives no conditionals");
        try (Engine engine = kind.compile(fixture.circuit())) {
            Dataset evidence = fixture.rowsWithMissing();
            Conditionals found = engine.conditionals(evidence);
            int cell = 0;
            for (int row = 0; row < evidence.rows(); row++) {
                for (int v = 0; v < evidence.variables(); v++) {
                    if (evidence.isMissing(row, v)) {
                        assertEquals(row, found.row(cell));
                        assertEquals(v, found.variable(cell));
                        assertNear(
                                fixture.conditional(v)[row],
                                found.probabilities(cell),
                                kind.probabilityTolerance(),
                                "variable " + v + " of row " + row);
                        cell++;
                    }
                }
            }
            assertEquals(cell, found.cells());
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void edge_flows_are_the_expected_numbers_of_uses(EngineKind kind, Fixture fixture) {
        try (Engine engine = kind.compile(fixture.circuit())) {
            double total = engine.accumulate(fixture.rows());
            double expected = Arrays.stream(fixture.logLikelihood()).sum();
            assertNear(expected, total, kind.logTolerance(), "total log-likelihood");
            fixture.sumFlows()
                    .forEach(
                            (id, flows) ->
                                    assertNear(
                                            flows,
                                            engine.flows(id),
                                            kind.flowTolerance(),
                                            "vector " + id));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void a_full_batch_em_step_gives_the_expected_parameters(EngineKind kind, Fixture fixture) {
        assertStep(kind, fixture, fixture.fullBatchStep());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void a_mini_batch_em_step_gives_the_expected_parameters(EngineKind kind, Fixture fixture) {
        assertStep(kind, fixture, fixture.miniBatchStep());
    }

    private static void assertStep(EngineKind kind, Fixture fixture, Fixture.EmStep step) {
        try (Engine engine = kind.compile(fixture.circuit())) {
            engine.accumulate(fixture.rows());
            engine.update(step.stepSize(), step.pseudocount());
            Circuit updated = engine.circuit();
            step.parameters()
                    .forEach(
                            (id, expected) ->
                                    assertNear(
                                            expected,
                                            Near.parameters(updated, updated.vectors().get(id)),
                                            kind.parameterTolerance(),
                                            "vector " + id));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void probabilities_of_all_assignments_sum_to_the_expected_total(
            EngineKind kind, Fixture fixture) {
        assumeTrue(fixture.hasTotalProbability(), "the fixture gives no total");
        try (Engine engine = kind.compile(fixture.circuit())) {
            Dataset all = Rows.everyAssignment(fixture.circuit());
            double total = Arrays.stream(engine.logLikelihood(all).values()).map(Math::exp).sum();
            assertEquals(fixture.totalProbability(), total, kind.probabilityTolerance());
        }
    }
}
