package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.runtime.Precision;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Bad input is refused before anything changes, and the message names the value. */
class BadInputTest {

    static Stream<EngineKind> engines() {
        return Engines.usable();
    }

    /** Two variables; the second is a bit that is zero for certain. */
    private static final Circuit CIRCUIT = circuit();

    private static Circuit circuit() {
        CircuitBuilder b = Circuit.builder();
        GivenParameters parameters = new GivenParameters();
        InputVector x = b.input(0, new Categorical(3), 2, 2);
        InputVector y = b.input(1, new Bernoulli(), 2, 2);
        SumVector root = b.sum(List.of(b.product(List.of(x, y))), 1, 1);
        parameters.give(x, 0.2, 0.3, 0.3, 0.3, 0.5, 0.4);
        parameters.give(y, 1, 1, 0, 0);
        parameters.give(root, 0.5, 0.5);
        return b.build(root, parameters);
    }

    private static final Dataset GOOD =
            Rows.of(CIRCUIT, new double[] {2, 0}, new double[] {0, Rows.MISSING});

    /** Asserts that a call is refused with these words, and that the engine is unchanged. */
    private static void assertRefused(EngineKind kind, Consumer<Engine> call, String... words) {
        try (Engine engine = kind.compile(CIRCUIT)) {
            engine.accumulate(GOOD);
            double[][] before = state(engine);
            InvalidArgumentException refused =
                    assertThrows(InvalidArgumentException.class, () -> call.accept(engine));
            String message = String.valueOf(refused.getMessage());
            for (String word : words) {
                assertTrue(message.contains(word), () -> "'" + word + "' in: " + message);
            }
            assertArrayEquals(before, state(engine));
        }
    }

    /** Statistics and parameters. */
    private static double[][] state(Engine engine) {
        Circuit circuit = engine.circuit();
        return circuit.vectors().stream()
                .filter(vector -> !(vector instanceof ProductVector))
                .flatMap(
                        vector ->
                                Stream.of(
                                        engine.flows(vector.id()),
                                        Near.parameters(circuit, vector)))
                .toArray(double[][]::new);
    }

