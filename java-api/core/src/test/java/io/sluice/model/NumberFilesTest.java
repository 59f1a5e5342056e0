package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.FileFormatException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;
import io.sluice.data.format.SchemaJson;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.testing.Sweep;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** How cells stand for numbers survives model files and schema files, to the last bit. */
class NumberFilesTest {
    @TempDir Path folder;

    static LongStream seeds() {
        return Sweep.seeds(20);
    }

    private static Schema schema(Random random) {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < 4; v++) {
            columns.add(Column.of("column " + v, numbers(random)));
        }
        columns.add(Column.categorical("kind", List.of("a", "b")));
        return Schema.of(columns);
    }

    private static @Nullable String pattern(Quantity.Kind kind) {
        return switch (kind) {
            case DATE -> "uuuu-MM-dd";
            case TIME -> "HH:mm";
            case TIMESTAMP -> "dd.MM.uuuu HH:mm";
            case REAL, WHOLE -> null;
        };
    }

    private static Numbers numbers(Random random) {
        Quantity.Kind[] kinds = Quantity.Kind.values();
        Quantity.Kind kind = kinds[random.nextInt(kinds.length)];
        boolean time = kind == Quantity.Kind.TIME;
        double minimum = time ? 3600 : 1e9 * random.nextGaussian();
        Quantity quantity =
                new Quantity(
                        kind,
                        Math.exp(3 * random.nextGaussian()),
                        minimum,
                        minimum + (time ? 7e4 : 1e6) * random.nextDouble(),
                        random.nextBoolean() ? pattern(kind) : null);
        if (random.nextBoolean()) {
            return new ScaledNumbers(
                    quantity, random.nextGaussian(), Math.exp(30 * random.nextGaussian()));
        }
        List<Bin> bins = new ArrayList<>();
        double from = minimum;
        for (int k = 0; k < 1 + random.nextInt(5); k++) {
            double to = from + 1 + random.nextDouble();
            bins.add(new Bin(from, to, from, (from + to) / 2, from + 0.1));
            from = to;
        }
        return new BinnedNumbers(quantity, bins);
    }

    private static Circuit circuit(Schema schema) {
        CircuitBuilder builder = Circuit.builder();
        List<NodeVector> inputs = new ArrayList<>();
        for (int v = 0; v < schema.variables(); v++) {
            Column column = schema.column(v);
            InputFamily family =
                    column.isCategorical() ? new Categorical(column.categories()) : new Gaussian();
            inputs.add(builder.input(v, family, 1, 1));
        }
        NodeVector root = builder.sum(List.of(builder.product(inputs)), 1, 1);
        return builder.build(root, ParameterInitializer.random(1));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_model_file_keeps_numbers(long seed) throws IOException {
        Schema schema = schema(new Random(seed));
        Path file = folder.resolve("m.sluice");
        ModelFile.write(new Model(circuit(schema), schema), file);
        assertEquals(schema, ModelFile.read(file).schema());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_schema_file_keeps_numbers(long seed) {
        Schema schema = schema(new Random(seed));
        assertEquals(schema, SchemaJson.parse(SchemaJson.format(schema)));
    }

    @Test
    void numbers_without_a_type_are_no_schema() {
        assertThrows(
                FileFormatException.class,
                () ->
                        SchemaJson.parse(
                                "{\"columns\": [{\"name\": \"a\", \"kind\": \"continuous\","
                                        + " \"numbers\": {\"offset\": 1}}]}"));
    }
}
