package io.sluice.data.format;

import io.sluice.data.GrowingMemory;
import io.sluice.data.SourceRows;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The rows of a text table as they stood, and which of them held unseen values. */
final class KeptRows implements SourceRows {

    private final @Nullable Texts texts;
    private final BitSet unseen;
    private final long first;
    private final int @Nullable [] chosen;

    private KeptRows(@Nullable Texts texts, BitSet unseen, long first, int @Nullable [] chosen) {
        this.texts = texts;
        this.unseen = unseen;
        this.first = first;
        this.chosen = chosen;
    }

    /** Rows without texts, some of which held unseen values. */
    static SourceRows ofUnseen(BitSet unseen) {
        return new KeptRows(null, unseen, 0, null);
    }

    /** The texts of the file; null when they are not kept. */
    @Nullable Texts texts() {
        return texts;
    }

    /** The cells of a row of the file, also those of columns that are no variables. */
    List<TableCell> cells(long row) {
        return texts == null ? List.of() : texts.cells(inFile(row));
    }

    @Override
    public @Nullable String text(long row, int variable) {
        if (texts == null) {
            return null;
        }
        List<TableCell> cells = texts.cells(inFile(row));
        int column = texts.columnOf[variable];
        return column >= 0 && column < cells.size() ? cells.get(column).text() : "";
    }

    @Override
    public boolean hasUnseen(long row) {
        return unseen.get((int) inFile(row));
    }

    @Override
    public SourceRows slice(long from, long to) {
        if (chosen == null) {
            return new KeptRows(texts, unseen, first + from, null);
        }
        int[] part = java.util.Arrays.copyOfRange(chosen, (int) from, (int) to);
        return new KeptRows(texts, unseen, 0, part);
    }

    @Override
    public SourceRows rows(int[] picked) {
        int[] inFile = new int[picked.length];
        for (int i = 0; i < picked.length; i++) {
            inFile[i] = (int) inFile(picked[i]);
        }
        return new KeptRows(texts, unseen, 0, inFile);
    }

    private long inFile(long row) {
        return chosen == null ? first + row : chosen[(int) row];
    }

    /**
     * The texts of all rows, off the heap: for each cell twice its length in UTF-8, plus 1 when it
     * is quoted, as a variable-length integer, then the bytes.
     *
     * @param columnOf the column of the file that holds each variable; -1 for none
     * @param header the header as it stood; empty when there is none
     * @param starts where each row starts, and the end of the last
     */
    record Texts(
            TextTable table,
            int[] columnOf,
            List<TableCell> header,
            MemorySegment bytes,
            MemorySegment starts) {

        List<TableCell> cells(long row) {
            long from = starts.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, row);
            long to = starts.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, row + 1);
            return decode(bytes.asSlice(from, to - from).toArray(ValueLayout.JAVA_BYTE));
        }

        static List<TableCell> decode(byte[] row) {
            List<TableCell> cells = new ArrayList<>();
            int at = 0;
            while (at < row.length) {
                int header = 0;
                int shift = 0;
                while (row[at] < 0) {
                    header |= (row[at++] & 0x7F) << shift;
                    shift += 7;
                }
                header |= row[at++] << shift;
                int length = header >>> 1;
                String raw = new String(row, at, length, StandardCharsets.UTF_8);
                cells.add(new TableCell(raw, (header & 1) != 0));
                at += length;
            }
            return cells;
        }
    }

    /** Collects rows while a table is read. */
    static final class Collector {
        private final TextTable table;
        private final int[] columnOf;
        private final boolean keepText;
        private final BitSet unseen = new BitSet();
        private final GrowingMemory bytes = new GrowingMemory();
        private final GrowingMemory starts = new GrowingMemory();
        private final long[] start = new long[1];
        private final ByteArrayOutputStream row = new ByteArrayOutputStream();
        private List<TableCell> header = List.of();

        Collector(TextTable table, int[] columnOf, boolean keepText) {
            this.table = table;
            this.columnOf = columnOf;
            this.keepText = keepText;
        }

        void cell(char[] text, int offset, int length, boolean quoted) {
            if (!keepText) {
                return;
            }
            byte[] encoded = new String(text, offset, length).getBytes(StandardCharsets.UTF_8);
            int rest = encoded.length << 1 | (quoted ? 1 : 0);
            while (rest >>> 7 != 0) {
                row.write(rest | 0x80);
                rest >>>= 7;
            }
            row.write(rest);
            row.writeBytes(encoded);
        }

        void endHeader() {
            header = Texts.decode(row.toByteArray());
            row.reset();
        }

        /** Ends a row. */
        void endRow() {
            if (keepText) {
                start[0] = bytes.size();
                starts.append(MemorySegment.ofArray(start), 0, Long.BYTES);
                bytes.append(MemorySegment.ofArray(row.toByteArray()), 0, row.size());
                row.reset();
            }
        }

        void markUnseen(long number) {
            unseen.set((int) number);
        }

        KeptRows build() {
            start[0] = bytes.size();
            starts.append(MemorySegment.ofArray(start), 0, Long.BYTES);
            Texts texts =
                    keepText
                            ? new Texts(
                                    table, columnOf, header, bytes.toSegment(), starts.toSegment())
                            : null;
            return new KeptRows(texts, unseen, 0, null);
        }
    }
}
