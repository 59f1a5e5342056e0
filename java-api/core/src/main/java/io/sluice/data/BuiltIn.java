package io.sluice.data;

import io.sluice.InvalidArgumentException;

import java.util.Arrays;
import java.util.Locale;

/** Data that the library draws itself, so that everything can be tried without a download. */
enum BuiltIn {
    /** Grey images of handwritten-looking digits: {@link DrawnDigits}. */
    DIGITS {
        @Override
        DataParts draw(long seed) {
            return DrawnDigits.draw(seed);
        }
    },
    /** A table of categorical and continuous columns with missing cells: {@link MixedTable}. */
    MIXTURE {
        @Override
        DataParts draw(long seed) {
            return MixedTable.draw(seed);
        }
    };

    abstract DataParts draw(long seed);

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BuiltIn named(String title) {
        for (BuiltIn source : values()) {
            if (source.title().equals(title)) {
                return source;
            }
        }
        throw new InvalidArgumentException(
                "there is no built-in data '"
                        + title
                        + "': give one of builtin:"
                        + String.join(
                                ", builtin:",
                                Arrays.stream(values()).map(BuiltIn::title).toList()));
    }
}
