package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Tables are written in the format that a name says, and read back. */
class TableFormatsTest {
    @TempDir Path folder;

    private static Dataset random(long seed, boolean labels) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Column> columns = new ArrayList<>();
        int variables = 1 + random.nextInt(6);
        for (int v = 0; v < variables; v++) {
            String name = List.of("a b", "grün", "x\"y", "line\nend", "c,d", "7").get(v);
            columns.add(
                    switch (random.nextInt(labels ? 4 : 2)) {
                        case 0 -> Column.continuous(name);
                        case 1 -> Column.categorical(name, 2 + random.nextInt(500));
                        case 2 -> Column.categorical(name, List.of("true", "false"));
                        default ->
                                Column.categorical(
                                        name, List.of("red", "1", " ä b ", "\"q\", r", "007"));
                    });
        }
        Schema schema = Schema.of(columns);
        DatasetBuilder builder = Dataset.builder(schema);
        double[] row = new double[variables];
        for (int r = 0; r < 20; r++) {
            for (int v = 0; v < variables; v++) {
                int categories = columns.get(v).categories();
                double value =
                        categories > 0
                                ? random.nextInt(categories)
                                : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(9)));
                row[v] = random.nextInt(5) == 0 ? Double.NaN : value;
            }
            builder.add(row);
        }
        return builder.build();
    }

    private static void assertSameCells(Dataset expected, Dataset read, String what) {
        assertEquals(expected.rows(), read.rows(), what);
        for (long r = 0; r < expected.rows(); r++) {
            for (int v = 0; v < expected.variables(); v++) {
                assertEquals(expected.value(r, v), read.value(r, v), what + " " + r + " " + v);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "tsv", "csv.gz", "tsv.gz", "jsonl", "ndjson", "jsonl.gz", "npy"})
    void what_is_written_reads_back_as_the_same_cells(String ending) throws IOException {
        Path file = folder.resolve("table." + ending);
        for (long seed = 0; seed < 50; seed++) {
            Dataset data = random(seed, !ending.equals("npy"));
            TableWriter.of(file).write(data.schema(), file, table -> table.accept(data));
            DataOptions options = DataOptions.defaults().withSchema(data.schema()).withHeader(true);
            Dataset read = Datasets.open(file.toString(), options).train();
            assertSameCells(data, read, ending + " seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "xlsx", "json", "txt", "parquet.gz", "npy.gz", "csv.zip"})
    void other_endings_are_refused_with_those_that_are_possible(String ending) {
        Path file = folder.resolve("table." + ending);
        String message =
                assertThrows(InvalidArgumentException.class, () -> TableWriter.of(file))
                        .getMessage();
        assertTrue(message.contains(String.join(", ", TableWriter.endings())), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void an_array_of_numbers_is_refused_for_a_column_of_texts() {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.continuous("size"),
                                Column.categorical("hue", List.of("red", "blue"))));
        Path file = folder.resolve("out.npy");
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> TableWriter.of(file).requireFits(schema))
                        .getMessage();
        assertTrue(message.contains("'hue'"), message);
    }

    @Test
    void codes_become_small_integers_in_an_array() throws IOException {
        Path file = folder.resolve("out.npy");
        Schema schema = Schema.of(List.of(Column.categorical("a", 3), Column.categorical("b", 9)));
        TableWriter.of(file).write(Dataset.ofBytes(new byte[] {1, 8, 2, 0}, 2, schema), file);
        byte[] bytes = Files.readAllBytes(file);
        String header = new String(bytes, 0, bytes.length - 4, StandardCharsets.ISO_8859_1);
        assertTrue(header.contains("'descr': '|u1'") && header.contains("(2, 2)"), header);
        assertEquals(0, (bytes.length - 4) % 64);
        assertArrayEquals(
                new byte[] {1, 8, 2, 0}, Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
    }

    private Dataset read(String name, String text) {
        Path file = Bytes.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
        return Datasets.open(file.toString(), DataOptions.defaults().keepingText()).train();
    }

    private String filled(Dataset data, String name) throws IOException {
        DatasetBuilder zeros = Dataset.builder(data.schema());
        for (long r = 0; r < data.rows(); r++) {
            zeros.add(new double[data.variables()]);
        }
        Dataset completions = zeros.build();
        Path out = folder.resolve(name);
        TableWriter.of(out)
                .complete(data, data.schema(), 1, out, table -> table.accept(completions));
        return Files.readString(out);
    }

    private static final String LINES =
            """
            {"name":"é 1","n":7.50,"ok":true,"k":"b"}
            {"n":null,"name":"two","k":"a","more":1e3}

            { "k":null, "ok":false, "n":-0.25, "name":"3" }
            {"k":"a","n":1.00,"name":"NA"}
            """;

    @Test
    void keys_of_all_objects_are_columns_and_null_and_absent_values_are_missing() {
        Dataset data = read("t.jsonl", LINES);
        assertEquals(4, data.rows());
        List<String> names = data.schema().columns().stream().map(Column::name).toList();
        assertTrue(names.containsAll(List.of("n", "ok", "k", "more")), names.toString());
        int n = names.indexOf("n");
        assertEquals("7.50", data.text(0, n));
        assertTrue(data.isMissing(1, n));
        assertTrue(data.isMissing(0, names.indexOf("more")));
        assertEquals("true", data.text(0, names.indexOf("ok")));
    }

    @Test
    void observed_values_of_json_lines_keep_type_and_digits() throws IOException {
        Dataset data = read("t.jsonl", LINES);
        List<String> lines = filled(data, "out.jsonl").lines().toList();
        assertEquals(4, lines.size());
        assertTrue(
                lines.get(0).startsWith("{\"name\":\"é 1\",\"n\":7.50,\"ok\":true,\"k\":\"b\","),
                lines.get(0));
        assertTrue(lines.get(1).contains("\"more\":1e3"), lines.get(1));
        assertTrue(lines.get(3).contains("\"n\":1.00"), lines.get(3));
        assertFalse(lines.get(1).contains("null"), lines.get(1));
    }

    @ParameterizedTest
    @CsvSource({"t.jsonl,out.csv", "t.csv,out.jsonl", "t.csv,out.tsv", "t.tsv,out.csv"})
    void a_completed_table_may_have_another_format(String from, String to) throws IOException {
        Dataset lines = read("source.jsonl", LINES);
        filled(lines, from.equals("t.jsonl") ? "u.jsonl" : from);
        Path source = folder.resolve(from.equals("t.jsonl") ? "u.jsonl" : from);
        Dataset data =
                Datasets.open(source.toString(), DataOptions.defaults().keepingText()).train();
        filled(data, to);
        Dataset again =
                Datasets.open(
                                folder.resolve(to).toString(),
                                DataOptions.defaults().withSchema(data.schema()))
                        .train();
        assertSameCells(data, again, from + " to " + to);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"a\":1}|{\"b\":[1]};nested value in 'b' in line 2",
                "{\"a\":{\"c\":1}};nested value in 'a' in line 1",
                "{\"a\":1}|[2];something other than an object in line 2",
                "{\"a\":1}|{\"a\":;no valid JSON in line 2",
                "{\"a\":1,\"a\":2};no valid JSON in line 1",
                "{};has no columns"
            })
    void other_json_is_refused_by_line_and_name(String text, String expected) {
        String message =
                assertThrows(
                                FileFormatException.class,
                                () -> read("bad.jsonl", text.replace('|', '\n')))
                        .getMessage();
        assertTrue(message.contains(expected), message);
    }
}
