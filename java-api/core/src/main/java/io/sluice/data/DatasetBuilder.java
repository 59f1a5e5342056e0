package io.sluice.data;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Collects the rows of a {@link Dataset} that arrive one after the other. Checks every cell against
 * the schema. For one thread, and for one data set.
 */
public final class DatasetBuilder {
    private final Schema schema;
    private final Dataset.ElementType type;
    private final int variables;
    private final int[] categories; // 0: continuous
    private final GrowingMemory values = new GrowingMemory();
    private final byte[] bytes;
    private final int[] ints;
    private final float[] floats;
    private final MemorySegment row;
    private final byte[] absent;
    private final boolean allBytesAreCodes;
    private @Nullable GrowingMemory missing;
    private long rows;
    private boolean built;

    DatasetBuilder(Schema schema) {
        this.schema = schema;
        this.type = schema.elementType();
        this.variables = schema.variables();
        this.categories = schema.columns().stream().mapToInt(Column::categories).toArray();
        this.bytes = new byte[type == Dataset.ElementType.U8 ? variables : 0];
        this.ints = new int[type == Dataset.ElementType.I32 ? variables : 0];
        this.floats = new float[type == Dataset.ElementType.F32 ? variables : 0];
        this.row =
                switch (type) {
                    case U8 -> MemorySegment.ofArray(bytes);
                    case I32 -> MemorySegment.ofArray(ints);
                    case F32 -> MemorySegment.ofArray(floats);
                };
        this.absent = new byte[variables];
        this.allBytesAreCodes = Arrays.stream(categories).allMatch(k -> k == 256);
    }

    /** Rows added so far. */
    public long rows() {
        return rows;
    }

    /**
     * Adds one row.
     *
     * @param cells one for each variable: a category's code or a number; NaN is a missing cell
     * @return this
     * @throws InvalidArgumentException naming row, column and value when a cell is infinite, or no
     *     code of its categorical column; the row is then not added
     */
    public DatasetBuilder add(double[] cells) {
        requireOpen();
        if (cells.length != variables) {
            throw new InvalidArgumentException(
                    "row "
                            + rows
                            + " has "
                            + cells.length
                            + " cells, expected "
                            + variables
                            + ": one for each column of the schema");
        }
        boolean anyMissing = false;
        for (int v = 0; v < variables; v++) {
            double cell = cells[v];
            boolean none = Double.isNaN(cell);
            absent[v] = none ? (byte) 1 : 0;
            anyMissing |= none;
            double stored = none ? 0 : cell;
            if (categories[v] == 0) {
                if (Math.abs(stored) > Float.MAX_VALUE) {
                    throw refused(rows, v, cell);
                }
            } else if (stored != (int) stored || stored < 0 || stored >= categories[v]) {
                throw refused(rows, v, cell);
            }
            switch (type) {
                case U8 -> bytes[v] = (byte) (int) stored;
                case I32 -> ints[v] = (int) stored;
                case F32 -> floats[v] = (float) stored;
            }
        }
        values.append(row, 0, row.byteSize());
        markMissing(anyMissing);
        rows++;
        return this;
    }

    /**
     * Adds whole rows of category codes, nothing missing.
     *
     * @param codes unsigned bytes
     * @param offset index of the first
     * @param count how many rows
     * @return this
     * @throws InvalidArgumentException when the array does not hold so many rows, and naming row,
     *     column and value when a code is out of range; no row is then added
     */
    public DatasetBuilder addBytes(byte[] codes, int offset, int count) {
        requireOpen();
        if (offset < 0 || count < 0 || (long) count * variables > codes.length - offset) {
            throw new InvalidArgumentException(
                    count
                            + " rows of "
                            + variables
                            + " bytes from index "
                            + offset
                            + " on do not lie inside an array of "
                            + codes.length
                            + " bytes: give an offset and a count of at least 0 that fit it");
        }
        if (!allBytesAreCodes) {
            checkBytes(codes, offset, count);
        }
        long cells = (long) count * variables;
        if (type == Dataset.ElementType.U8) {
            values.append(MemorySegment.ofArray(codes), offset, cells);
        } else {
            appendWidened(codes, offset, count);
        }
        if (missing != null) {
            missing.appendZeros(cells);
        }
        rows += count;
        return this;
    }

    /** The data set. This builder cannot be used afterwards. */
    public Dataset build() {
        return build(null);
    }

    /**
     * The data set. This builder cannot be used afterwards.
     *
     * @param source what a reader remembers of the rows; null for nothing
     */
    public Dataset build(@Nullable SourceRows source) {
        requireOpen();
        built = true;
        return new Dataset(
                schema,
                rows,
                values.toSegment(),
                missing == null ? null : missing.toSegment(),
                source);
    }

    private void checkBytes(byte[] codes, int offset, int count) {
        for (int r = 0; r < count; r++) {
            int at = offset + r * variables;
            for (int v = 0; v < variables; v++) {
                int code = codes[at + v] & 0xFF;
                if (code >= categories[v] && categories[v] != 0) {
                    throw refused(rows + r, v, code);
                }
            }
        }
    }

    private void appendWidened(byte[] codes, int offset, int count) {
        for (int r = 0; r < count; r++) {
            for (int v = 0; v < variables; v++) {
                int code = codes[offset + r * variables + v] & 0xFF;
                if (type == Dataset.ElementType.I32) {
                    ints[v] = code;
                } else {
                    floats[v] = code;
                }
            }
            values.append(row, 0, row.byteSize());
        }
    }

    private void markMissing(boolean anyMissing) {
        if (anyMissing && missing == null) {
            missing = new GrowingMemory();
            missing.appendZeros(rows * variables);
        }
        if (missing != null) {
            missing.append(MemorySegment.ofArray(absent), 0, variables);
        }
    }

    private void requireOpen() {
        if (built) {
            throw new IllegalStateException(
                    "this builder has built its data set: make another builder");
        }
    }

    private static String text(double value) {
        return value == (int) value ? Integer.toString((int) value) : Double.toString(value);
    }

    private InvalidArgumentException refused(long atRow, int variable, double value) {
        return UnrepresentableValue.inCell(
                "data", atRow, schema.column(variable), variable, text(value));
    }
}
