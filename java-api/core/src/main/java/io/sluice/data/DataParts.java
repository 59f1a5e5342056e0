package io.sluice.data;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * The parts of a source of data, all under one schema.
 *
 * @param train rows to learn from; everything, when the source does not say what its parts are
 * @param valid rows to choose models with; null when the source has none
 * @param test rows to judge models with; null when the source has none
 * @param notes what the user should know about how the source was read: doubtful guesses, columns
 *     left out, and values that count as missing. One sentence each; it names the option that
 *     overrides a guess
 */
public record DataParts(
        Dataset train, @Nullable Dataset valid, @Nullable Dataset test, List<String> notes) {

    /** Copies the notes. */
    public DataParts {
        notes = List.copyOf(notes);
    }

    /** Parts without notes. */
    public DataParts(Dataset train, @Nullable Dataset valid, @Nullable Dataset test) {
        this(train, valid, test, List.of());
    }

    /** What the columns of all parts mean. */
    public Schema schema() {
        return train.schema();
    }

    /** The test rows where the source has some, otherwise everything it has. */
    public Dataset testOrAll() {
        return test == null ? train : test;
    }

    /** The validation rows where the source has some, otherwise its training rows. */
    public Dataset validOrAll() {
        return valid == null ? train : valid;
    }
}
