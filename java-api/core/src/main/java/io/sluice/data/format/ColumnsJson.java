package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the columns of a table hold, as JSON that users edit and give back:
 *
 * <pre>{@code
 * {"columns": [
 *   {"name": "age", "type": "whole", "reason": "whole numbers from 17 to 90", "minimum": 17, "maximum": 90},
 *   {"name": "size", "type": "category", "reason": "3 different texts", "labels": ["S", "M", "L"]},
 *   {"name": "born", "type": "date", "reason": "dates written dd.MM.uuuu", "pattern": "dd.MM.uuuu"}]}
 * }</pre>
 *
 * Everything but name and type may be left out. A {@code reason} is not read. Columns that are left
 * out are inferred. Unlike {@link SchemaJson}, this says nothing about cells, so it fits any model.
 */
public final class ColumnsJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int COLUMN_DEPTH = 3; // the object, its array, a column

    private ColumnsJson() {}

    /** The text of what was found, one column a line. */
    public static String format(InferredTable table) {
        return table.columns().stream()
                .map(ColumnsJson::format)
                .collect(Collectors.joining(",\n  ", "{\"columns\": [\n  ", "]}\n"));
    }

    private static String format(InferredColumn column) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("name", column.name());
            json.writeStringProperty("type", column.type().title());
            json.writeStringProperty("reason", column.reason());
            Column modelled = column.column();
            if (modelled != null) {
                write(json, modelled);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Column column) {
        Numbers numbers = column.numbers();
        if (!column.labels().isEmpty()) {
            json.writeArrayPropertyStart("labels");
            column.labels().forEach(json::writeString);
            json.writeEndArray();
        } else if (numbers != null) {
            Quantity quantity = numbers.quantity();
            if (quantity.pattern() != null) {
                json.writeStringProperty("pattern", quantity.pattern());
            } else if (!quantity.kind().isCalendar()) {
                write(json, "minimum", quantity.minimum());
                write(json, "maximum", quantity.maximum());
            }
        }
    }

    private static void write(JsonGenerator json, String name, double number) {
        json.writeName(name);
        json.writeRawValue(CellText.ofNumber(number));
    }

    /**
     * Whether a file says what columns hold, and not how cells are stored, as {@link SchemaJson}
     * does.
     *
     * @throws InvalidArgumentException when there is no such file
     * @throws FileFormatException when it is no JSON
     */
    public static boolean isIn(Path file) {
        SourceFile source = new SourceFile(file);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text(source))) {
            int depth = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (token == JsonToken.PROPERTY_NAME && depth == COLUMN_DEPTH) {
                    switch (json.currentName()) {
                        case "type" -> {
                            return true;
                        }
                        case "kind" -> {
                            return false;
                        }
                        default -> {}
                    }
                }
            }
            return false;
        } catch (JacksonException e) {
            throw invalid(source, e);
        }
    }

    /**
     * Reads a file.
     *
     * @throws InvalidArgumentException when there is no such file, or the parts of a column do not
     *     fit each other
     * @throws FileFormatException when it is something else
     */
    public static List<DeclaredColumn> read(Path file) {
        SourceFile source = new SourceFile(file);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text(source))) {
            return new Reader(json, source).columns();
        } catch (JacksonException e) {
            throw invalid(source, e);
        }
    }

    private static String text(SourceFile source) {
        byte[] text = source.read(in -> in.readNBytes(DataLimits.MAXIMUM_SCHEMA_BYTES + 1));
        if (text.length > DataLimits.MAXIMUM_SCHEMA_BYTES) {
            throw new FileFormatException(
                    source
                            + " is no list of columns: it is longer than "
                            + DataLimits.MAXIMUM_SCHEMA_BYTES
                            + " bytes; leave out the labels");
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private static FileFormatException invalid(SourceFile source, JacksonException e) {
        return new FileFormatException(
                source + " is no valid JSON: " + e.getOriginalMessage() + "; correct it", e);
    }

    /** One pass over the tokens. */
    private record Reader(JsonParser json, SourceFile source) {

        List<DeclaredColumn> columns() {
            List<DeclaredColumn> columns = new ArrayList<>();
            require(json.nextToken() == JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                require(json.currentName().equals("columns"), "'columns'");
                require(json.nextToken() == JsonToken.START_ARRAY, "an array of columns");
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    columns.add(column());
                }
            }
            require(json.nextToken() == null, "nothing after the columns");
            return columns;
        }

        private DeclaredColumn column() {
            require(json.currentToken() == JsonToken.START_OBJECT, "a column, {\"name\": ...}");
            @Nullable String name = null;
            @Nullable ColumnType type = null;
            List<String> labels = new ArrayList<>();
            @Nullable String pattern = null;
            @Nullable Double minimum = null;
            @Nullable Double maximum = null;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "name" -> name = string();
                    case "type" -> type = type(string());
                    case "reason" -> string();
                    case "labels" -> {
                        require(json.currentToken() == JsonToken.START_ARRAY, "an array of labels");
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            labels.add(string());
                        }
                    }
                    case "pattern" -> pattern = string();
                    case "minimum" -> minimum = number();
                    case "maximum" -> maximum = number();
                    default ->
                            throw refused(
                                    "one of name, type, reason, labels, pattern, minimum and"
                                            + " maximum instead of '"
                                            + Shown.text(key)
                                            + "'");
                }
            }
            if (name == null || type == null) {
                throw refused("a name and a type of each column");
            }
            return new DeclaredColumn(name, type, labels, pattern, minimum, maximum);
        }

        private ColumnType type(String text) {
            for (ColumnType type : ColumnType.values()) {
                if (type.title().equals(text)) {
                    return type;
                }
            }
            String all =
                    Arrays.stream(ColumnType.values())
                            .map(ColumnType::title)
                            .collect(Collectors.joining(", "));
            throw refused("one of " + all + " instead of '" + Shown.text(text) + "'");
        }

        private String string() {
            require(json.currentToken() == JsonToken.VALUE_STRING, "a string");
            return json.getString();
        }

        private double number() {
            boolean number = json.currentToken() != null && json.currentToken().isNumeric();
            require(number && Double.isFinite(json.getDoubleValue()), "a number");
            return json.getDoubleValue();
        }

        private void require(boolean holds, String expected) {
            if (!holds) {
                throw refused(expected);
            }
        }

        private FileFormatException refused(String expected) {
            return new FileFormatException(
                    source
                            + " does not say what columns hold: expected "
                            + expected
                            + " in line "
                            + json.currentLocation().getLineNr()
                            + "; correct it");
        }
    }
}
