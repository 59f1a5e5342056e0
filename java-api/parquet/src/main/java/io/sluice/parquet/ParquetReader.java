package io.sluice.parquet;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.schema.ColumnSchema;

import io.sluice.FileFormatException;
import io.sluice.SluiceException;
import io.sluice.data.format.TableCell;
import io.sluice.data.format.TypedColumn;
import io.sluice.data.format.TypedColumn.Kind;
import io.sluice.data.format.TypedFormat;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** Reads the rows of a Parquet file as cells of text. */
final class ParquetReader {
    private static final TableCell MISSING = new TableCell("", false);

    /** A page takes milliseconds; slow disks take seconds. */
    private static final long PATIENCE = 60_000;

    private ParquetReader() {}

    /** Work on an open file. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(ParquetFileReader reader, Stall stall) throws IOException;
    }

    /** Runs work whose exceptions are about the file, whatever the library throws. */
    private static <T> T open(Path file, long patience, Reading<T> reading) {
        Stall stall = new Stall(patience);
        try (stall;
                ParquetFileReader reader =
                        stall.during(() -> ParquetFileReader.open(InputFile.of(file)))) {
            return reading.read(reader, stall);
        } catch (SluiceException e) {
            throw e;
        } catch (IOException | RuntimeException | NoClassDefFoundError | StackOverflowError e) {
            throw new FileFormatException(
                    "'"
                            + file
                            + "' cannot be read as Parquet ("
                            + (stall.happened() ? "a damaged page" : reason(e))
                            + "): write it again, or convert it to CSV",
                    e);
        }
    }

    /** What the first cause says, such as that a codec is missing. */
    private static String reason(Throwable e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        @Nullable String message = first.getMessage();
        return message == null
                ? first.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }

    static List<TypedColumn> columns(Path file) {
        return open(
                file,
                PATIENCE,
                (reader, stall) -> {
                    List<TypedColumn> columns = new ArrayList<>();
                    for (ColumnSchema column : reader.getFileSchema().getColumns()) {
                        columns.add(column(file, column));
                    }
                    return columns;
                });
    }

    private static TypedColumn column(Path file, ColumnSchema column) {
        if (column.maxRepetitionLevel() > 0 || column.fieldPath().elements().size() > 1) {
            throw refused(file, column, "is nested", "give columns of single values");
        }
        LogicalType logical = column.logicalType();
        Kind kind =
                switch (logical) {
                    case null -> physical(file, column);
                    case LogicalType.StringType text -> Kind.TEXT;
                    case LogicalType.EnumType text -> Kind.TEXT;
                    case LogicalType.JsonType text -> Kind.TEXT;
                    case LogicalType.UuidType text -> Kind.TEXT;
                    case LogicalType.IntType number -> Kind.WHOLE;
                    case LogicalType.DecimalType number -> Kind.REAL;
                    case LogicalType.DateType date -> Kind.DATE;
                    case LogicalType.TimeType time -> Kind.TIME;
                    case LogicalType.TimestampType timestamp -> Kind.TIMESTAMP;
                    case LogicalType.NullType nothing -> Kind.TEXT;
                    default ->
                            throw refused(
                                    file,
                                    column,
                                    "holds " + logical,
                                    "give texts, truth values, numbers, dates and times");
                };
        return new TypedColumn(column.name(), kind, detail(column));
    }

    private static Kind physical(Path file, ColumnSchema column) {
        return switch (column.type()) {
            case BOOLEAN -> Kind.TRUTH;
            case INT32, INT64 -> Kind.WHOLE;
            case FLOAT, DOUBLE -> Kind.REAL;
            case BYTE_ARRAY -> Kind.TEXT; // as programs of old write texts
            case INT96, FIXED_LEN_BYTE_ARRAY ->
                    throw refused(
                            file,
                            column,
                            "holds " + column.type() + " values",
                            "write timestamps as INT64, and texts as strings");
        };
    }

    /** How a written file stores the column again. */
    private static String detail(ColumnSchema column) {
        boolean narrow = column.type() == PhysicalType.INT32 || column.type() == PhysicalType.FLOAT;
        return switch (column.logicalType()) {
            case null -> narrow ? StoredType.NARROW : "";
            case LogicalType.IntType type -> narrow && type.isSigned() ? StoredType.NARROW : "";
            case LogicalType.DecimalType type -> StoredType.decimal(type.precision(), type.scale());
            case LogicalType.TimestampType type -> type.isAdjustedToUTC() ? StoredType.UTC : "";
            default -> "";
        };
    }

