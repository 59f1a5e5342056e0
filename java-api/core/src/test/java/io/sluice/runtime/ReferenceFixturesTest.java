package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.testing.Fixture;
import io.sluice.testing.SharedFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;

/** The reference engine against answers that another program computed. */
class ReferenceFixturesTest {

    /** An engine returns its parameters as float32. */
    private static final double FLOAT32_ROUNDING = 1e-7;

    static Stream<Fixture> fixtures() {
        return Fixture.all();
    }

    private static Engine engine(Fixture fixture) {
        return new ReferenceEngine(fixture.circuit(), null, EngineOptions.defaults());
    }

    /** Counted as skipped without the fixtures, unlike a parameterised test without arguments. */
    @Test
    void the_fixtures_are_there() {
        assertTrue(Files.isDirectory(SharedFiles.find("fixtures")));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void log_likelihoods_of_full_rows_are_exact(Fixture fixture) {
        try (Engine engine = engine(fixture)) {
            assertArrayEquals(
                    fixture.logLikelihood(),
                    engine.logLikelihood(fixture.rows()).values(),
                    Fixture.TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void missing_cells_are_summed_or_integrated_out(Fixture fixture) {
        try (Engine engine = engine(fixture)) {
            assertArrayEquals(
                    fixture.marginalLogLikelihood(),
                    engine.logLikelihood(fixture.rowsWithMissing()).values(),
                    Fixture.TOLERANCE);
        }
    }

    /** The oracle counts a missing input as 1, an upper bound of the probability of its mode. */
    @ParameterizedTest
    @MethodSource("fixtures")
    void max_product_agrees_where_nothing_is_missing_and_is_no_larger_elsewhere(Fixture fixture) {
        try (Engine engine = engine(fixture)) {
            Dataset rows = fixture.rowsWithMissing();
            MaxProduct found = engine.maxProduct(rows);
            fixture.assertMaxProduct(found.logValues(), Fixture.TOLERANCE);
            for (long row = 0; row < found.assignment().rows(); row++) {
                for (int v = 0; v < found.assignment().variables(); v++) {
                    assertFalse(found.assignment().isMissing(row, v));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void conditionals_of_missing_cells_are_exact(Fixture fixture) {
        assumeTrue(fixture.hasConditionals(), "skipped: the fixture gives no conditionals");
        try (Engine engine = engine(fixture)) {
            Dataset evidence = fixture.rowsWithMissing();
            Conditionals found = engine.conditionals(evidence);
            int cell = 0;
            for (int row = 0; row < evidence.rows(); row++) {
                for (int v = 0; v < evidence.variables(); v++) {
                    if (evidence.isMissing(row, v)) {
                        assertEquals(row, found.row(cell));
                        assertEquals(v, found.variable(cell));
                        assertArrayEquals(
                                fixture.conditional(v)[row],
                                found.probabilities(cell),
                                Fixture.TOLERANCE);
                        cell++;
                    }
                }
            }
            assertEquals(cell, found.cells());
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void edge_flows_are_the_expected_numbers_of_uses(Fixture fixture) {
        try (Engine engine = engine(fixture)) {
            double total = engine.accumulate(fixture.rows());
            assertEquals(
                    Arrays.stream(fixture.logLikelihood()).sum(), total, 32 * Fixture.TOLERANCE);
            fixture.sumFlows()
                    .forEach(
                            (id, flows) ->
                                    assertArrayEquals(flows, engine.flows(id), Fixture.TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void a_full_batch_em_step_gives_the_expected_parameters(Fixture fixture) {
        assertStep(fixture, fixture.fullBatchStep());
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void a_mini_batch_em_step_gives_the_expected_parameters(Fixture fixture) {
        assertStep(fixture, fixture.miniBatchStep());
    }

    private static void assertStep(Fixture fixture, Fixture.EmStep step) {
        try (Engine engine = engine(fixture)) {
            engine.accumulate(fixture.rows());
            engine.update(step.stepSize(), step.pseudocount());
            Circuit updated = engine.circuit();
            step.parameters()
                    .forEach(
                            (id, expected) -> {
                                double[] found = new double[expected.length];
                                long offset = updated.layout().offset(id);
                                Arrays.setAll(found, i -> updated.parameters().get(offset + i));
                                assertArrayEquals(
                                        expected, found, FLOAT32_ROUNDING, "vector " + id);
                            });
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void probabilities_of_all_rows_sum_to_the_expected_total(Fixture fixture) {
        assumeTrue(fixture.hasTotalProbability(), "skipped: the fixture gives no total");
        Circuit circuit = fixture.circuit();
        DatasetBuilder rows = Dataset.builder(CircuitSchema.of(circuit));
        double[] row = new double[circuit.variables()];
        for (int v = 0; v >= 0; ) {
            rows.add(row);
            // The next row, counting in the mixed radix of the categories.
            v = row.length - 1;
            while (v >= 0 && ++row[v] == circuit.family(v).categories()) {
                row[v--] = 0;
            }
        }
        try (Engine engine = engine(fixture)) {
            double[] values = engine.logLikelihood(rows.build()).values();
            double total = Arrays.stream(values).map(Math::exp).sum();
            assertEquals(fixture.totalProbability(), total, Fixture.TOLERANCE);
        }
    }
}
