package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
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
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

class TableFormatTest {
    @TempDir Path folder;

    private Dataset read(String content) {
        return read(content, DataOptions.defaults());
    }

    private Dataset read(String content, DataOptions options) {
        return parts(content, options).train();
    }

    private DataParts parts(String content, DataOptions options) {
        Path file = Bytes.write(folder.resolve("table.csv"), content);
        return Datasets.open(file.toString(), options);
    }

    private DataParts parts(String content) {
        return parts(content, DataOptions.defaults());
    }

    private static void assertNotes(DataParts parts, String... words) {
        boolean said =
                parts.notes().stream().anyMatch(note -> Stream.of(words).allMatch(note::contains));
        assertTrue(said, String.valueOf(parts.notes()));
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
        for (Column column : read("0,1\n0,1\n").schema().columns()) {
            assertEquals(2, column.categories(), column.name());
        }
    }

    @Test
    void a_column_without_values_is_left_out_and_said() {
        DataParts parts = parts("a,b,c\n1.5,,red\n2.5,?,blue\n");
        assertEquals(List.of("a", "c"), names(parts.schema()));
        assertNotes(parts, "'b'", "left out", "no values");
        assertThrows(FileFormatException.class, () -> read("?,\n,NA\n"));
    }

    private static List<String> names(Schema schema) {
        return schema.columns().stream().map(Column::name).toList();
    }

