package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPOutputStream;

class SchemaJsonTest {

    @Test
    void every_kind_of_column_survives(@TempDir Path folder) throws Exception {
        List<String> labels = List.of("a", "b \"quoted\"", "\n", "ü");
        Schema schema =
                Schema.of(
                        List.of(
                                Column.continuous("size"),
                                Column.categorical("code", 12),
                                Column.categorical("text", labels),
                                Column.categorical("next", labels)));
        Path file = folder.resolve("schema.json");
        SchemaJson.write(schema, file);
        assertEquals(schema, SchemaJson.read(file));
    }

    @Test
    void an_image_shape_survives() {
        Schema schema = Schema.image(new ImageShape(2, 3, 3), 256);
        assertEquals(schema, SchemaJson.parse(SchemaJson.format(schema)));
    }

    @Test
    void columns_of_text_share_one_vocabulary() {
        List<String> words = List.of("the", "a", "of");
        Column column = Column.categorical("t0", words);
        String text = SchemaJson.format(Schema.of(List.of(column, column.withName("t1"))));
        assertEquals(text.indexOf("the"), text.lastIndexOf("the"), text);
        Schema read = SchemaJson.parse(text);
        assertSame(read.column(0).labels(), read.column(1).labels());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"columns\": []}",
                "{\"columns\": [{\"name\": \"a\"}]}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"ordinal\"}]}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"continuous\", \"categories\": 3}]}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"categorical\", \"labels_of\": 0}]}",
                "{\"columns\": [{\"nme\": \"a\", \"kind\": \"continuous\"}]}",
                "{\"columns\": [{\"name\": 3, \"kind\": \"continuous\"}]}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"continuous\"}], \"x\": 1}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"continuous\"}]} {}",
                "{\"columns\": [{\"name\": \"a\", \"kind\": \"continuous\"}"
            })
    void what_is_no_schema_is_refused(String text) {
        assertThrows(FileFormatException.class, () -> SchemaJson.parse(text));
    }

    @Test
    void impossible_columns_are_refused() {
        InvalidArgumentException error =
                assertThrows(
                        InvalidArgumentException.class,
                        () ->
                                SchemaJson.parse(
                                        "{\"columns\": [{\"name\": \"a\", \"kind\":"
                                            + " \"categorical\", \"labels\": [\"x\", \"x\"]}]}"));
        assertSays(error, "'x' twice");
    }

    @Test
    void the_message_names_the_line_of_a_mistake() {
        FileFormatException error =
                assertThrows(
                        FileFormatException.class,
                        () -> SchemaJson.parse("{\"columns\": [\n{\"nme\": \"a\"}]}"));
        assertSays(error, "line 2");
        assertSays(error, "'nme'");
    }

    @Test
    void many_columns_that_share_many_labels_are_read_in_no_time(@TempDir Path folder) {
        StringBuilder text =
                new StringBuilder("{\"columns\": [{\"kind\": \"categorical\", \"labels\": [");
        for (int i = 0; i < 10_000; i++) {
            text.append(i > 0 ? "," : "").append("\"").append(i).append("\"");
        }
        text.append("]}");
        for (int i = 0; i < 5_000; i++) {
            text.append(",{\"kind\": \"categorical\", \"labels_of\": 0}");
        }
        text.append("]}");
        Path file = Bytes.write(folder.resolve("row.csv"), "7" + ",7".repeat(5_000) + "\n");
        Schema schema =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(10),
                        () -> {
                            Schema read = SchemaJson.parse(text.toString());
                            Datasets.open(file.toString(), DataOptions.defaults().withSchema(read));
                            return read;
                        });
        assertEquals(5_001, schema.variables());
    }

    @Test
    void a_schema_that_unpacks_without_end_is_refused(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("bomb.json.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 65; i++) {
                out.write(blanks);
            }
        }
        assertSays(assertThrows(FileFormatException.class, () -> SchemaJson.read(file)), "longer");
    }
}
