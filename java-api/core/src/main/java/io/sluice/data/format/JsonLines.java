package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.format.TypedColumn.Kind;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * JSON lines: one object a line (UTF-8). The columns are the keys of all objects, in the order in
 * which they first occur. Values are texts, numbers, {@code true}, {@code false} and {@code null},
 * which is a missing cell, as is an absent key.
 */
final class JsonLines implements TypedFormat {
    static final JsonLines FORMAT = new JsonLines();

    private static final List<String> ENDINGS = List.of(".jsonl", ".ndjson");
    private static final Pattern BARE =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python writes NaN
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .build();

    private JsonLines() {}

    @Override
    public List<String> endings() {
        return ENDINGS;
    }

    @Override
    public boolean isStartedBy(byte[] head) {
        int at = 0;
        while (at < head.length
                && (head[at] == (byte) 0xEF
                        || head[at] == (byte) 0xBB
                        || head[at] == (byte) 0xBF)) {
            at++; // byte order mark
        }
        if (at == head.length || head[at] != '{') {
            return false;
        }
        do {
            at++;
        } while (at < head.length && head[at] <= ' ');
        return at < head.length && (head[at] == '"' || head[at] == '}');
    }

    /** Whether a text can stand in JSON as it is, without quotes. */
    static boolean isBare(String text) {
        return BARE.matcher(text).matches();
    }

    @Override
    public List<TypedColumn> columns(Path file) {
        Map<String, Kinds> kinds = new LinkedHashMap<>();
        read(
                file,
                (key, cell) -> {
                    if (!kinds.containsKey(key)) {
                        DataLimits.requireTable(file, 1, kinds.size() + 1L);
                    }
                    kinds.computeIfAbsent(key, name -> new Kinds()).see(cell);
                },
                () -> true);
        List<TypedColumn> columns = new ArrayList<>();
        kinds.forEach((name, seen) -> columns.add(new TypedColumn(name, seen.kind())));
        return columns;
    }

    @Override
    public void scan(Path file, List<TypedColumn> columns, Rows rows) {
        Map<String, Integer> indices = new LinkedHashMap<>();
        columns.forEach(column -> indices.put(column.name(), indices.size()));
        List<TableCell> row =
                new ArrayList<>(Collections.nCopies(columns.size(), TableCell.MISSING));
        read(
                file,
                (key, cell) -> {
                    Integer at = indices.get(key);
                    if (at != null) {
                        row.set(at, cell);
                    }
                },
                () -> {
                    boolean goOn = rows.row(row);
                    Collections.fill(row, TableCell.MISSING);
                    return goOn;
                });
    }

    @Override
    public Sink sink(OutputStream out, List<TypedColumn> columns) {
        return new Writer(out, columns);
    }

    /** What the values of a column have in common. */
    private static final class Kinds {
        private boolean texts;
        private boolean truths;
        private boolean wholes;
        private boolean reals;

        void see(TableCell cell) {
            String text = cell.raw();
            if (cell.quoted()) {
                texts = true;
            } else if (text.equals("true") || text.equals("false")) {
                truths = true;
            } else if (WHOLE.matcher(text).matches()) {
                wholes = true;
            } else if (!text.isEmpty()) {
                reals = true;
            }
        }

        Kind kind() {
            boolean numbers = wholes || reals;
            if (texts || (truths && numbers)) {
                return Kind.TEXT;
            }
            if (truths) {
                return Kind.TRUTH;
            }
            return wholes && !reals ? Kind.WHOLE : numbers ? Kind.REAL : Kind.TEXT;
        }
    }

    @FunctionalInterface
    private interface Values {
        void value(String key, TableCell cell);
    }

    @FunctionalInterface
    private interface RowEnd {
        /** Whether to go on. */
        boolean reached();
    }

    private static void read(Path path, Values values, RowEnd end) {
        SourceFile file = new SourceFile(path);
        file.read(
                in -> {
                    read(file, in, values, end);
                    return true;
                });
    }

    private static void read(SourceFile file, InputStream in, Values values, RowEnd end)
            throws IOException {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), in)) {
            boolean goOn = true;
            for (JsonToken token = json.nextToken(); goOn && token != null; ) {
                if (token != JsonToken.START_OBJECT) {
                    throw refused(
                            file,
                            json,
                            "has something other than an object",
                            "give one object a line, {\"column\": value, ...}");
                }
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String key = json.currentName();
                    values.value(key, cell(file, json, key));
                }
                goOn = end.reached();
                token = goOn ? json.nextToken() : token;
            }
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new FileFormatException(
                    file
                            + " has no valid JSON in line "
                            + e.getLocation().getLineNr()
                            + " ("
                            + e.getOriginalMessage()
                            + "): give one object a line",
                    e);
        }
    }

    private static TableCell cell(SourceFile file, JsonParser json, String key) {
        return switch (json.nextToken()) {
            case VALUE_NULL -> TableCell.MISSING;
            case VALUE_STRING -> new TableCell(json.getString(), true);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    new TableCell(json.getString(), false);
            default ->
                    throw refused(
                            file,
                            json,
                            "has a nested value in '" + Shown.text(key) + "'",
                            "give texts, numbers, true, false or null, or leave it out");
        };
    }

    private static FileFormatException refused(
            SourceFile file, JsonParser json, String what, String remedy) {
        return new FileFormatException(
                file
                        + " "
                        + what
                        + " in line "
                        + json.currentTokenLocation().getLineNr()
                        + ": "
                        + remedy);
    }

    private static final class Writer implements Sink {
        private final JsonGenerator json;
        private final List<TypedColumn> columns;

        Writer(OutputStream out, List<TypedColumn> columns) {
            this.json = JSON.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
            this.columns = columns;
        }

        @Override
        public void row(List<TableCell> cells) throws IOException {
            try {
                json.writeStartObject();
                for (int i = 0; i < columns.size(); i++) {
                    json.writeName(columns.get(i).name());
                    TableCell cell = cells.get(i);
                    if (!cell.quoted() && cell.raw().isEmpty()) {
                        json.writeNull();
                    } else if (!cell.quoted() && isBare(cell.raw())) {
                        json.writeRawValue(cell.raw());
                    } else {
                        json.writeString(cell.raw());
                    }
                }
                json.writeEndObject();
                json.writeRaw('\n');
            } catch (JacksonIOException e) {
                throw e.getCause();
            }
        }

        @Override
        public void finish() throws IOException {
            try {
                json.flush();
            } catch (JacksonIOException e) {
                throw e.getCause();
            }
        }
    }
}