    @Test
    void the_largest_integers_do_not_run_on() {
        for (String cell : List.of("9223372036854775807", "-9223372036854775808", "1e30")) {
            String table = "n,m\n" + cell + ",2.5\n";
            Dataset data = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> read(table));
            assertEquals(1, data.rows());
        }
    }

    @Test
    void duplicate_names_are_told_apart() {
        DataParts parts = parts("first,first,third\nz,z,n\nx,y,n\n");
        assertEquals(List.of("first", "first.2", "third"), names(parts.schema()));
        assertEquals(2, parts.train().rows());
        assertNotes(parts, "'first'", "'first.2'");
        assertNotes(parts, "--header");
    }

    @Test
    void a_header_without_rows_is_refused() {
        assertSays(
                assertThrows(FileFormatException.class, () -> read("r,s,t\n")),
                "a header and no rows");
        Schema schema = Schema.of(List.of(Column.categorical("x0", List.of("a", "b"))));
        assertEquals(1, read("a\n", DataOptions.defaults().withSchema(schema)).rows());
        Schema named = Schema.of(List.of(Column.categorical("a", List.of("a", "b"))));
        assertThrows(
                FileFormatException.class,
                () -> read("a\n", DataOptions.defaults().withSchema(named)));
    }

    @Test
    void a_first_row_that_the_schema_can_encode_is_no_header() {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("c", List.of("a", "b")),
                                Column.categorical("d", List.of("p", "q"))));
        assertEquals(2, read("a,p\nb,q\n", DataOptions.defaults().withSchema(schema)).rows());
    }

    @Test
    void semicolons_go_with_decimal_commas() {
        Dataset data = read("colour;x;y\nblue;19,64;20,64\nred;1,5;2\n");
        assertEquals(List.of("colour", "x", "y"), names(data.schema()));
        assertEquals(19.64f, data.value(0, 1));
        assertEquals(2, data.value(1, 2));
        assertEquals(19.64f, read("19,64;2,5\n1,5;2\n").value(0, 0));
    }

    @Test
    void a_doubtful_separator_or_decimal_mark_is_said_with_the_option_that_overrides_it() {
        assertNotes(parts("a;b,1\nc;d,2\n"), "--separator");
        String doubtful = "a;b\n1,234;x\n2,345;y\n";
        assertNotes(parts(doubtful), "--decimal");
        assertEquals(1.234f, read(doubtful).value(0, 0));
        Schema whole = read(doubtful, DataOptions.defaults().withDecimal('.')).schema();
        assertEquals(List.of("1234", "2345"), whole.column(0).labels());
        Dataset bars = read("a|b\n1,5|2\n", DataOptions.defaults().withSeparator('|'));
        assertEquals(1.5, bars.value(0, 0));
    }

    @Test
    void a_file_that_is_not_utf8_keeps_its_letters() {
        byte[] latin = "city,n\nKöln,1.5\nKöln,2.5\n".getBytes(StandardCharsets.ISO_8859_1);
        Path file = Bytes.write(folder.resolve("latin.csv"), latin);
        DataParts parts = Datasets.open(file.toString());
        assertEquals(List.of("Köln"), parts.schema().column(0).labels());
        assertNotes(parts, "not UTF-8", "windows-1252");
        byte[] utf16 = "\uFEFFcity,n\nKöln,1.5\n".getBytes(StandardCharsets.UTF_16LE);
        Path wide = Bytes.write(folder.resolve("wide.csv"), utf16);
        assertEquals(List.of("Köln"), Datasets.open(wide.toString()).schema().column(0).labels());
    }

    @Test
    void a_blank_line_of_a_table_of_one_column_is_a_missing_cell() {
        Dataset data = read("n\n1.5\n\n2.5\n");
        assertEquals(3, data.rows());
        assertTrue(data.isMissing(1, 0));
        assertEquals(2, read("a,b\n1,2\n\n3,4\n").rows());
    }

    @Test
    void separators_that_end_each_row_make_no_column() {
        for (String table :
                List.of("a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n", "a,b,\n1,2\n3,4\n")) {
            Dataset data = read(table);
            assertEquals(List.of("a", "b"), names(data.schema()), table);
            assertEquals(2, data.rows());
        }
    }

    @Test
    void the_usual_words_for_missing_cells_are_read() {
        Dataset data = read("x,y\n1.5,1\nNULL,1\nN/A,1\nNone,1\nNA,1\nnan,1\n?,1\n,1\n#N/A,0\n");
        assertFalse(data.schema().column(0).isCategorical());
        for (int r = 1; r < data.rows(); r++) {
            assertTrue(data.isMissing(r, 0), "row " + r);
        }
    }

    @Test
    void a_stray_word_among_numbers_counts_as_missing_and_is_said() {
        StringBuilder table = new StringBuilder("x,y\n");
        for (int i = 0; i < 400; i++) {
            table.append(i == 7 ? "unknown" : i + ".5").append(",1\n");
        }
        DataParts parts = parts(table.toString(), DataOptions.defaults().keepingText());
        assertFalse(parts.schema().column(0).isCategorical());
        assertTrue(parts.train().isMissing(7, 0));
        assertEquals("unknown", parts.train().text(7, 0));
        assertNotes(parts, "1 of its 400", "'unknown'");
    }

    @Test
    void thousands_marks_percent_and_currency_signs_are_numbers() {
        Dataset data = read("a,b,c\n\"1,234\",6.7%,$6.73\n\"12,345.5\",70%,$0.5\n-7,1%,-$3\n");
        assertEquals(1234, data.value(0, 0));
        assertEquals(12345.5, data.value(1, 0));
        assertEquals(6.7f, data.value(0, 1));
        assertEquals(6.73f, data.value(0, 2));
        assertEquals(-3, data.value(2, 2));
    }

    @Test
    void leading_zeros_make_a_code() {
        Dataset data = read("zip,n\n00501,1\n02116,0\n00501,1\n");
        assertEquals(List.of("00501", "02116"), data.schema().column(0).labels());
    }

    @Test
    void a_test_part_is_read_by_the_schema_of_the_training_part() {
        String train =
                Bytes.write(folder.resolve("train.csv"), "visits,kind\n7,b\n4,a\n").toString();
        String test =
                Bytes.write(folder.resolve("test.csv"), "visits,kind\n4,a\n15,b\n7,b.\n")
                        .toString();
        DataOptions options = DataOptions.defaults();
        InvalidArgumentException refused =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> Datasets.open(train, null, test, options));
        assertSays(refused, "line 3");
        assertSays(refused, "'visits'");
        assertSays(refused, "'15'");
        for (UnseenRule rule : List.of(UnseenRule.MISSING, UnseenRule.IMPOSSIBLE)) {
            DataParts parts = Datasets.open(train, null, test, options.withUnseen(rule));
            Dataset rows = parts.testOrAll();
            assertEquals(parts.train().schema(), rows.schema());
            assertEquals(3, rows.rows());
            assertFalse(rows.hasUnseen(0));
            assertTrue(rows.hasUnseen(1) && rows.isMissing(1, 0) && !rows.isMissing(1, 1));
            assertTrue(rows.hasUnseen(2) && rows.isMissing(2, 1));
            assertTrue(rows.slice(1, 3).hasUnseen(0));
            assertFalse(rows.rows(new int[] {2, 0}).hasUnseen(1));
            assertNotes(parts, "2 rows", "line 3", "'15'", "--unseen");
        }
    }

    @Test
    void numbers_that_float32_merges_are_said() {
        StringBuilder table = new StringBuilder("t,n\n");
        for (int i = 0; i < 100; i++) {
            table.append(1_000_000_000 + 7 * i).append(",1\n");
        }
        assertNotes(parts(table.toString()), "'t'", "float32", "subtract");
        assertEquals(List.of(), parts("t,n\n0.1234567891,1\n0.1234567892,1\n5.5,0\n").notes());
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
    void a_column_that_the_file_lacks_is_missing_in_every_row_and_named() {
        Schema schema = Schema.of(List.of(Column.continuous("b"), Column.continuous("c")));
        DataParts parts = parts("a,b\n1,2\n3,4\n", DataOptions.defaults().withSchema(schema));
        for (int row = 0; row < 2; row++) {
            assertEquals(2 + 2 * row, parts.train().value(row, 0));
            assertTrue(parts.train().isMissing(row, 1));
        }
        assertEquals(1, parts.notes().size());
        assertTrue(
                parts.notes().get(0).contains("lacks the column c (all cells count as missing)"),
                parts.notes().get(0));
    }

    @Test
    void a_file_with_none_of_the_columns_is_refused_and_both_sides_are_named() {
        Schema schema = Schema.of(List.of(Column.continuous("b"), Column.continuous("c")));
        assertSays(
                refused("p,q\n1,2\n", schema),
                "none of the columns that the schema has: it has p, q, the schema has b, c");
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
    void a_column_of_names_without_end_is_left_out_and_said() {
        StringBuilder table = new StringBuilder();
        for (int i = 0; i <= DataLimits.MAXIMUM_LABELS; i++) {
            table.append("name").append(i).append(",1\n");
        }
        DataParts parts = parts(table.toString(), DataOptions.defaults());
        assertEquals(1, parts.schema().variables());
        assertNotes(parts, "'x0'", "left out");
    }

    @Test
    void binary_content_is_no_table() {
        Path file = Bytes.write(folder.resolve("t.dat"), new byte[] {1, 2, 0, 4});
        assertThrows(FileFormatException.class, () -> Datasets.open(file.toString()));
    }

    @Test
    void parts_in_a_folder_share_the_schema_of_the_training_part() {
        Bytes.write(folder.resolve("t.train.csv"), "a,1\nb,0\n");
        Bytes.write(
                folder.resolve("t.test.csv.gz"),
                Bytes.gzip("b,1\n".getBytes(StandardCharsets.UTF_8)));
        Bytes.write(folder.resolve("t.names"), "anything");
        DataParts parts = Datasets.open(folder.toString());
        assertNull(parts.valid());
        assertEquals(List.of("a", "b"), parts.schema().column(0).labels());
        assertEquals(2, parts.schema().column(1).categories());
        assertEquals(1, parts.testOrAll().value(0, 0));
    }
}
