package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.circuit.FamilySettings;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Reads the entries of an interchange file, token by token. Fields it does not know are skipped.
 */
final class InterchangeParser {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build();

    /** Longer tokens are cut in messages. */
    private static final int SHOWN_CHARACTERS = 40;

    private final JsonParser parser;
    private final String source;
    private String context = "the start";

    private InterchangeParser(JsonParser parser, String source) {
        this.parser = parser;
        this.source = source;
    }

    /**
     * Reads all entries.
     *
     * @param source what messages call the file
     */
    static List<InterchangeVector> parse(InterchangeStream in, String source) throws IOException {
        String where = "the start";
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), in)) {
            InterchangeParser reader = new InterchangeParser(parser, source);
            try {
                return reader.document();
            } catch (JacksonException e) {
                where = "line " + parser.currentLocation().getLineNr() + ", in " + reader.context;
                throw e;
            }
        } catch (JacksonException e) {
            if (in.failed() && e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new FileFormatException(
                    source
                            + ", "
                            + where
                            + ": no valid JSON ("
                            + e.getOriginalMessage()
                            + "): the file is damaged or incomplete; write or copy it again",
                    e);
        }
    }

    private List<InterchangeVector> document() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw unexpected("an object with the fields name and nodes");
        }
        List<InterchangeVector> vectors = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            context = "field " + field;
            parser.nextToken();
            if (field.equals("nodes")) {
                vectors = vectors();
            } else {
                parser.skipChildren();
            }
        }
        context = "the end";
        if (parser.nextToken() != null) {
            throw unexpected("nothing after the closing brace");
        }
        if (vectors == null || vectors.isEmpty()) {
            throw new FileFormatException(
                    source
                            + " has no field nodes with at least one node vector: it is no circuit"
                            + " in the interchange format; give a file written by convert");
        }
        return vectors;
    }

    private List<InterchangeVector> vectors() {
        if (!parser.isExpectedStartArrayToken()) {
            throw unexpected("a list of node vectors");
        }
        List<InterchangeVector> vectors = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            vectors.add(vector(vectors.size()));
        }
        return vectors;
    }

    private InterchangeVector vector(int id) {
        context = "node vector " + id;
        if (!parser.isExpectedStartObjectToken()) {
            throw unexpected("an object that describes a node vector");
        }
        int line = parser.currentTokenLocation().getLineNr();
        String kind = null;
        int variable = InterchangeVector.ABSENT;
        int nodes = InterchangeVector.ABSENT;
        int tied = InterchangeVector.ABSENT;
        InterchangeVector.Distribution distribution = null;
        List<Integer> children = null;
        NumberTable params = null;
        NumberTable edges = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            context = "node vector " + id + ", field " + field;
            parser.nextToken();
            switch (field) {
                case "kind" -> kind = string();
                case "var" -> variable = integer();
                case "nodes" -> nodes = integer();
                case "tied" -> tied = integer();
                case "dist" -> distribution = distribution();
                case "children" -> children = integers();
                case "params" -> params = table();
                case "edges" -> edges = table();
                default -> parser.skipChildren();
            }
        }
        return new InterchangeVector(
                id, line, kind, variable, nodes, tied, distribution, children, params, edges);
    }

    private InterchangeVector.Distribution distribution() {
        if (!parser.isExpectedStartObjectToken()) {
            throw unexpected("an object with the field type");
        }
        String type = null;
        Map<String, double[]> settings = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals("type")) {
                type = string();
            } else if (parser.isExpectedStartArrayToken()) {
                settings.put(field, numbers());
            } else {
                settings.put(field, new double[] {number()});
            }
        }
        return new InterchangeVector.Distribution(type, FamilySettings.of(settings));
    }

    private double[] numbers() {
        DoubleStream.Builder list = DoubleStream.builder();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(number());
        }
        return list.build().toArray();
    }

    private List<Integer> integers() {
        if (!parser.isExpectedStartArrayToken()) {
            throw unexpected("a list of numbers of node vectors");
        }
        List<Integer> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(integer());
        }
        return list;
    }

    private NumberTable table() {
        if (!parser.isExpectedStartArrayToken()) {
            throw unexpected("a list");
        }
        NumberTable table = new NumberTable();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.isExpectedStartArrayToken()) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    table.add(number());
                }
            } else {
                table.add(number());
            }
            table.endRow();
        }
        return table;
    }

    private String string() {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unexpected("a string");
        }
        return parser.getString();
    }

    private int integer() {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT || parser.getIntValue() < 0) {
            throw unexpected("a whole number from 0");
        }
        return parser.getIntValue();
    }

    private double number() {
        @Nullable JsonToken token = parser.currentToken();
        if (token == null || !token.isNumeric()) {
            throw unexpected("a number");
        }
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw unexpected("a number in the range of float64");
        }
        return value;
    }

    private FileFormatException unexpected(String expected) {
        @Nullable JsonToken token = parser.currentToken();
        String found = token == null ? "the end of the file" : abbreviated(parser.getString());
        return new FileFormatException(
                source
                        + ", line "
                        + parser.currentTokenLocation().getLineNr()
                        + ", in "
                        + context
                        + ": found "
                        + found
                        + ", expected "
                        + expected
                        + "; the documentation of io.sluice.model.JsonInterchange gives the"
                        + " format");
    }

    private static String abbreviated(String text) {
        return text.length() <= SHOWN_CHARACTERS
                ? text
                : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
