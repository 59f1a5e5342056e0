package io.sluice.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * A table of values {@code [rows][variables]}, row major and off the heap. A categorical cell holds
 * its category's code, a continuous cell a finite number; any cell may be missing.
 *
 * <p>Immutable, and safe to share between threads. The garbage collector frees the memory when
 * neither the data set nor a slice of it is reachable.
 */
public final class Dataset {

    /** How cells are stored. {@link Schema#elementType} decides. */
    public enum ElementType {
        /** Unsigned bytes: category codes 0 to 255. */
        U8(1),
        /** 32-bit integers: category codes. */
        I32(4),
        /** 32-bit floats: numbers, and category codes beside them. */
        F32(4);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        /** Size of a cell in bytes. */
        public int bytes() {
            return bytes;
        }
    }

    private final Schema schema;
    private final ElementType type;
    private final long rows;
    private final int variables;
    private final MemorySegment values;
    private final @Nullable MemorySegment missing;
    private final @Nullable SourceRows source;
    private volatile @Nullable Extremes extremes;

    /**
     * Takes over checked memory.
     *
     * @param values of the schema's element type, zero where a cell is missing
     * @param source what a reader remembers of these rows; null for nothing
     */
    Dataset(
            Schema schema,
            long rows,
            MemorySegment values,
            @Nullable MemorySegment missing,
            @Nullable SourceRows source) {
        this.schema = schema;
        this.type = schema.elementType();
        this.rows = rows;
        this.variables = schema.variables();
        this.values = values.asReadOnly();
        this.missing = missing == null ? null : missing.asReadOnly();
        this.source = source;
    }

    /**
     * Copies category codes.
     *
     * @param values {@code [rows][variables]}, each byte an unsigned code
     * @param variables how many values make a row
     * @param schema of exactly that many columns, all categorical
     * @throws InvalidArgumentException naming row, column and value when a code is out of range
     */
    public static Dataset ofBytes(byte[] values, int variables, Schema schema) {
        DatasetBuilder builder = builder(schema, variables, values.length);
        builder.addBytes(values, 0, values.length / variables);
        return builder.build();
    }

    /**
     * Copies category codes.
     *
     * @param values {@code [rows][variables]}
     * @param variables how many values make a row
     * @param schema of exactly that many columns, all categorical
     * @throws InvalidArgumentException naming row, column and value when a code is out of range
     */
    public static Dataset ofInts(int[] values, int variables, Schema schema) {
        DatasetBuilder builder = builder(schema, variables, values.length);
        double[] row = new double[variables];
        for (int from = 0; from < values.length; from += variables) {
            for (int v = 0; v < variables; v++) {
                row[v] = values[from + v];
            }
            builder.add(row);
        }
        return builder.build();
    }

    /**
     * Copies numbers and category codes.
     *
     * @param values {@code [rows][variables]}; NaN is a missing cell
     * @param variables how many values make a row
     * @param schema of exactly that many columns
     * @throws InvalidArgumentException naming row, column and value when a value is infinite, or no
     *     code of a categorical column
     */
    public static Dataset ofFloats(float[] values, int variables, Schema schema) {
        DatasetBuilder builder = builder(schema, variables, values.length);
        double[] row = new double[variables];
        for (int from = 0; from < values.length; from += variables) {
            for (int v = 0; v < variables; v++) {
                row[v] = values[from + v];
            }
            builder.add(row);
        }
        return builder.build();
    }

    /** Collects rows that arrive one after the other. */
    public static DatasetBuilder builder(Schema schema) {
        return new DatasetBuilder(schema);
    }

    private static DatasetBuilder builder(Schema schema, int variables, int length) {
        if (variables != schema.variables()) {
            throw new InvalidArgumentException(
                    "rows of "
                            + variables
                            + " values do not fit a schema of "
                            + schema.variables()
                            + " columns: these numbers must be equal");
        }
        if (length % variables != 0) {
            throw new InvalidArgumentException(
                    length
                            + " values do not make whole rows of "
                            + variables
                            + ": give a multiple of the number of variables");
        }
        return new DatasetBuilder(schema);
    }

    /** Number of rows. */
    public long rows() {
        return rows;
    }

    /** Number of variables. */
    public int variables() {
        return variables;
    }

    /** How cells are stored. */
    public ElementType type() {
        return type;
    }

    /**
     * The logarithm of how many of the user's units the observed cells of a row cover: {@code
     * logLikelihood - logUnits} is the log-density of the row in those units. It is 0 where every
     * column holds its values as they are.
     *
     * @see Numbers#logWidth
     */
    public double logUnits(long row) {
        double sum = 0;
        for (int v = 0; v < variables; v++) {
            Numbers numbers = schema.column(v).numbers();
            if (numbers != null && !isMissing(row, v)) {
                sum += numbers.logWidth(value(row, v));
            }
        }
        return sum;
    }

    /** What the columns mean. */
    public Schema schema() {
        return schema;
    }

    /**
     * The cells {@code [rows][variables]}, row major, of {@link #type}; 0 where a cell is missing.
     * Read-only.
     */
    public MemorySegment values() {
        return values;
    }

    /**
     * One byte for each cell, {@code [rows][variables]}: 1 where it is missing, otherwise 0; null
     * when this data set was made without missing cells. Read-only.
     */
    public @Nullable MemorySegment missing() {
        return missing;
    }

    /**
     * A cell: its category's code or its number; NaN when it is missing.
     *
     * @throws InvalidArgumentException when there is no such cell
     */
    public double value(long row, int variable) {
        if (isMissing(row, variable)) {
            return Double.NaN;
        }
        long cell = row * variables + variable;
        return switch (type) {
            case U8 -> values.get(JAVA_BYTE, cell) & 0xFF;
            case I32 -> values.getAtIndex(JAVA_INT, cell);
            case F32 -> values.getAtIndex(JAVA_FLOAT, cell);
        };
    }

