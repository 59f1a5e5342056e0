package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The schema and metadata sections of a model file, whose bytes {@link ModelFile} documents. */
final class TextSections {
    private static final int CATEGORICAL = 0;
    private static final int CONTINUOUS = 1;
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
        for (Column column : schema.columns()) {
            out.writeInt(column.isCategorical() ? CATEGORICAL : CONTINUOUS);
            out.writeInt(column.categories());
            out.writeText(column.name());
            out.writeInt(column.labels().size());
            column.labels().forEach(out::writeText);
        }
        return out.bytes();
    }

    static Schema decodeSchema(MemorySegment section) {
        SectionReader in = new SectionReader("schema", section);
        int height = in.readInt("an image height");
        int width = in.readInt("an image width");
        int channels = in.readInt("image channels");
        int count = in.readCount("columns", SMALLEST_COLUMN_BYTES);
        try {
            List<Column> columns = new ArrayList<>();
            for (int v = 0; v < count; v++) {
                columns.add(readColumn(in));
            }
            in.checkEnd();
            boolean none = height == 0 && width == 0 && channels == 0;
            @Nullable ImageShape image = none ? null : new ImageShape(height, width, channels);
            return new Schema(columns, image);
        } catch (InvalidArgumentException e) {
            throw new FileFormatException("the schema section is damaged: " + e.getMessage(), e);
        }
    }

    private static Column readColumn(SectionReader in) {
        int kind = in.readInt("a kind of column");
        int categories = in.readInt("a number of categories");
        String name = in.readText("a column name");
        int labelCount = in.readCount("labels of column '" + name + "'", SMALLEST_TEXT_BYTES);
        List<String> labels = new ArrayList<>();
        for (int k = 0; k < labelCount; k++) {
            labels.add(in.readText("a label of column '" + name + "'"));
        }
        return switch (kind) {
            case CATEGORICAL -> new Column(name, Column.Kind.CATEGORICAL, categories, labels);
            case CONTINUOUS -> new Column(name, Column.Kind.CONTINUOUS, categories, labels);
            default -> throw in.damaged("column '" + name + "' of kind " + kind);
        };
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
