package io.sluice.testing;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON document as maps, lists, strings and doubles, for tests that read one. */
public final class JsonTree {
    private final Object value;

    private JsonTree(Object value) {
        this.value = value;
    }

    /** Reads a file. */
    public static JsonTree read(Path file) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), file)) {
            return new JsonTree(value(parser, parser.nextToken()));
        }
    }

    private static Object value(JsonParser parser, @Nullable JsonToken token) {
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> fields = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                fields.put(name, value(parser, parser.nextToken()));
            }
            return fields;
        }
        if (token == JsonToken.START_ARRAY) {
            List<Object> elements = new ArrayList<>();
            for (JsonToken t = parser.nextToken();
                    t != JsonToken.END_ARRAY;
                    t = parser.nextToken()) {
                elements.add(value(parser, t));
            }
            return elements;
        }
        if (token != null && token.isNumeric()) {
            return parser.getDoubleValue();
        }
        return parser.getString();
    }

    /** Whether an object has a field. */
    public boolean has(String field) {
        return value instanceof Map<?, ?> map && map.containsKey(field);
    }

    /** A field of an object. */
    public JsonTree get(String field) {
        Object found = ((Map<?, ?>) value).get(field);
        if (found == null) {
            throw new IllegalArgumentException("no field " + field + " in " + value);
        }
        return new JsonTree(found);
    }

    /** The names of an object's fields. */
    public List<String> fields() {
        return ((Map<?, ?>) value).keySet().stream().map(String::valueOf).toList();
    }

    /** The elements of a list. */
    public List<JsonTree> elements() {
        return ((List<?>) value).stream().map(JsonTree::of).toList();
    }

    private static JsonTree of(Object value) {
        return new JsonTree(value);
    }

    /** The text of a string. */
    public String text() {
        return (String) value;
    }

    /** A number. */
    public double number() {
        return (Double) value;
    }

    /** A list of numbers. */
    public double[] numbers() {
        return elements().stream().mapToDouble(JsonTree::number).toArray();
    }

    /** A list of lists of numbers. */
    public double[][] table() {
        return elements().stream().map(JsonTree::numbers).toArray(double[][]::new);
    }
}
