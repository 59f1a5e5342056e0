package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The columns of a table are shown, edited and given back. */
class SchemaTest {
    @TempDir Path folder;
    private Path data = Path.of("");

    @BeforeEach
    void writeTable() throws IOException {
        String rows =
                IntStream.range(0, 120)
                        .mapToObj(
                                i ->
                                        "%d,%d.%d.2021,%s,%d,0%d\n"
                                                .formatted(
                                                        i + 1,
                                                        i % 28 + 1,
                                                        i % 12 + 1,
                                                        i % 3 == 0 ? "yes" : "no",
                                                        i * 7 % 50,
                                                        i % 4))
                        .collect(Collectors.joining("", "id,born,paid,age,zip\n", ""));
        data = Files.writeString(folder.resolve("data.csv"), rows);
    }

    private static Cli.Result succeed(Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertEquals(0, result.code(), result.err());
        return result;
    }

    private static List<String> types(String json) {
        JsonNode columns = JsonMapper.shared().readTree(json).get("columns");
        return StreamSupport.stream(columns.spliterator(), false)
                .map(column -> column.get("name").asString() + " " + column.get("type").asString())
                .toList();
    }

    @Test
    void every_column_is_shown_with_its_type_and_reason() {
        List<String> expected =
                List.of("id ignore", "born date", "paid boolean", "age whole", "zip category");
        assertEquals(expected, types(succeed("schema --data", data).out()));
        assertEquals(expected, types(succeed("schema --json --data", data).out()));
        assertTrue(succeed("schema --data", data).out().contains("\"reason\":\"it counts"));
    }

    @Test
    void an_edited_schema_decides_what_is_learned() throws IOException {
        Path schema = folder.resolve("schema.json");
        succeed("schema --data", data, "--out", schema);
        String edited =
                Files.readString(schema).replace("\"type\":\"whole\"", "\"type\":\"ignore\"");
        Files.writeString(schema, edited.replaceAll(",\"minimum\":0,\"maximum\":49", ""));
        Path model = folder.resolve("m.sluice");
        succeed(
                "train --structure factorized --device reference --column id=whole --data",
                data,
                "--schema",
                schema,
                "--out",
                model);
        String columns = succeed("inspect --json --model", model).out();
        assertTrue(columns.contains("\"id\""), columns);
        assertTrue(!columns.contains("\"age\""), columns);
    }

    @Test
    void drawn_dates_are_written_as_the_table_writes_them() {
        Path model = folder.resolve("m.sluice");
        succeed("train --structure factorized --device reference --data", data, "--out", model);
        String drawn = succeed("sample --out - --count 20 --model", model).out();
        List<String> rows = drawn.lines().skip(1).toList();
        assertEquals(20, rows.size());
        rows.forEach(
                row ->
                        assertTrue(
                                row.matches("[0-9]+\\.[0-9]+\\.2021,(yes|no),[0-9]+,0[0-3]"), row));
    }

    @Test
    void what_the_model_knows_cannot_be_declared_again() {
        Path model = folder.resolve("m.sluice");
        succeed("train --structure factorized --device reference --data", data, "--out", model);
        Cli.Result result =
                Cli.run("score --out - --column age=real --data", data, "--model", model);
        assertEquals(2, result.code());
        assertTrue(result.err().contains("--column age=real"), result.err());
    }
}
