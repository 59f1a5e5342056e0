package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plain text: every row holds the next {@code length} tokens, without overlap; an incomplete row at
 * the end is left out. The vocabulary is kept as the labels of the columns, which they share.
 *
 * <p>Without a schema the vocabulary is that of the first file, the most frequent token first.
 * Under a schema, rows are as long as the schema has columns. A token that the vocabulary lacks
 * becomes {@code <unk>} where the vocabulary has that.
 *
 * <p>The first file is read twice, to count its tokens and to encode them, so that memory holds the
 * vocabulary and the encoded rows only.
 */
final class TextFormat implements FileFormat {
    private static final String UNKNOWN = "<unk>";

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options, Notes notes) {
        TokenUnit unit = options.tokens() == null ? TokenUnit.WORD : options.tokens();
        @Nullable Schema schema = options.schema();
        List<Dataset> parts = new ArrayList<>();
        for (SourceFile file : files) {
            TextEncoding encoding = TextEncoding.of(file, notes);
            if (schema == null) {
                Vocabulary vocabulary = new Vocabulary(file);
                Tokens.visit(file, encoding, unit, vocabulary::count);
                requireRow(file, vocabulary.total(), options.length());
                schema = schema(vocabulary, options.length());
            }
            Encoding rows = new Encoding(file, schema, options.unseen());
            Tokens.visit(file, encoding, unit, rows);
            requireRow(file, rows.tokens, schema.variables());
            rows.tell(notes);
            parts.add(rows.builder.build(KeptRows.ofUnseen(rows.unseenRows)));
        }
        return parts;
    }

    private static Schema schema(Vocabulary vocabulary, int length) {
        Column column = Column.categorical("t", vocabulary.byFrequency());
        List<Column> columns = new ArrayList<>(Collections.nCopies(length, column));
        for (int v = 0; v < columns.size(); v++) {
            columns.set(v, column.withName("t" + v));
        }
        return Schema.of(columns);
    }

    private static void requireRow(SourceFile file, long tokens, int length) {
        if (tokens < length) {
            throw new FileFormatException(
                    file
                            + " has "
                            + tokens
                            + " tokens, fewer than one row of "
                            + length
                            + ": ask for shorter rows");
        }
    }

    /** Encodes the tokens of one file. */
    private static final class Encoding implements Consumer<String> {
        private final SourceFile file;
        private final Schema schema;
        private final UnseenRule unseen;
        private final CellCodec codec;
        private final DatasetBuilder builder;
        private final double[] row;
        private long tokens;
        private int filled;
        private final BitSet unseenRows = new BitSet();
        private long unseenTokens;

        Encoding(SourceFile file, Schema schema, UnseenRule unseen) {
            this.file = file;
            this.schema = schema;
            this.unseen = unseen;
            this.codec = CellCodec.of(schema).get(0);
            this.builder = Dataset.builder(schema);
            this.row = new double[schema.variables()];
        }

        @Override
        public void accept(String token) {
            tokens++;
            double code = codec.encode(token, '.');
            if (Double.isNaN(code)) {
                code = codec.encode(UNKNOWN, '.');
            }
            if (Double.isNaN(code) && unseen == UnseenRule.REFUSE) {
                throw UnrepresentableValue.inCell(
                        file.toString(),
                        builder.rows(),
                        schema.column(filled),
                        filled,
                        Shown.text(token));
            }
            if (Double.isNaN(code)) {
                unseenTokens++;
                unseenRows.set((int) builder.rows());
            }
            row[filled++] = code;
            if (filled == row.length) {
                builder.add(row);
                filled = 0;
            }
        }

        void tell(Notes notes) {
            if (unseenTokens > 0) {
                notes.add(
                        file
                                + " has "
                                + unseenTokens
                                + " tokens that the vocabulary lacks: they count as missing"
                                + " (--unseen)");
            }
        }
    }
}
