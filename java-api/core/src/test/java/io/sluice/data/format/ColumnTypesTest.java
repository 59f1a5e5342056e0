package io.sluice.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.SluiceException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a column holds is found from its cells, unless the user says it. */
class ColumnTypesTest {
    private static final int ROWS = 120;
    private static final LocalDate SOME_DAY = LocalDate.of(1998, 3, 14);

    /** Forms that java.time writes, with the type that they are. */
    private static final List<String> FORMS =
            List.of(
                    "date uuuu-MM-dd",
                    "date dd.MM.uuuu",
                    "date d.M.uuuu",
                    "date dd/MM/uuuu",
                    "date MM/dd/uuuu",
                    "date M/d/uuuu",
                    "date uuuu/MM/dd",
                    "date d MMM uuuu",
                    "date MMM d, uuuu",
                    "date dd-MMM-uuuu",
                    "time HH:mm",
                    "time HH:mm:ss",
                    "time h:mm a",
                    "timestamp uuuu-MM-dd'T'HH:mm:ss",
                    "timestamp uuuu-MM-dd HH:mm",
                    "timestamp uuuu-MM-dd'T'HH:mm:ss'Z'",
                    "timestamp uuuu-MM-dd HH:mm:ss.SSS",
                    "timestamp dd.MM.uuuu HH:mm",
                    "timestamp MM/dd/uuuu h:mm a",
                    "timestamp MMM d, uuuu HH:mm");

