package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.BinnedNumbers;
import io.sluice.data.BinnedNumbers.Bin;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the cells of a column stand for numbers, as JSON: what the numbers measure, and either offset
 * and scale, or bins of five numbers each, {@code [from, to, lowest, highest, typical]}.
 */
final class NumbersJson {
    private static final int BIN_NUMBERS = 5;

    private NumbersJson() {}

    static void write(JsonGenerator json, Numbers numbers) {
        Quantity quantity = numbers.quantity();
        json.writeObjectPropertyStart("numbers");
        json.writeStringProperty("type", quantity.kind().name().toLowerCase(Locale.ROOT));
        json.writeNumberProperty("resolution", quantity.resolution());
        json.writeNumberProperty("minimum", quantity.minimum());
        json.writeNumberProperty("maximum", quantity.maximum());
        if (quantity.pattern() != null) {
            json.writeStringProperty("pattern", quantity.pattern());
        }
        switch (numbers) {
            case ScaledNumbers scaled -> {
                json.writeNumberProperty("offset", scaled.offset());
                json.writeNumberProperty("scale", scaled.scale());
            }
            case BinnedNumbers binned -> {
                json.writeArrayPropertyStart("bins");
                for (Bin bin : binned.bins()) {
                    double[] five = {
                        bin.from(), bin.to(), bin.lowest(), bin.highest(), bin.typical()
                    };
                    json.writeArray(five, 0, BIN_NUMBERS);
                }
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }

    /**
     * Reads what {@link #write} wrote, from the start of the object to its end.
     *
     * @throws FileFormatException when it is something else
     */
    static Numbers read(JsonParser json, String source) {
        require(json.currentToken() == JsonToken.START_OBJECT, json, source, "an object 'numbers'");
        Quantity.@Nullable Kind kind = null;
        @Nullable String pattern = null;
        double resolution = 1;
        double minimum = 0;
        double maximum = 0;
        double offset = 0;
        double scale = 1;
        @Nullable List<Bin> bins = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "type" -> kind = kind(json, source);
                case "pattern" -> pattern = json.getString();
                case "resolution" -> resolution = number(json, source);
                case "minimum" -> minimum = number(json, source);
                case "maximum" -> maximum = number(json, source);
                case "offset" -> offset = number(json, source);
                case "scale" -> scale = number(json, source);
                case "bins" -> bins = bins(json, source);
                default -> require(false, json, source, "no key '" + key + "' in 'numbers'");
            }
        }
        require(kind != null, json, source, "a type in 'numbers'");
        Quantity quantity =
                new Quantity(
                        kind == null ? Quantity.Kind.REAL : kind,
                        resolution,
                        minimum,
                        maximum,
                        pattern);
        return bins == null
                ? new ScaledNumbers(quantity, offset, scale)
                : new BinnedNumbers(quantity, bins);
    }

    private static Quantity.Kind kind(JsonParser json, String source) {
        require(json.currentToken() == JsonToken.VALUE_STRING, json, source, "a type of numbers");
        for (Quantity.Kind kind : Quantity.Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(json.getString())) {
                return kind;
            }
        }
        throw refused(json, source, "real, whole, date, time or timestamp as the type of numbers");
    }

    private static List<Bin> bins(JsonParser json, String source) {
        require(json.currentToken() == JsonToken.START_ARRAY, json, source, "an array of bins");
        List<Bin> bins = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(json.currentToken() == JsonToken.START_ARRAY, json, source, "a bin");
            double[] five = new double[BIN_NUMBERS];
            for (int i = 0; i < BIN_NUMBERS; i++) {
                json.nextToken();
                five[i] = number(json, source);
            }
            require(json.nextToken() == JsonToken.END_ARRAY, json, source, "five numbers in a bin");
            bins.add(new Bin(five[0], five[1], five[2], five[3], five[4]));
        }
        return bins;
    }

    private static double number(JsonParser json, String source) {
        require(
                json.currentToken() != null && json.currentToken().isNumeric(),
                json,
                source,
                "a number");
        return json.getDoubleValue();
    }

    private static void require(boolean holds, JsonParser json, String source, String expected) {
        if (!holds) {
            throw refused(json, source, expected);
        }
    }

    private static FileFormatException refused(JsonParser json, String source, String expected) {
        return new FileFormatException(
                source
                        + " is no schema: expected "
                        + expected
                        + " in line "
                        + json.currentLocation().getLineNr()
                        + "; correct it");
    }
}
