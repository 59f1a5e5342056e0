package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.BinnedNumbers;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The schema and metadata sections of a model file, whose bytes {@code FORMAT.md} documents. */
final class TextSections {
    private static final int CATEGORICAL = 0;
    private static final int CONTINUOUS = 1;
    private static final int SCALED = 2;
    private static final int BINNED = 3;
    private static final int LABELS_OF_COLUMN_BEFORE = -1;
    private static final int SMALLEST_COLUMN_BYTES = 16;
    private static final int SMALLEST_TEXT_BYTES = 4;

    private TextSections() {}

    static MemorySegment encode(Schema schema) {
        SectionWriter out = new SectionWriter();
        ImageShape image = schema.image();
        out.writeInt(image == null ? 0 : image.height());
        out.writeInt(image == null ? 0 : image.width());
        out.writeInt(image == null ? 0 : image.channels());
        out.writeInt(schema.variables());
        List<String> before = List.of();
        for (Column column : schema.columns()) {
            List<String> labels = column.labels();
            out.writeInt(kind(column));
            out.writeInt(column.categories());
            out.writeText(column.name());
            if (!labels.isEmpty() && labels.equals(before)) {
                out.writeInt(LABELS_OF_COLUMN_BEFORE); // columns of text share a vocabulary
            } else {
                out.writeInt(labels.size());
                labels.forEach(out::writeText);
            }
            before = labels;
            NumberSections.write(out, column.numbers());
        }
        return out.bytes();
    }

    private static int kind(Column column) {
        return switch (column.numbers()) {
            case null -> column.isCategorical() ? CATEGORICAL : CONTINUOUS;
            case ScaledNumbers scaled -> SCALED;
            case BinnedNumbers binned -> BINNED;
        };
    }

    static Schema decodeSchema(MemorySegment section) {
        SectionReader in = new SectionReader("schema", section);
        int height = in.readInt("an image height");
        int width = in.readInt("an image width");
        int channels = in.readInt("image channels");
        int count = in.readCount("columns", SMALLEST_COLUMN_BYTES);
        try {
            List<Column> columns = new ArrayList<>();
            List<String> before = List.of();
            for (int v = 0; v < count; v++) {
                Column column = readColumn(in, before);
                columns.add(column);
                before = column.labels();
            }
            in.checkEnd();
            boolean none = height == 0 && width == 0 && channels == 0;
            @Nullable ImageShape image = none ? null : new ImageShape(height, width, channels);
            return new Schema(columns, image);
        } catch (InvalidArgumentException e) {
            throw new FileFormatException("the schema section is damaged: " + e.getMessage(), e);
        }
    }

    private static Column readColumn(SectionReader in, List<String> before) {
        int kind = in.readInt("a kind of column");
        int categories = in.readInt("a number of categories");
        String name = in.readText("a column name");
        List<String> labels = readLabels(in, name, before);
        return switch (kind) {
            case CATEGORICAL -> new Column(name, Column.Kind.CATEGORICAL, categories, labels);
            case CONTINUOUS -> new Column(name, Column.Kind.CONTINUOUS, categories, labels);
            case SCALED ->
                    new Column(
                            name,
                            Column.Kind.CONTINUOUS,
                            categories,
                            labels,
                            NumberSections.readScaled(in));
            case BINNED ->
                    new Column(
                            name,
                            Column.Kind.CATEGORICAL,
                            categories,
                            labels,
                            NumberSections.readBinned(in));
            default -> throw in.damaged("column '" + name + "' of kind " + kind);
        };
    }

    private static List<String> readLabels(SectionReader in, String name, List<String> before) {
        String what = "labels of column '" + name + "'";
        int count = in.readInt("the number of " + what);
        if (count == LABELS_OF_COLUMN_BEFORE) {
            return before;
        }
        in.checkCount(count, what, SMALLEST_TEXT_BYTES);
        List<String> labels = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            labels.add(in.readText(what));
        }
        return labels;
    }

    static MemorySegment encode(Map<String, String> metadata) {
        SectionWriter out = new SectionWriter();
        out.writeInt(metadata.size());
        metadata.forEach(
                (name, value) -> {
                    out.writeText(name);
                    out.writeText(value);
                });
        return out.bytes();
    }

    static Map<String, String> decodeMetadata(MemorySegment section) {
        SectionReader in = new SectionReader("metadata", section);
        int count = in.readCount("entries", 2 * SMALLEST_TEXT_BYTES);
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.readText("a name");
            if (metadata.put(name, in.readText("the value of '" + name + "'")) != null) {
                throw in.damaged("two entries named '" + name + "'");
            }
        }
        in.checkEnd();
        return metadata;
    }
}
