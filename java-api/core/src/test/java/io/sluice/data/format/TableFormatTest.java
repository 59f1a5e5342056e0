package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Bytes;
import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

class TableFormatTest {
    @TempDir Path folder;

    private Dataset read(String content) {
        return read(content, DataOptions.defaults());
    }

    private Dataset read(String content, DataOptions options) {
        Path file = Bytes.write(folder.resolve("table.csv"), content);
        return Datasets.open(file.toString(), options).train();
    }

    private InvalidArgumentException refused(String content, Schema schema) {
        DataOptions options = DataOptions.defaults().withSchema(schema);
        return assertThrows(InvalidArgumentException.class, () -> read(content, options));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0,1\n1,0\n", "0\t1\n1\t0\n", "0 1\n1 0", "  0   1 \r\n 1 0\r\n\r\n"})
    void comma_tab_and_blanks_separate_cells(String content) {
        Dataset data = read(content);
        assertEquals(2, data.rows());
        assertEquals(2, data.variables());
        assertEquals(1, data.value(0, 1));
        assertEquals(Dataset.ElementType.U8, data.type());
    }

    @Test
    void few_integers_are_categories_texts_have_labels_and_reals_are_continuous() {
        Schema schema = read("kind,count,size,grade\nb,0,1.5,3\na,2,2.5,5\nb,1,-1e3,3\n").schema();
        assertEquals(Column.categorical("kind", List.of("a", "b")), schema.column(0));
        assertEquals(Column.categorical("count", 3), schema.column(1));
        assertEquals(Column.continuous("size"), schema.column(2));
        // 4 does not occur, but it lies between values that do
        assertEquals(Column.categorical("grade", List.of("3", "4", "5")), schema.column(3));
    }

    @Test
    void many_different_integers_are_continuous() {
        StringBuilder table = new StringBuilder();
        for (int i = 0; i <= ColumnTraits.MOST_INTEGER_CATEGORIES; i++) {
            table.append(3 * i).append(',').append(i % 2).append('\n');
        }
        Schema schema = read(table.toString()).schema();
        assertFalse(schema.column(0).isCategorical());
        assertEquals(2, schema.column(1).categories());
    }

    @Test
    void a_column_of_one_value_is_still_binary() {
        Schema schema = read("0,1,?\n0,1,?\n").schema();
        for (Column column : schema.columns()) {
            assertEquals(2, column.categories(), column.name());
        }
    }

    @Test
    void a_table_of_bytes_that_reaches_255_has_256_categories_everywhere() {
        Schema schema = read("0,17,255\n1,3,4\n").schema();
        for (Column column : schema.columns()) {
            assertEquals(256, column.categories());
        }
    }

    @Test
    void empty_nan_na_and_question_marks_are_missing() {
        Dataset data = read("1.5,a\n,b\nNaN,?\n nan , NA \n2.5,\n");
        assertEquals(5, data.rows());
        int missing = 0;
        for (int r = 0; r < 5; r++) {
            missing += (data.isMissing(r, 0) ? 1 : 0) + (data.isMissing(r, 1) ? 1 : 0);
        }
        assertEquals(6, missing);
        assertEquals(List.of("a", "b"), data.schema().column(1).labels());
    }

    @Test
    void a_header_is_told_from_data() {
        assertEquals("age", read("age,size\n1,2.5\n0,3.5\n").schema().column(0).name());
        assertEquals("x0", read("a,1\nb,2\n").schema().column(0).name());
        assertEquals(2, read("a,b\nb,a\na,a\n").rows() - 1, "texts that recur are data");
        Dataset texts = read("colour,taste\nred,sweet\nred,sour\n");
        assertEquals("colour", texts.schema().column(0).name());
        assertEquals(2, texts.rows());
        assertEquals("x0", read(",b\n0,2.5\n1,3.5\n").schema().column(0).name());
    }

    @Test
    void quotes_keep_separators_and_blanks() {
        Dataset data = read("name,n\n\"a, b\",0\n\" c \",1\n\"d \"\"e\"\"\",1\n");
        assertEquals(List.of(" c ", "a, b", "d \"e\""), data.schema().column(0).labels());
    }

    @Test
    void gzip_and_a_byte_order_mark_change_nothing() {
        byte[] content = "\uFEFFage,n\n1.5,0\n".getBytes(StandardCharsets.UTF_8);
        Path file = Bytes.write(folder.resolve("t.csv.gz"), Bytes.gzip(content));
        Dataset data = Datasets.open(file.toString()).train();
        assertEquals("age", data.schema().column(0).name());
        assertEquals(1.5, data.value(0, 0));
    }

    @Test
    void numbers_are_read_exactly() {
        Dataset data = read("0.1,1e-3\n-123456.789,.5\n12345678901234567000,+7.25\n");
        assertEquals(0.1f, data.value(0, 0));
        assertEquals(1e-3f, data.value(0, 1));
        assertEquals((float) -123456.789, data.value(1, 0));
        assertEquals(0.5, data.value(1, 1));
        assertEquals((float) 12345678901234567e3, data.value(2, 0));
        assertEquals(7.25, data.value(2, 1));
    }

    @Test
    void a_row_of_another_length_is_named_by_its_line() {
        FileFormatException error =
                assertThrows(FileFormatException.class, () -> read("a,b\n1,2\n\n1,2,3\n"));
        assertSays(error, "line 4");
        assertSays(error, "3 cells");
    }

    @Test
    void a_file_without_rows_is_refused() {
        assertThrows(FileFormatException.class, () -> read(""));
        assertThrows(FileFormatException.class, () -> read("\n\n"));
        assertThrows(FileFormatException.class, () -> read("1,\"2\n"));
    }

    @Test
    void under_a_schema_labels_keep_their_codes() {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("colour", List.of("red", "blue", "NA")),
                                Column.categorical("grade", List.of("3", "4", "5")),
                                Column.continuous("size")));
        Dataset data =
                read("blue,4.0,1\nNA,5,2\n?,3,3\n", DataOptions.defaults().withSchema(schema));
        assertEquals(schema, data.schema());
        assertEquals(1, data.value(0, 0));
        assertEquals(1, data.value(0, 1));
        assertEquals(2, data.value(1, 0), "a label that looks like a missing cell is a label");
        assertTrue(data.isMissing(2, 0));
    }

    @Test
    void under_a_schema_columns_are_matched_by_name() {
        Schema schema = Schema.of(List.of(Column.continuous("b"), Column.categorical("a", 4)));
        Dataset data =
                read("a,id,b\n3,row1,2.5\n1,row2,\n", DataOptions.defaults().withSchema(schema));
        assertEquals(2.5, data.value(0, 0));
        assertEquals(3, data.value(0, 1));
        assertTrue(data.isMissing(1, 0));
    }

    @Test
    void a_column_that_the_schema_has_and_the_file_lacks_is_named() {
        Schema schema = Schema.of(List.of(Column.continuous("b"), Column.continuous("c")));
        InvalidArgumentException message = refused("a,b\n1,2\n", schema);
        assertSays(message, "no column 'c'");
    }

    @Test
    void a_value_that_the_schema_has_no_place_for_is_named_with_its_row_and_column() {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("colour", List.of("red", "blue")),
                                Column.categorical("n", 3),
                                Column.continuous("size")));
        InvalidArgumentException label = refused("colour,n,size\nred,0,1\ngreen,0,1\n", schema);
        assertSays(label, "line 3");
        assertSays(label, "row 1, column 0 ('colour')");
        assertSays(label, "'green'");
        assertSays(label, "red, blue");
        assertSays(refused("red,3,1\n", schema), "integer from 0 to 2");
        assertSays(refused("red,0.5,1\n", schema), "'0.5'");
        assertSays(refused("red,0,big\n", schema), "a finite number");
        assertSays(refused("red,0,inf\n", schema), "'inf'");
        assertSays(refused("red,0\n", schema), "has 2 columns");
    }

    @Test
    void an_infinite_number_is_refused_when_no_schema_is_given_either() {
        InvalidArgumentException error =
                assertThrows(InvalidArgumentException.class, () -> read("1.5\n-inf\n"));
        assertSays(error, "'-inf'");
    }

    @Test
    void a_column_of_names_without_end_is_refused() {
        StringBuilder table = new StringBuilder();
        for (int i = 0; i <= DataLimits.MAXIMUM_LABELS; i++) {
            table.append("name").append(i).append(",1\n");
        }
        FileFormatException error =
                assertThrows(FileFormatException.class, () -> read(table.toString()));
        assertSays(error, "'x0'");
    }

    @Test
    void binary_content_is_no_table() {
        Path file = Bytes.write(folder.resolve("t.dat"), new byte[] {1, 2, 0, 4});
        assertThrows(FileFormatException.class, () -> Datasets.open(file.toString()));
    }

    @Test
    void parts_in_a_folder_share_the_schema_of_all_of_them() {
        Bytes.write(folder.resolve("t.train.csv"), "a,1\nb,0\n");
        Bytes.write(
                folder.resolve("t.test.csv.gz"),
                Bytes.gzip("c,2\n".getBytes(StandardCharsets.UTF_8)));
        Bytes.write(folder.resolve("t.names"), "anything");
        DataParts parts = Datasets.open(folder.toString());
        assertNull(parts.valid());
        assertEquals(List.of("a", "b", "c"), parts.schema().column(0).labels());
        assertEquals(3, parts.schema().column(1).categories());
        assertEquals(2, parts.testOrAll().value(0, 0));
    }
}