    private static FileFormatException refused(
            Path file, ColumnSchema column, String what, String remedy) {
        return new FileFormatException(
                "'"
                        + file
                        + "': column '"
                        + column.fieldPath().toString().replaceAll("\\p{Cntrl}", "?")
                        + "' "
                        + what
                        + ": "
                        + remedy
                        + ", or leave the column out");
    }

    static void scan(Path file, List<TypedColumn> columns, TypedFormat.Rows rows) {
        scan(file, columns, rows, PATIENCE);
    }

    /**
     * @param patience how long a row may take, in milliseconds, until the file counts as damaged
     */
    static void scan(Path file, List<TypedColumn> columns, TypedFormat.Rows rows, long patience) {
        open(
                file,
                patience,
                (reader, stall) -> {
                    List<ColumnSchema> stored = reader.getFileSchema().getColumns();
                    List<TableCell> cells = new ArrayList<>();
                    try (RowReader row = stall.during(reader::rowReader)) {
                        boolean goOn = true;
                        while (goOn && stall.during(() -> advance(row))) {
                            cells.clear();
                            for (int i = 0; i < columns.size(); i++) {
                                cells.add(
                                        row.isNull(i)
                                                ? MISSING
                                                : cell(
                                                        row,
                                                        i,
                                                        columns.get(i).kind(),
                                                        stored.get(i)));
                            }
                            goOn = rows.row(cells);
                        }
                    }
                    return true;
                });
    }

    private static boolean advance(RowReader row) {
        boolean has = row.hasNext();
        if (has) {
            row.next();
        }
        return has;
    }

    private static TableCell cell(RowReader row, int at, Kind kind, ColumnSchema column) {
        return switch (kind) {
            case TEXT -> new TableCell(text(row, at, column), true);
            case TRUTH -> new TableCell(Boolean.toString(row.getBoolean(at)), false);
            case WHOLE -> new TableCell(whole(row, at, column), false);
            case REAL -> new TableCell(real(row, at, column), false);
            case DATE -> new TableCell(row.getDate(at).toString(), true);
            case TIME -> new TableCell(time(row.getTime(at)), true);
            case TIMESTAMP -> new TableCell(timestamp(row, at, column), true);
        };
    }

    private static String text(RowReader row, int at, ColumnSchema column) {
        return column.logicalType() instanceof LogicalType.UuidType
                ? row.getUuid(at).toString()
                : row.getString(at);
    }

    private static String whole(RowReader row, int at, ColumnSchema column) {
        boolean unsigned =
                column.logicalType() instanceof LogicalType.IntType type && !type.isSigned();
        if (column.type() == PhysicalType.INT32) {
            int number = row.getInt(at);
            return unsigned ? Integer.toUnsignedString(number) : Integer.toString(number);
        }
        long number = row.getLong(at);
        return unsigned ? Long.toUnsignedString(number) : Long.toString(number);
    }

    private static String real(RowReader row, int at, ColumnSchema column) {
        if (column.logicalType() instanceof LogicalType.DecimalType) {
            return row.getDecimal(at).toPlainString();
        }
        return column.type() == PhysicalType.FLOAT
                ? plain(Float.toString(row.getFloat(at)), row.getFloat(at))
                : plain(Double.toString(row.getDouble(at)), row.getDouble(at));
    }

    /** The shortest text of a number; whole ones without a point, as tables write them. */
    private static String plain(String text, double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) < 1e15;
        return whole ? BigDecimal.valueOf(number).setScale(0).toPlainString() : text;
    }

    private static String time(LocalTime time) {
        return DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }

    private static String timestamp(RowReader row, int at, ColumnSchema column) {
        boolean utc =
                column.logicalType() instanceof LogicalType.TimestampType type
                        && type.isAdjustedToUTC();
        LocalDateTime time =
                utc
                        ? LocalDateTime.ofInstant(row.getTimestamp(at), ZoneOffset.UTC)
                        : row.getLocalTimestamp(at);
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(time);
    }
}
