package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;
import io.sluice.runtime.Engine;
import io.sluice.runtime.EngineOptions;
import io.sluice.structure.Factorized;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An engine knows its columns: data that mean something else are refused, not scored. */
class KnownColumnsTest {
    private static final int ROWS = 12;
    private static final int VARIABLES = 4;
    private static final Quantity LENGTH = new Quantity(Quantity.Kind.REAL, 0.1, 0, 10, null);

    static Stream<Arguments> seeds() {
        return Engines.withSeeds(Engines.usable(), 4);
    }

    /** Columns with labels in a drawn order. */
    private static Schema labelled(Random random) {
        return Schema.of(
                IntStream.range(0, VARIABLES)
                        .mapToObj(v -> Column.categorical("column " + v, labels(random)))
                        .toList());
    }

    private static List<String> labels(Random random) {
        List<String> labels = new ArrayList<>(List.of("red", "green", "blue"));
        Collections.shuffle(labels, random);
        return labels;
    }

    private static Dataset drawn(Schema schema, Random random) {
        DatasetBuilder builder = Dataset.builder(schema);
        for (int r = 0; r < ROWS; r++) {
            builder.add(
                    schema.columns().stream()
                            .mapToDouble(
                                    column ->
                                            column.isCategorical()
                                                    ? random.nextInt(column.categories())
                                                    : random.nextGaussian())
                            .toArray());
        }
        return builder.build();
    }

    private static Engine compile(EngineKind kind, Circuit circuit, Schema schema) {
        return Engine.compile(
                circuit, schema, kind.device(), new EngineOptions(kind.precision(), 1));
    }

    private static void refuses(Engine engine, Dataset data, String named) {
        List<Runnable> calls =
                List.of(
                        () -> engine.logLikelihood(data),
                        () -> engine.conditionals(data),
                        () -> engine.maxProduct(data),
                        () -> engine.sample(data, 1, 0),
                        () -> engine.accumulate(data));
        for (Runnable call : calls) {
            String message = assertThrows(InvalidArgumentException.class, call::run).getMessage();
            assertTrue(message.contains(named), message);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void columns_in_another_order_are_refused(EngineKind kind, long seed) {
        Random random = new Random(seed);
        Dataset train = drawn(labelled(random), random);
        List<Column> columns = new ArrayList<>(train.schema().columns());
        Collections.rotate(columns, 1 + random.nextInt(VARIABLES - 1));
        Dataset other = drawn(Schema.of(columns), random);
        try (Engine engine = compile(kind, Factorized.of(train), train.schema())) {
            refuses(engine, other, columns.get(0).name());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void labels_in_another_order_are_refused(EngineKind kind, long seed) {
        Random random = new Random(seed);
        Dataset train = drawn(labelled(random), random);
        int changed = random.nextInt(VARIABLES);
        List<Column> columns = new ArrayList<>(train.schema().columns());
        List<String> labels = new ArrayList<>(columns.get(changed).labels());
        Collections.rotate(labels, 1);
        columns.set(changed, Column.categorical(columns.get(changed).name(), labels));
        try (Engine engine = compile(kind, Factorized.of(train), train.schema())) {
            refuses(engine, drawn(Schema.of(columns), random), columns.get(changed).name());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void numbers_in_another_coding_are_refused(EngineKind kind, long seed) {
        Random random = new Random(seed);
        Schema centimetres =
                Schema.of(List.of(Column.of("length", new ScaledNumbers(LENGTH, 5, 1))));
        Schema metres = Schema.of(List.of(Column.of("length", new ScaledNumbers(LENGTH, 5, 100))));
        Dataset train = drawn(centimetres, random);
        try (Engine engine = compile(kind, Factorized.of(train), centimetres)) {
            refuses(engine, drawn(metres, random), "length");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void an_engine_without_a_schema_takes_that_of_the_data_it_learns_from(
            EngineKind kind, long seed) {
        Random random = new Random(seed);
        Dataset train = drawn(labelled(random), random);
        List<Column> columns = new ArrayList<>(train.schema().columns());
        Collections.reverse(columns);
        Dataset other = drawn(Schema.of(columns), random);
        try (Engine engine = kind.compile(Factorized.of(train))) {
            engine.logLikelihood(other); // nothing is known yet
            engine.step(train, new int[] {0, 1}, 0.5, 1);
            refuses(engine, other, columns.get(0).name());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void codes_without_names_and_labels_are_taken_by_position(EngineKind kind, long seed) {
        Random random = new Random(seed);
        Dataset train = drawn(labelled(random), random);
        Dataset codes = train.withSchema(Schema.categorical(VARIABLES, 3));
        try (Engine engine = compile(kind, Factorized.of(train), train.schema())) {
            assertArrayEquals(
                    engine.logLikelihood(train).values(), engine.logLikelihood(codes).values());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void drawn_rows_have_the_columns_that_the_engine_knows(EngineKind kind, long seed) {
        Random random = new Random(seed);
        Dataset train = drawn(labelled(random), random);
        try (Engine engine = compile(kind, Factorized.of(train), train.schema())) {
            assertEquals(train.schema(), engine.schema());
            assertEquals(train.schema(), engine.sample(5, seed).schema());
        }
    }
}
