package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.data.format.ColumnType;
import io.sluice.data.format.DeclaredColumn;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/** A column that {@code --column} declares, as in {@code born=date:dd.MM.uuuu}. */
final class ColumnOption {
    private ColumnOption() {}

    /**
     * Reads the value of the option. The type comes after the last equals sign.
     *
     * @throws UsageException when it is none
     */
    static DeclaredColumn parse(String text) {
        int at = text.indexOf('=');
        for (int next = at; next >= 0; next = text.indexOf('=', next + 1)) {
            if (type(word(text, next)) != null) {
                at = next; // a name may have an equals sign
            }
        }
        List<String> types = Arrays.stream(ColumnType.values()).map(ColumnType::title).toList();
        if (at <= 0) {
            throw new UsageException(
                    "--column "
                            + text
                            + " says no type: give NAME=TYPE with one of "
                            + String.join(", ", types));
        }
        String word = word(text, at);
        @Nullable ColumnType type = type(word);
        if (type == null) {
            throw new UsageException(
                    "--column "
                            + text
                            + ": '"
                            + word
                            + "' is no type"
                            + NearestWord.hint(word, types)
                            + "give one of "
                            + String.join(", ", types));
        }
        int colon = text.indexOf(':', at);
        try {
            return new DeclaredColumn(
                    text.substring(0, at),
                    type,
                    List.of(),
                    colon < 0 ? null : text.substring(colon + 1),
                    null,
                    null);
        } catch (InvalidArgumentException e) {
            throw new UsageException("--column " + text + ": " + e.getMessage(), e);
        }
    }

    private static String word(String text, int at) {
        if (at < 0) {
            return "";
        }
        int colon = text.indexOf(':', at);
        return text.substring(at + 1, colon < 0 ? text.length() : colon);
    }

    private static @Nullable ColumnType type(String word) {
        for (ColumnType type : ColumnType.values()) {
            if (type.title().equalsIgnoreCase(word)) {
                return type;
            }
        }
        return null;
    }
}
