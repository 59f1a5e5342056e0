package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Schemas as JSON, for files that users write and read:
 *
 * <pre>{@code
 * {"columns": [
 *    {"name": "age", "kind": "continuous"},
 *    {"name": "rooms", "kind": "categorical", "categories": 10},
 *    {"name": "colour", "kind": "categorical", "labels": ["blue", "red"]},
 *    {"name": "trim", "kind": "categorical", "labels_of": 2}],
 *  "image": {"height": 28, "width": 28, "channels": 1}}
 * }</pre>
 *
 * {@code labels_of} names an earlier column, by its number from 0, whose labels are this one's as
 * well. {@code numbers} says how cells stand for numbers, as in {@code {"name": "pay", "kind":
 * "continuous", "numbers": {"type": "real", "resolution": 0.01, "minimum": 0, "maximum": 9000,
 * "offset": 2000, "scale": 512}}}. {@code image} may be left out.
 */
public final class SchemaJson {
    private static final JsonFactory JSON = new JsonFactory();

    private SchemaJson() {}

    /**
     * Reads a file, plain or compressed with gzip.
     *
     * @throws InvalidArgumentException when there is no such file, or the columns are impossible
     * @throws FileFormatException when it is no schema
     */
    public static Schema read(Path file) {
        SourceFile source = new SourceFile(file);
        byte[] text = source.read(in -> in.readNBytes(DataLimits.MAXIMUM_SCHEMA_BYTES + 1));
        if (text.length > DataLimits.MAXIMUM_SCHEMA_BYTES) {
            throw new FileFormatException(
                    source
                            + " is no schema: it is longer than "
                            + DataLimits.MAXIMUM_SCHEMA_BYTES
                            + " bytes; give columns that share their labels 'labels_of'");
        }
        return parse(new String(text, StandardCharsets.UTF_8), source.toString());
    }

    /**
     * Writes a file, all or nothing.
     *
     * @throws IOException when writing fails
     */
    public static void write(Schema schema, Path file) throws IOException {
        AtomicFile.write(file, out -> out.write(format(schema).getBytes(StandardCharsets.UTF_8)));
    }