    /** Asserts that every method that takes data refuses these. */
    private static void assertDataRefused(EngineKind kind, Dataset data, String... words) {
        List<Consumer<Engine>> calls =
                List.of(
                        engine -> engine.logLikelihood(data),
                        engine -> engine.accumulate(data),
                        engine -> engine.accumulate(data, new int[] {0}),
                        engine -> engine.conditionals(data),
                        engine -> engine.maxProduct(data),
                        engine -> engine.sample(data, 2, 1));
        for (Consumer<Engine> call : calls) {
            assertRefused(kind, call, words);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void too_many_or_few_variables_are_refused(EngineKind kind) {
        Dataset three = Dataset.ofInts(new int[] {0, 0, 0}, 3, Schema.categorical(3, 2));
        Dataset one = Dataset.ofInts(new int[] {0}, 1, Schema.categorical(1, 2));
        assertDataRefused(kind, three, "3 variables", "2");
        assertDataRefused(kind, one, "1 variables", "2");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_category_that_the_circuit_does_not_know_is_refused(EngineKind kind) {
        Schema wide = Schema.categorical(2, 10);
        Dataset data = Dataset.ofInts(new int[] {0, 1, 2, 0, 3, 0}, 2, wide);
        assertDataRefused(kind, data, "row 2", "column 0", "x0", "3", "0 to 2");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void labels_of_unknown_categories_are_named(EngineKind kind) {
        Schema labelled =
                Schema.of(
                        List.of(
                                Column.categorical(
                                        "colour", List.of("red", "green", "blue", "pink")),
                                Column.categorical("lit", 2)));
        assertDataRefused(
                kind, Dataset.ofInts(new int[] {3, 0}, 2, labelled), "row 0", "colour", "pink");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void continuous_data_are_refused_by_a_categorical_circuit(EngineKind kind) {
        Dataset data = Dataset.ofFloats(new float[] {0.5f, 1}, 2, Schema.continuous(2));
        assertDataRefused(kind, data, "column 0", "continuous", "3 categories");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void row_numbers_out_of_range_are_refused(EngineKind kind) {
        assertRefused(kind, engine -> engine.accumulate(GOOD, new int[] {0, 2}), "row 2", "2 rows");
        assertRefused(
                kind, engine -> engine.accumulate(GOOD, new int[] {1, -1}), "row -1", "2 rows");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void step_sizes_out_of_range_are_refused(EngineKind kind) {
        for (double step : new double[] {0, -0.1, 1.0001, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    kind,
                    engine -> engine.update(step, 0.1),
                    "step size",
                    Double.toString(step),
                    "up to 1");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void pseudocounts_out_of_range_are_refused(EngineKind kind) {
        for (double count : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(
                    kind,
                    engine -> engine.update(0.5, count),
                    "pseudocount",
                    Double.toString(count),
                    "at least 0");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void fewer_than_one_draw_is_refused(EngineKind kind) {
        for (int count : new int[] {0, -3}) {
            String given = Integer.toString(count);
            assertRefused(kind, engine -> engine.sample(count, 1), given, "at least 1");
            assertRefused(kind, engine -> engine.sample(GOOD, count, 1), given, "at least 1");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void more_draws_than_a_data_set_can_hold_are_refused(EngineKind kind) {
        assertRefused(kind, engine -> engine.sample(GOOD, Integer.MAX_VALUE, 1), "several calls");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void nothing_can_be_conditioned_on_the_impossible(EngineKind kind) {
        Dataset impossible = Rows.of(CIRCUIT, new double[] {1, 0}, new double[] {Rows.MISSING, 1});
        String[] words = {"row 1", "probability zero"};
        assertRefused(kind, engine -> engine.conditionals(impossible), words);
        assertRefused(kind, engine -> engine.sample(impossible, 3, 1), words);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void flows_of_what_has_none_are_refused(EngineKind kind) {
        int product =
                CIRCUIT.vectors().stream()
                        .filter(ProductVector.class::isInstance)
                        .mapToInt(NodeVector::id)
                        .findFirst()
                        .orElseThrow();
        for (int id : new int[] {-1, CIRCUIT.vectors().size(), product}) {
            assertRefused(kind, engine -> engine.flows(id), "vector " + id, "sum or input");
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void parameters_of_another_circuit_are_refused(EngineKind kind) {
        long size = CIRCUIT.layout().size();
        Parameters longer = Parameters.filled(size + 16, memory -> {});
        assertRefused(
                kind, engine -> engine.load(longer), Long.toString(size), Long.toString(size + 16));
    }

    @ParameterizedTest
    @MethodSource("engines")
    void parameters_that_are_no_distribution_are_refused(EngineKind kind) {
        Parameters zero = Parameters.filled(CIRCUIT.layout().size(), memory -> {});
        assertRefused(kind, engine -> engine.load(zero), "sum to 0");
    }

    @ParameterizedTest
    @MethodSource("engines")
    void no_rows_are_an_empty_answer(EngineKind kind) {
        Dataset none = GOOD.slice(0, 0);
        try (Engine engine = kind.compile(CIRCUIT)) {
            assertEquals(0, engine.logLikelihood(none).values().length);
            assertEquals(0, engine.accumulate(none));
            assertEquals(0, engine.accumulate(GOOD, new int[0]));
            assertEquals(0, engine.conditionals(none).cells());
            assertEquals(0, engine.maxProduct(none).assignment().rows());
            assertEquals(0, engine.sample(none, 3, 1).rows());
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void evidence_of_fewer_categories_gets_room_for_the_others(EngineKind kind) {
        Dataset narrow = Dataset.ofFloats(new float[] {Float.NaN, 0}, 2, Schema.categorical(2, 2));
        try (Engine engine = kind.compile(CIRCUIT)) {
            Dataset drawn = engine.sample(narrow, 50, 1);
            assertEquals(2, drawn.maximum(0));
            assertEquals(2, engine.maxProduct(narrow).assignment().value(0, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void a_closed_engine_answers_nothing(EngineKind kind) {
        Engine engine = kind.compile(CIRCUIT);
        engine.close();
        engine.close();
        List<Executable> calls =
                List.of(
                        engine::circuit,
                        () -> engine.logLikelihood(GOOD),
                        () -> engine.conditionals(GOOD),
                        () -> engine.maxProduct(GOOD),
                        () -> engine.sample(1, 1),
                        () -> engine.sample(GOOD, 1, 1),
                        () -> engine.accumulate(GOOD),
                        () -> engine.accumulate(GOOD, new int[] {0}),
                        () -> engine.flows(0),
                        () -> engine.update(1, 0),
                        engine::discardStatistics,
                        () -> engine.load(CIRCUIT.parameters()));
        for (Executable call : calls) {
            IllegalStateException refused = assertThrows(IllegalStateException.class, call);
            assertTrue(String.valueOf(refused.getMessage()).contains("closed"));
        }
    }

    @Test
    void numbers_of_threads_out_of_range_are_refused() {
        for (int threads : new int[] {0, -1, 1025}) {
            InvalidArgumentException refused =
                    assertThrows(
                            InvalidArgumentException.class,
                            () -> new EngineOptions(Precision.FAST, threads));
            assertTrue(String.valueOf(refused.getMessage()).contains(Integer.toString(threads)));
        }
    }
}