    @TempDir Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("table.csv");
    }

    private String write(String header, IntFunction<String> row) {
        return write(header, ROWS, row);
    }

    private String write(String header, int rows, IntFunction<String> row) {
        String text =
                IntStream.range(0, rows)
                        .mapToObj(i -> row.apply(i) + "\n")
                        .collect(Collectors.joining("", header + "\n", ""));
        try {
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DataOptions coded() {
        return DataOptions.defaults().withCoding(new ScaledCoding());
    }

    private static List<ColumnType> types(String source) {
        return Datasets.infer(source, coded()).columns().stream()
                .map(InferredColumn::type)
                .toList();
    }

    static Stream<Arguments> forms() {
        return FORMS.stream()
                .flatMap(form -> Sweep.seeds(3).mapToObj(seed -> Arguments.of(form, seed)));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void dates_and_times_of_every_form_come_back_as_they_stood(String form, long seed) {
        String type = form.substring(0, form.indexOf(' '));
        DateTimeFormatter formatter =
                DateTimeFormatter.ofPattern(form.substring(form.indexOf(' ') + 1), Locale.ENGLISH);
        Random random = new Random(seed);
        List<String> texts =
                Stream.generate(() -> SOME_DAY.atTime(LocalTime.MIN))
                        .map(
                                day ->
                                        day.plusDays(random.nextInt(9000))
                                                .plusSeconds(random.nextInt(86_400))
                                                .plusNanos(random.nextInt(1000) * 1_000_000L))
                        .map(formatter::format)
                        .limit(ROWS)
                        .toList();
        String source = write("when;x", i -> texts.get(i) + ";" + i % 3 + ".5");
        assertEquals(type, types(source).get(0).title());
        Dataset rows = Datasets.open(source, coded()).train();
        Column when = rows.schema().column(0);
        Numbers numbers = when.numbers();
        assertNotNull(numbers);
        for (int row = 0; row < ROWS; row++) {
            String text = texts.get(row);
            double number = numbers.quantity().parse(text);
            assertEquals(
                    text.toLowerCase(Locale.ROOT),
                    numbers.quantity().text(number).toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void an_hour_of_seconds_keeps_its_seconds() {
        LocalDateTime start = LocalDateTime.of(2024, 5, 1, 12, 0);
        IntFunction<String> text =
                i -> DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(start.plusSeconds(i * 7L % 3600));
        String source = write("when,x", 3600, i -> text.apply(i) + "," + i % 3);
        Dataset rows = Datasets.open(source, coded()).train();
        Column when = rows.schema().column(0);
        for (int row = 0; row < 3600; row++) {
            assertEquals(text.apply(row), when.text(rows.value(row, 0)));
        }
    }

    @Test
    void days_and_months_that_can_be_exchanged_are_said() {
        String source = write("when,x", i -> (i % 12 + 1) + "/" + (i % 7 + 1) + "/2021," + i % 3);
        InferredTable table = Datasets.infer(source, coded());
        assertEquals(1, table.notes().size());
        assertTrue(
                table.notes().get(0).contains("--column when=date:d/M/uuuu"),
                table.notes()::toString);
        String clear = write("when,x", i -> (i % 12 + 1) + "/" + (i % 28 + 1) + "/2021," + i % 3);
        assertEquals(List.of(), Datasets.infer(clear, coded()).notes());
    }

    @Test
    void a_few_texts_among_dates_count_as_missing() {
        String source =
                write("when,x", i -> (i == 7 ? "unknown" : SOME_DAY.plusDays(i)) + "," + i % 3);
        Dataset rows = Datasets.open(source, coded()).train();
        assertTrue(rows.isMissing(7, 0));
        assertEquals("1998-03-22", rows.schema().column(0).text(rows.value(8, 0)));
    }

    @Test
    void dates_that_do_not_exist_are_no_dates() {
        String source = write("when,x", i -> "31.02.20" + (10 + i % 40) + "," + i % 3);
        assertEquals(ColumnType.CATEGORY, types(source).get(0));
    }

    @ParameterizedTest
    @MethodSource("truths")
    void truth_values_are_boolean(String yes, String no) {
        String both = write("a,x", i -> (i % 3 == 0 ? yes : no) + "," + i % 3);
        assertEquals(ColumnType.BOOLEAN, types(both).get(0));
        String one = write("a,x", i -> yes + "," + i % 3);
        Column column = Datasets.infer(one, coded()).columns().get(0).column();
        assertNotNull(column);
        if (yes.length() > 1) {
            assertEquals(ColumnType.BOOLEAN, types(one).get(0));
            assertEquals(List.of(yes), column.labels(), "nothing else is ever drawn");
        }
    }

    static Stream<Arguments> truths() {
        return Stream.of(
                Arguments.of("true", "false"),
                Arguments.of("True", "False"),
                Arguments.of("YES", "NO"),
                Arguments.of("y", "n"),
                Arguments.of("T", "F"));
    }

    @Test
    void what_identifies_rows_is_never_modelled() {
        Random random = new Random(1);
        List<Integer> shuffled = new ArrayList<>(IntStream.range(5000, 9000).boxed().toList());
        Collections.shuffle(shuffled, random);
        String source =
                write(
                        "row,customer_id,name,year,x",
                        i ->
                                (i + 1)
                                        + ","
                                        + shuffled.get(i)
                                        + ",text "
                                        + (i == 5 ? 4 : i)
                                        + ","
                                        + (1900 + i * 2 % 110)
                                        + ","
                                        + i % 3);
        assertEquals(
                List.of(
                        ColumnType.IGNORE,
                        ColumnType.IGNORE,
                        ColumnType.IGNORE,
                        ColumnType.WHOLE,
                        ColumnType.CATEGORY),
                types(source));
        List<String> years = IntStream.range(0, 90).mapToObj(i -> 1930 + i + "," + i % 2).toList();
        assertEquals(ColumnType.WHOLE, types(write("year,x", years.size(), years::get)).get(0));
    }

    @Test
    void a_declared_type_goes_before_what_is_inferred() {
        String source = write("a,b,c", i -> i % 3 + "," + i % 50 + ",0" + i % 4);
        DataOptions options =
                coded().withColumns(
                                List.of(
                                        new DeclaredColumn("a", ColumnType.WHOLE),
                                        new DeclaredColumn("b", ColumnType.CATEGORY),
                                        new DeclaredColumn("c", ColumnType.IGNORE)));
        List<Column> columns = Datasets.open(source, options).schema().columns();
        assertEquals(List.of("a", "b"), columns.stream().map(Column::name).toList());
        Numbers a = columns.get(0).numbers();
        assertNotNull(a);
        assertEquals(Quantity.Kind.WHOLE, a.quantity().kind());
        assertEquals(
                IntStream.range(0, 50).mapToObj(String::valueOf).toList(), columns.get(1).labels());
    }

    @Test
    void declared_labels_keep_their_order_and_refuse_others() {
        String source = write("size,x", i -> List.of("S", "M", "L").get(i % 3) + "," + i % 7);
        DeclaredColumn size =
                new DeclaredColumn(
                        "size",
                        ColumnType.CATEGORY,
                        List.of("S", "M", "L", "XL"),
                        null,
                        null,
                        null);
        Dataset rows = Datasets.open(source, coded().withColumns(List.of(size))).train();
        assertEquals(List.of("S", "M", "L", "XL"), rows.schema().column(0).labels());
        assertEquals(1, rows.value(1, 0));
        DeclaredColumn few =
                new DeclaredColumn(
                        "size", ColumnType.CATEGORY, List.of("S", "M"), null, null, null);
        assertRefused(source, few, "'L'", "line 4");
    }

    private static void assertRefused(String source, DeclaredColumn column, String... parts) {
        SluiceException e =
                assertThrows(
                        SluiceException.class,
                        () -> Datasets.open(source, coded().withColumns(List.of(column))));
        for (String part : parts) {
            assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
        }
    }

    @Test
    void what_a_column_cannot_be_is_refused_by_a_value() {
        String source = write("a,b,c", i -> i + ".5,text" + i % 5 + "," + i % 9);
        assertRefused(source, new DeclaredColumn("a", ColumnType.WHOLE), "'a'", "decimals", "real");
        assertRefused(
                source, new DeclaredColumn("a", ColumnType.BOOLEAN), "'a'", "120", "category");
        assertRefused(source, new DeclaredColumn("b", ColumnType.REAL), "'b'", "'text0'");
        assertRefused(source, new DeclaredColumn("b", ColumnType.DATE), "'b'", "'text0'", "dd.MM");
        assertRefused(source, new DeclaredColumn("d", ColumnType.REAL), "'d'", "a, b, c");
        DeclaredColumn small = new DeclaredColumn("c", ColumnType.WHOLE, List.of(), null, 0.0, 7.0);
        assertRefused(source, small, "'c'", "8", "range");
        assertThrows(
                InvalidArgumentException.class,
                () -> new DeclaredColumn("a", ColumnType.DATE, List.of(), "b%", null, null));
    }

    @Test
    void what_is_printed_reads_back_as_the_same_columns() throws IOException {
        String source =
                write(
                        "when,size,paid,n,x,id",
                        i ->
                                SOME_DAY.plusDays(i * 31L % 200)
                                        + ","
                                        + List.of("S", "M", "L").get(i % 3)
                                        + ","
                                        + (i % 2 == 0)
                                        + ","
                                        + i * 13 % 70
                                        + ","
                                        + i % 7 * 0.25
                                        + ","
                                        + i);
        InferredTable table = Datasets.infer(source, coded());
        Path json = Files.writeString(folder.resolve("schema.json"), ColumnsJson.format(table));
        assertTrue(ColumnsJson.isIn(json));
        DataOptions declared = coded().withColumns(ColumnsJson.read(json));
        assertEquals(
                Datasets.open(source, coded()).schema(), Datasets.open(source, declared).schema());
        assertEquals(
                table.columns().stream().map(InferredColumn::type).toList(),
                Datasets.infer(source, declared).columns().stream()
                        .map(InferredColumn::type)
                        .toList());
    }
}