    /** The text of a schema. */
    public static String format(Schema schema) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("columns");
            for (int v = 0; v < schema.variables(); v++) {
                writeColumn(json, schema, v);
            }
            json.writeEndArray();
            ImageShape image = schema.image();
            if (image != null) {
                json.writeObjectPropertyStart("image");
                json.writeNumberProperty("height", image.height());
                json.writeNumberProperty("width", image.width());
                json.writeNumberProperty("channels", image.channels());
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeColumn(JsonGenerator json, Schema schema, int variable) {
        Column column = schema.column(variable);
        json.writeStartObject();
        json.writeStringProperty("name", column.name());
        json.writeStringProperty("kind", column.isCategorical() ? "categorical" : "continuous");
        List<String> labels = column.labels();
        Numbers numbers = column.numbers();
        if (numbers != null) {
            NumbersJson.write(json, numbers);
        } else if (column.isCategorical() && labels.isEmpty()) {
            json.writeNumberProperty("categories", column.categories());
        } else if (!labels.isEmpty() && sharesLabels(schema, variable)) {
            json.writeNumberProperty("labels_of", variable - 1);
        } else if (!labels.isEmpty()) {
            json.writeArrayPropertyStart("labels");
            labels.forEach(json::writeString);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Columns of text share their vocabulary: it is written once. */
    private static boolean sharesLabels(Schema schema, int variable) {
        return variable > 0
                && schema.column(variable).labels().equals(schema.column(variable - 1).labels());
    }

    /**
     * Reads a text.
     *
     * @throws FileFormatException when it is no schema
     * @throws InvalidArgumentException when the columns are impossible
     */
    public static Schema parse(String text) {
        return parse(text, "the schema");
    }

    private static Schema parse(String text, String source) {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            return new Reader(json, source).schema();
        } catch (JacksonException e) {
            throw new FileFormatException(
                    source + " is no valid JSON: " + e.getOriginalMessage() + "; correct it", e);
        }
    }

    /** One pass over the tokens of a schema. */
    private static final class Reader {
        private final JsonParser json;
        private final String source;
        private final List<Column> columns = new ArrayList<>();
        private @Nullable ImageShape image;

        Reader(JsonParser json, String source) {
            this.json = json;
            this.source = source;
        }

        Schema schema() {
            require(json.nextToken() == JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "columns" -> {
                        requireToken(JsonToken.START_ARRAY, "an array of columns");
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            require(
                                    columns.size() < DataLimits.MAXIMUM_VARIABLES,
                                    "at most " + DataLimits.MAXIMUM_VARIABLES + " columns");
                            columns.add(column());
                        }
                    }
                    case "image" -> {
                        if (json.currentToken() != JsonToken.VALUE_NULL) {
                            image = image();
                        }
                    }
                    default -> throw unknown(key, "'columns' and 'image'");
                }
            }
            require(json.nextToken() == null, "nothing after the schema");
            require(!columns.isEmpty(), "an array 'columns' with at least one column");
            return new Schema(columns, image);
        }

        private Column column() {
            requireToken(JsonToken.START_OBJECT, "a column, {\"name\": ..., \"kind\": ...}");
            String name = "x" + columns.size();
            @Nullable String kind = null;
            @Nullable List<String> labels = null;
            boolean shared = false;
            @Nullable Numbers numbers = null;
            int categories = 0;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "name" -> name = string();
                    case "kind" -> kind = string();
                    case "categories" -> categories = integer();
                    case "labels" -> labels = labels();
                    case "numbers" -> numbers = NumbersJson.read(json, source);
                    case "labels_of" -> {
                        labels = labelsOf(integer());
                        shared = true;
                    }
                    default ->
                            throw unknown(
                                    key,
                                    "'name', 'kind', 'categories', 'labels', 'labels_of' and"
                                            + " 'numbers'");
                }
            }
            if (numbers != null) {
                Column column = Column.of(name, numbers);
                require(
                        labels == null
                                && categories == 0
                                && (column.isCategorical() ? "categorical" : "continuous")
                                        .equals(kind),
                        "in column '"
                                + name
                                + "', which has numbers, neither labels nor categories, and the"
                                + " kind 'categorical' for bins, otherwise 'continuous'");
                return column;
            }
            if ("continuous".equals(kind)) {
                require(
                        labels == null && categories == 0,
                        "neither categories nor labels in continuous column '" + name + "'");
                return Column.continuous(name);
            }
            require(
                    "categorical".equals(kind),
                    "the kind 'categorical' or 'continuous' in column '" + name + "'");
            if (labels == null || labels.isEmpty()) {
                return Column.categorical(name, categories);
            }
            require(
                    categories == 0 || categories == labels.size(),
                    "as many categories as labels in column '" + name + "'");
            return shared // the labels have been found to differ
                    ? new Column(name, Column.Kind.CATEGORICAL, labels.size(), labels)
                    : Column.categorical(name, labels);
        }

        private List<String> labels() {
            requireToken(JsonToken.START_ARRAY, "an array of labels");
            List<String> labels = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                labels.add(string());
            }
            return List.copyOf(labels);
        }

        private List<String> labelsOf(int column) {
            require(
                    column >= 0 && column < columns.size(),
                    "the number of an earlier column in 'labels_of', not " + column);
            return columns.get(column).labels();
        }

        private ImageShape image() {
            requireToken(JsonToken.START_OBJECT, "an image, {\"height\": ...}");
            int height = 0;
            int width = 0;
            int channels = 1;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "height" -> height = integer();
                    case "width" -> width = integer();
                    case "channels" -> channels = integer();
                    default -> throw unknown(key, "'height', 'width' and 'channels'");
                }
            }
            return new ImageShape(height, width, channels);
        }

        private String string() {
            requireToken(JsonToken.VALUE_STRING, "a string");
            return json.getString();
        }

        private int integer() {
            requireToken(JsonToken.VALUE_NUMBER_INT, "an integer");
            return json.getIntValue();
        }

        private void requireToken(JsonToken token, String expected) {
            require(json.currentToken() == token, expected);
        }

        private void require(boolean holds, String expected) {
            if (!holds) {
                throw new FileFormatException(
                        source
                                + " is no schema: expected "
                                + expected
                                + " in line "
                                + json.currentLocation().getLineNr()
                                + "; correct it");
            }
        }

        private FileFormatException unknown(String key, String known) {
            return new FileFormatException(
                    source
                            + " has the unknown key '"
                            + key
                            + "' in line "
                            + json.currentLocation().getLineNr()
                            + ": only "
                            + known
                            + " are known there");
        }
    }
}
