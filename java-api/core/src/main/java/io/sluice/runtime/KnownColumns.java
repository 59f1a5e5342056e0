package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the variables of an engine mean, and whether a data set means something else: columns in
 * another order, labels in another order, numbers in another scale. Such data fit the circuit, so
 * that only their schema tells them from the right ones. Data that merely say less, such as columns
 * {@code x0, x1, ...} or codes without labels, are taken as they are.
 */
final class KnownColumns {
    private final Schema known;
    private final Map<String, Integer> variableOf = new HashMap<>();

    KnownColumns(Schema known) {
        this.known = known;
        for (int v = 0; v < known.variables(); v++) {
            variableOf.merge(known.column(v).name(), v, (first, again) -> -1); // -1: ambiguous
        }
    }

    Schema schema() {
        return known;
    }

    /**
     * @throws InvalidArgumentException that names the first column that means something else
     */
    void require(Schema data) {
        if (data.equals(known)) {
            return;
        }
        for (int v = 0; v < data.variables(); v++) {
            Column given = data.column(v);
            Column expected = known.column(v);
            Integer meant = variableOf.get(given.name());
            if (!given.name().equals(expected.name()) && meant != null && meant >= 0) {
                throw new InvalidArgumentException(
                        "column "
                                + v
                                + " of the data is '"
                                + given.name()
                                + "', which is variable "
                                + meant
                                + " of the engine; its variable "
                                + v
                                + " is '"
                                + expected.name()
                                + "': put the columns in the engine's order");
            }
            requireLabels(v, given, expected);
            if (given.numbers() != null
                    && expected.numbers() != null
                    && !given.numbers().equals(expected.numbers())) {
                throw new InvalidArgumentException(
                        "column '"
                                + given.name()
                                + "' holds numbers in another coding than the engine's: read the"
                                + " data with the engine's schema");
            }
        }
    }

    private static void requireLabels(int variable, Column given, Column expected) {
        List<String> labels = given.labels();
        for (int k = 0; k < Math.min(labels.size(), expected.labels().size()); k++) {
            if (!labels.get(k).equals(expected.labels().get(k))) {
                throw new InvalidArgumentException(
                        "category "
                                + k
                                + " of column "
                                + variable
                                + " ('"
                                + given.name()
                                + "') is '"
                                + labels.get(k)
                                + "' in the data and '"
                                + expected.labels().get(k)
                                + "' in the engine: read the data with the engine's schema");
            }
        }
    }
}
