package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.UnrepresentableValue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Plain text (UTF-8): every row holds the next {@code length} tokens, without overlap; an
 * incomplete row at the end is left out. The vocabulary is kept as the labels of the columns, which
 * they share.
 *
 * <p>Without a schema the vocabulary is that of all files together, the most frequent token first.
 * Under a schema, rows are as long as the schema has columns, and a token that it lacks becomes
 * {@code <unk>} where the vocabulary has that.
 */
final class TextFormat implements FileFormat {
    private static final String UNKNOWN = "<unk>";

    @Override
    public List<Dataset> read(List<SourceFile> files, DataOptions options) {
        TokenUnit unit = options.tokens() == null ? TokenUnit.WORD : options.tokens();
        Vocabulary vocabulary = new Vocabulary();
        List<TokenStream> streams = new ArrayList<>();
        @Nullable Schema schema = options.schema();
        int length = schema == null ? options.length() : schema.variables();
        for (SourceFile file : files) {
            TokenStream tokens = file.read(in -> TokenStream.read(in, unit, vocabulary));
            requireRow(file, tokens, length);
            streams.add(tokens);
        }
        int[] codeOf;
        if (schema == null) {
            codeOf = vocabulary.ranks();
            List<String> labels = vocabulary.texts(codeOf);
            Column column = Column.categorical("t", labels);
            List<Column> columns = new ArrayList<>(Collections.nCopies(length, column));
            for (int v = 0; v < columns.size(); v++) {
                columns.set(v, column.withName("t" + v));
            }
            schema = Schema.of(columns);
        } else {
            codeOf = codesUnder(schema, vocabulary);
        }
        List<Dataset> parts = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            parts.add(encode(files.get(i), streams.get(i), codeOf, vocabulary, schema));
        }
        return parts;
    }

    private static void requireRow(SourceFile file, TokenStream tokens, int length) {
        if (tokens.size() < length) {
            throw new FileFormatException(
                    file
                            + " has "
                            + tokens.size()
                            + " tokens, fewer than one row of "
                            + length
                            + ": ask for shorter rows");
        }
    }

    private static int[] codesUnder(Schema schema, Vocabulary vocabulary) {
        CellCodec codec = new CellCodec(schema.column(0));
        int[] codeOf = new int[vocabulary.size()];
        for (int token = 0; token < codeOf.length; token++) {
            double code = codec.encode(vocabulary.text(token));
            if (Double.isNaN(code)) {
                code = codec.encode(UNKNOWN);
            }
            codeOf[token] = Double.isNaN(code) ? -1 : (int) code;
        }
        return codeOf;
    }

    private static Dataset encode(
            SourceFile file,
            TokenStream tokens,
            int[] codeOf,
            Vocabulary vocabulary,
            Schema schema) {
        int length = schema.variables();
        DatasetBuilder builder = Dataset.builder(schema);
        double[] row = new double[length];
        for (int from = 0; from + length <= tokens.size(); from += length) {
            for (int v = 0; v < length; v++) {
                int token = tokens.token(from + v);
                row[v] = codeOf[token];
                if (codeOf[token] < 0) {
                    throw UnrepresentableValue.inCell(
                            file.toString(),
                            builder.rows(),
                            schema.column(v),
                            v,
                            vocabulary.text(token));
                }
            }
            builder.add(row);
        }
        return builder.build();
    }
}
