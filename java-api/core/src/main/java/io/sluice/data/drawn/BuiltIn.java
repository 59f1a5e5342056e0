package io.sluice.data.drawn;

import io.sluice.InvalidArgumentException;
import io.sluice.data.DataParts;

import java.util.Arrays;
import java.util.Locale;

/** Data that the library draws itself, so that everything can be tried without a download. */
public enum BuiltIn {
    /** Grey images of handwritten-looking digits: {@link DrawnDigits}. */
    DIGITS {
        @Override
        public DataParts draw(long seed) {
            return DrawnDigits.draw(seed);
        }
    },
    /** A table of categorical and continuous columns with missing cells: {@link MixedTable}. */
    MIXTURE {
        @Override
        public DataParts draw(long seed) {
            return MixedTable.draw(seed);
        }
    };

    /** Draws the data; the same for the same seed. */
    public abstract DataParts draw(long seed);

    /** Its name, in lower case. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The data of a name.
     *
     * @throws InvalidArgumentException when there are none
     */
    public static BuiltIn named(String title) {
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