    /**
     * A cell as its file has it, to the digit and the leading zero, when it was read with its text;
     * otherwise its label, its code or the shortest text that reads back as the same float32
     * number, and the empty text when it is missing.
     *
     * @throws InvalidArgumentException when there is no such cell
     */
    public String text(long row, int variable) {
        double value = value(row, variable);
        String kept = source == null ? null : source.text(row, variable);
        return kept == null ? schema.column(variable).text(value) : kept;
    }

    /**
     * Whether a row held a value that the schema lacks and that counts as missing here.
     *
     * @throws InvalidArgumentException when there is no such row
     */
    public boolean hasUnseen(long row) {
        requireCell(row, 0);
        return source != null && source.hasUnseen(row);
    }

    /** What the reader remembers of the rows; null for nothing. */
    public @Nullable SourceRows source() {
        return source;
    }

    /**
     * Whether a cell is missing.
     *
     * @throws InvalidArgumentException when there is no such cell
     */
    public boolean isMissing(long row, int variable) {
        requireCell(row, variable);
        return missing != null && missing.get(JAVA_BYTE, row * variables + variable) != 0;
    }

    private void requireCell(long row, int variable) {
        if (row < 0 || row >= rows || variable < 0 || variable >= variables) {
            throw new InvalidArgumentException(
                    "there is no cell in row "
                            + row
                            + ", variable "
                            + variable
                            + ": this data set has "
                            + rows
                            + " rows and "
                            + variables
                            + " variables, both counted from 0");
        }
    }

    /**
     * Smallest observed value of a variable; NaN when it is never observed.
     *
     * @throws InvalidArgumentException when there is no such variable
     */
    public double minimum(int variable) {
        schema.column(variable);
        return extremes().minimum()[variable];
    }

    /**
     * Largest observed value of a variable; NaN when it is never observed.
     *
     * @throws InvalidArgumentException when there is no such variable
     */
    public double maximum(int variable) {
        schema.column(variable);
        return extremes().maximum()[variable];
    }

    /**
     * Consecutive rows, sharing this data set's memory.
     *
     * @param from first row
     * @param to the row after the last
     * @throws InvalidArgumentException when the range does not lie inside this data set
     */
    public Dataset slice(long from, long to) {
        if (from < 0 || to < from || to > rows) {
            throw new InvalidArgumentException(
                    "rows "
                            + from
                            + " to "
                            + to
                            + " are no range inside "
                            + rows
                            + " rows: give 0 <= from <= to <= rows");
        }
        long cell = from * variables;
        long cells = (to - from) * variables;
        return new Dataset(
                schema,
                to - from,
                values.asSlice(cell * type.bytes(), cells * type.bytes()),
                missing == null ? null : missing.asSlice(cell, cells),
                source == null ? null : source.slice(from, to));
    }

    /**
     * Copies chosen rows.
     *
     * @param chosen numbers of the rows; a row may be chosen more than once
     * @throws InvalidArgumentException when there is no such row
     */
    public Dataset rows(int[] chosen) {
        int[] picked = chosen.clone(); // the caller may change its array meanwhile
        long rowBytes = (long) variables * type.bytes();
        MemorySegment copy = OffHeap.allocate(picked.length * rowBytes);
        MemorySegment copyMissing =
                missing == null ? null : OffHeap.allocate((long) picked.length * variables);
        for (int i = 0; i < picked.length; i++) {
            int row = picked[i];
            if (row < 0 || row >= rows) {
                throw new InvalidArgumentException(
                        "there is no row "
                                + row
                                + ": this data set has "
                                + rows
                                + " rows, counted from 0");
            }
            MemorySegment.copy(values, row * rowBytes, copy, i * rowBytes, rowBytes);
            if (missing != null && copyMissing != null) {
                MemorySegment.copy(
                        missing,
                        (long) row * variables,
                        copyMissing,
                        (long) i * variables,
                        variables);
            }
        }
        return new Dataset(
                schema,
                picked.length,
                copy,
                copyMissing,
                source == null ? null : source.rows(picked));
    }

    /**
     * The same cells under other column names or labels, sharing this data set's memory.
     *
     * @param changed as many columns of the same kinds, with a place for every code that occurs
     * @throws InvalidArgumentException when the columns do not fit the cells
     */
    public Dataset withSchema(Schema changed) {
        requireFits(changed);
        return new Dataset(changed, rows, values, missing, source);
    }

    private void requireFits(Schema changed) {
        if (changed.variables() != variables || changed.elementType() != type) {
            throw new InvalidArgumentException(
                    "a schema of "
                            + changed.variables()
                            + " columns, stored as "
                            + changed.elementType()
                            + ", does not fit "
                            + variables
                            + " columns, stored as "
                            + type
                            + ": only names and labels can change");
        }
        for (int v = 0; v < variables; v++) {
            Column column = changed.column(v);
            boolean sameKind = column.kind() == schema.column(v).kind();
            boolean enough =
                    column.categories() >= schema.column(v).categories()
                            || !(maximum(v) >= column.categories());
            if (!sameKind || !enough) {
                throw new InvalidArgumentException(
                        "column "
                                + v
                                + " ('"
                                + column.name()
                                + "') does not fit the cells of column '"
                                + schema.column(v).name()
                                + "': only names and labels can change");
            }
        }
    }

    private Extremes extremes() {
        Extremes known = extremes;
        if (known == null) {
            known = Extremes.of(this);
            extremes = known; // a race computes the same numbers twice
        }
        return known;
    }
}
