package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sluice.data.Bytes;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.testing.RandomTable;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class GeneratedTablesTest {
    private static final int TABLES = Sweep.size(100, 2000);
    private static final int MOST_ROWS = 120;

    @TempDir Path folder;

    @FunctionalInterface
    private interface Check {
        void of(RandomTable table, Dataset data) throws IOException;
    }

    private void forAll(Check check) throws IOException {
        for (long seed = 0; seed < TABLES; seed++) {
            RandomTable table = new RandomTable(seed, MOST_ROWS);
            try {
                check.of(table, read(table).train());
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + "\n" + table, e);
            }
        }
    }

    private DataParts read(RandomTable table) {
        Path file = Bytes.write(folder.resolve("table.csv"), table.bytes());
        return Datasets.open(file.toString(), DataOptions.defaults().keepingText());
    }

    /** The column of the table that a variable is. */
    private static int columnOf(RandomTable table, Dataset data, int variable) {
        String name = data.schema().column(variable).name();
        return table.header ? table.readNames().indexOf(name) : Integer.parseInt(name.substring(1));
    }

    @Test
    void every_cell_keeps_its_text_and_only_holes_are_missing() throws IOException {
        forAll(
                (table, data) -> {
                    assertEquals(table.rows.size(), data.rows());
                    for (int v = 0; v < data.variables(); v++) {
                        int column = columnOf(table, data, v);
                        for (int r = 0; r < data.rows(); r++) {
                            String cell = table.rows.get(r).get(column);
                            assertEquals(cell, data.text(r, v));
                            if (!cell.equals(RandomTable.STRAY)) {
                                boolean missing = RandomTable.isMissing(cell);
                                assertEquals(missing, data.isMissing(r, v), cell);
                            }
                        }
                    }
                });
    }

    @Test
    void columns_of_numbers_are_read_as_numbers() throws IOException {
        forAll(
                (table, data) -> {
                    for (int v = 0; v < data.variables(); v++) {
                        int column = columnOf(table, data, v);
                        for (int r = 0;
                                r < data.rows() && table.kinds.get(column).isNumber();
                                r++) {
                            String cell = table.rows.get(r).get(column);
                            if (!RandomTable.isMissing(cell)) {
                                String label = data.schema().column(v).text(data.value(r, v));
                                float read = Float.parseFloat(label);
                                assertEquals((float) table.number(cell), read, 0f, cell);
                            }
                        }
                    }
                });
    }

    @Test
    void a_table_without_new_values_is_written_to_the_byte_as_it_was_read() throws IOException {
        Path out = folder.resolve("out.csv");
        forAll(
                (table, data) -> {
                    TableWriter.of(out)
                            .complete(data, data.schema(), 1, out, rows -> rows.accept(data));
                    assertArrayEquals(table.bytesWithoutBlankLines(), Files.readAllBytes(out));
                });
    }

    @Test
    void filled_tables_have_no_holes_and_keep_what_was_observed() throws IOException {
        Path out = folder.resolve("out.csv");
        forAll(
                (table, data) -> {
                    DatasetBuilder zeros = Dataset.builder(data.schema());
                    for (long r = 0; r < data.rows(); r++) {
                        zeros.add(new double[data.variables()]);
                    }
                    Dataset filled = zeros.build();
                    TableWriter.of(out)
                            .complete(data, data.schema(), 1, out, rows -> rows.accept(filled));
                    DataOptions options =
                            DataOptions.defaults()
                                    .withSchema(data.schema())
                                    .withHeader(table.header)
                                    .withSeparator(table.separator)
                                    .withDecimal(table.decimal)
                                    .keepingText();
                    Dataset again = Datasets.open(out.toString(), options).train();
                    assertEquals(data.rows(), again.rows());
                    for (int v = 0; v < data.variables(); v++) {
                        for (long r = 0; r < data.rows(); r++) {
                            assertFalse(again.isMissing(r, v));
                            if (data.isMissing(r, v)) {
                                assertEquals(0, again.value(r, v), 1e-9);
                            } else {
                                assertEquals(data.text(r, v), again.text(r, v));
                            }
                        }
                    }
                });
    }
}
