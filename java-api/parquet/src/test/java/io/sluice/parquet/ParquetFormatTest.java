package io.sluice.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.SluiceException;
import io.sluice.data.Dataset;
import io.sluice.data.format.DataOptions;
import io.sluice.data.format.Datasets;
import io.sluice.data.format.ScaledCoding;
import io.sluice.data.format.TableCell;
import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedColumn.Kind;
import io.sluice.data.format.TypedFormat;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Tables survive Parquet, and damaged files are refused. */
class ParquetFormatTest {
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final TableCell MISSING = new TableCell("", false);
    private static final TypedFormat FORMAT = new ParquetFormat();

    @TempDir Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("table.parquet");
    }

    static LongStream seeds() {
        return Sweep.seeds(50);
    }

    private static String value(Kind kind, SplittableRandom random) {
        return switch (kind) {
            case TEXT ->
                    List.of("", "Köln", "a,b", "two\nlines", "日本", "x".repeat(300))
                            .get(random.nextInt(6));
            case TRUTH -> Boolean.toString(random.nextBoolean());
            case WHOLE -> Long.toString(random.nextLong() >> random.nextInt(64));
            case REAL ->
                    List.of("0.1", "-3.25", "1.0E300", "4.9E-324", "17", "123456.789")
                            .get(random.nextInt(6));
            case DATE -> LocalDate.ofEpochDay(random.nextInt(-40_000, 40_000)).toString();
            case TIME ->
                    DateTimeFormatter.ISO_LOCAL_TIME.format(
                            LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1000));
            case TIMESTAMP ->
                    DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                            LocalDateTime.of(1950, 1, 1, 0, 0)
                                    .plusSeconds(random.nextInt())
                                    .plusNanos(random.nextInt(1_000_000) * 1000L));
        };
    }

    private static List<TypedColumn> columns(SplittableRandom random) {
        List<TypedColumn> columns = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(9); i++) {
            Kind kind = KINDS.get(random.nextInt(KINDS.size()));
            columns.add(new TypedColumn("größe " + i, kind));
        }
        return columns;
    }

    private static List<List<TableCell>> rows(
            List<TypedColumn> columns, int count, SplittableRandom random) {
        List<List<TableCell>> rows = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            List<TableCell> row = new ArrayList<>();
            for (TypedColumn column : columns) {
                row.add(
                        random.nextInt(4) == 0
                                ? MISSING
                                : new TableCell(
                                        value(column.kind(), random), !column.kind().isBare()));
            }
            rows.add(row);
        }
        return rows;
    }

    private byte[] write(List<TypedColumn> columns, List<List<TableCell>> rows) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TypedFormat.Sink sink = FORMAT.sink(out, columns);
        for (List<TableCell> row : rows) {
            sink.row(row);
        }
        sink.finish();
        Files.write(file, out.toByteArray());
        return out.toByteArray();
    }

    private List<List<TableCell>> read(List<TypedColumn> columns) {
        List<List<TableCell>> rows = new ArrayList<>();
        FORMAT.scan(file, columns, row -> rows.add(List.copyOf(row)));
        return rows;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void what_is_written_comes_back_digit_for_digit(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<TypedColumn> columns = columns(random);
        List<List<TableCell>> rows = rows(columns, random.nextInt(200), random);
        byte[] bytes = write(columns, rows);
        assertTrue(FORMAT.isStartedBy(bytes));
        assertEquals(columns, FORMAT.columns(file));
        assertEquals(rows, read(columns));
    }

    @Test
    void large_tables_have_several_row_groups() throws IOException {
        List<TypedColumn> columns =
                List.of(new TypedColumn("a", Kind.WHOLE), new TypedColumn("b", Kind.TRUTH));
        SplittableRandom random = new SplittableRandom(1);
        List<List<TableCell>> rows = rows(columns, 140_000, random);
        write(columns, rows);
        assertEquals(rows, read(columns));
    }

    @Test
    void columns_are_stored_again_as_they_were() throws IOException {
        List<TypedColumn> columns =
                List.of(
                        new TypedColumn("i", Kind.WHOLE, StoredType.NARROW),
                        new TypedColumn("f", Kind.REAL, StoredType.NARROW),
                        new TypedColumn("d", Kind.REAL, StoredType.decimal(10, 2)),
                        new TypedColumn("t", Kind.TIMESTAMP, StoredType.UTC));
        List<List<TableCell>> rows =
                List.of(
                        List.of(
                                new TableCell("-7", false),
                                new TableCell("0.1", false),
                                new TableCell("-19.20", false),
                                new TableCell("2024-05-01T12:00:00", true)));
        write(columns, rows);
        assertEquals(columns, FORMAT.columns(file));
        assertEquals(rows, read(columns));
    }

    @Test
    void reading_ends_when_nobody_wants_more() throws IOException {
        List<TypedColumn> columns = List.of(new TypedColumn("a", Kind.WHOLE));
        write(columns, rows(columns, 100, new SplittableRandom(3)));
        int[] seen = {0};
        FORMAT.scan(file, columns, row -> ++seen[0] < 3);
        assertEquals(3, seen[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"WHOLE 1.5", "WHOLE 99999999999999999999", "TRUTH yes", "DATE 1.2.2020"})
    void what_a_column_cannot_hold_is_refused_by_its_name(String what) throws IOException {
        Kind kind = Kind.valueOf(what.substring(0, what.indexOf(' ')));
        String text = what.substring(what.indexOf(' ') + 1);
        TypedFormat.Sink sink =
                FORMAT.sink(new ByteArrayOutputStream(), List.of(new TypedColumn("size", kind)));
        SluiceException e =
                assertThrows(
                        InvalidArgumentException.class,
                        () -> sink.row(List.of(new TableCell(text, false))));
        assertTrue(String.valueOf(e.getMessage()).contains("'size'"), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(text), e.getMessage());
    }

    @Test
    void data_sets_are_opened_by_their_ending() throws IOException {
        List<TypedColumn> columns =
                List.of(
                        new TypedColumn("born", Kind.DATE),
                        new TypedColumn("size", Kind.TEXT),
                        new TypedColumn("pay", Kind.REAL));
        List<List<TableCell>> rows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            rows.add(
                    List.of(
                            new TableCell(
                                    LocalDate.of(2020, 1, 1).plusDays(i * 7 % 50).toString(), true),
                            i % 5 == 0 ? MISSING : new TableCell(i % 2 == 0 ? "S" : "L", true),
                            new TableCell(i + ".5", false)));
        }
        write(columns, rows);
        DataOptions options = DataOptions.defaults().withCoding(new ScaledCoding());
        Dataset data = Datasets.open(file.toString(), options).train();
        assertEquals(60, data.rows());
        assertEquals("2020-01-08", data.schema().column(0).text(data.value(1, 0)));
        assertEquals(List.of("L", "S"), data.schema().column(1).labels());
        assertTrue(data.isMissing(5, 1));
        assertEquals("7.5", data.schema().column(2).text(data.value(7, 2)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void damaged_files_are_refused_or_read(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<TypedColumn> columns = columns(random);
        byte[] whole = write(columns, rows(columns, 30, random));
        for (int i = 0; i < 100; i++) {
            byte[] damaged = whole.clone();
            if (i % 4 == 0) {
                damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            } else {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                List<TypedColumn> found = FORMAT.columns(file);
                ParquetReader.scan(file, found, row -> true, 300);
            } catch (FileFormatException e) {
                assertTrue(
                        String.valueOf(e.getMessage()).contains("table.parquet"), e.getMessage());
            }
        }
    }
}
