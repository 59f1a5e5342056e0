package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.PrintStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command found out: fields for scripts, and lines for people. Numbers that JSON cannot
 * hold, such as the log-likelihood of an impossible row, are the strings {@code "-Infinity"},
 * {@code "Infinity"} and {@code "NaN"}.
 */
final class Report {
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();

    /**
     * Adds a field.
     *
     * @param value a number, a text, a boolean, a list or map of such, or null
     */
    Report field(String key, @Nullable Object value) {
        fields.put(key, value);
        return this;
    }

    /** Adds a line of text. */
    Report line(String text) {
        lines.add(text);
        return this;
    }

    List<String> lines() {
        return lines;
    }

    void print(PrintStream out, boolean asJson) {
        if (asJson) {
            out.print(Terminal.visible(json())); // escapes that JSON has, too
            out.print('\n');
        } else {
            lines.forEach(line -> out.print(Terminal.visible(line) + "\n"));
        }
    }

    private String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json =
                new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, fields);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                map.forEach(
                        (key, element) -> {
                            json.writeName(String.valueOf(key));
                            write(json, element);
                        });
                json.writeEndObject();
            }
            case List<?> list -> {
                json.writeStartArray();
                list.forEach(element -> write(json, element));
                json.writeEndArray();
            }
            case Boolean bool -> json.writeBoolean(bool);
            case Double number -> json.writeNumber(number);
            case Number number -> json.writeNumber(number.longValue());
            default -> json.writeString(value.toString());
        }
    }
}
