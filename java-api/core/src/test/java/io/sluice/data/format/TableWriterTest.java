package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class TableWriterTest {
    @TempDir Path folder;

    private static void assertSameCells(Dataset expected, Dataset actual) {
        assertEquals(expected.rows(), actual.rows());
        for (long r = 0; r < expected.rows(); r++) {
            for (int v = 0; v < expected.variables(); v++) {
                assertEquals(expected.value(r, v), actual.value(r, v), r + ", " + v);
            }
        }
    }

    private Dataset writtenAndRead(Dataset data) throws Exception {
        Path file = folder.resolve("t.csv");
        TableWriter.of(file).write(data, file);
        return Datasets.open(file.toString(), DataOptions.defaults().withSchema(data.schema()))
                .train();
    }

    @Test
    void labels_are_restored_and_missing_cells_are_empty() throws Exception {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("colour", List.of("red", "light, blue")),
                                Column.categorical("n", 5),
                                Column.continuous("size")));
        Dataset data =
                Dataset.ofFloats(
                        new float[] {1, 4, 0.1f, Float.NaN, 0, Float.NaN, 0, Float.NaN, -2e10f},
                        3,
                        schema);
        Path file = folder.resolve("t.csv");
        TableWriter.of(file).write(data, file);
        assertEquals(
                "colour,n,size\n\"light, blue\",4,0.1\n,0,\nred,,-20000000000\n",
                Files.readString(file));
        assertSameCells(data, writtenAndRead(data));
    }

    @Test
    void tokens_of_blanks_and_quotes_survive() throws Exception {
        List<String> labels = List.of(" ", "\n", "\"", ",", "NA", "?", "\t", "a b");
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("t0", labels),
                                Column.categorical("t1", labels)));
        Dataset data = Dataset.ofBytes(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 7, 0}, 2, schema);
        assertSameCells(data, writtenAndRead(data));
    }

    @Test
    void a_single_column_keeps_its_missing_rows() throws Exception {
        Dataset data =
                Dataset.ofFloats(new float[] {1.5f, Float.NaN, 2.5f}, 1, Schema.continuous(1));
        assertSameCells(data, writtenAndRead(data));
    }

    @Test
    void the_built_in_table_survives() throws Exception {
        Dataset data = Datasets.open("builtin:mixture").train();
        assertSameCells(data, writtenAndRead(data));
    }
}
