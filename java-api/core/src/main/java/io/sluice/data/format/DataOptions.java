package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

/**
 * How data are read.
 *
 * @param schema what the columns mean, a model's for example; null to infer it
 * @param tokens what a token is when the source is plain text; null when it is not text
 * @param length how many tokens of text make a row, 1 to 1,048,576
 * @param seed seed of built-in data
 */
public record DataOptions(
        @Nullable Schema schema, @Nullable TokenUnit tokens, int length, long seed) {

    private static final int DEFAULT_LENGTH = 32;

    /** Checks the ranges. */
    public DataOptions {
        if (length < 1 || length > DataLimits.MAXIMUM_VARIABLES) {
            throw new InvalidArgumentException(
                    "a length of "
                            + length
                            + " tokens is impossible: give 1 to "
                            + DataLimits.MAXIMUM_VARIABLES);
        }
    }

    /** Infer the schema; no text; seed 0. */
    public static DataOptions defaults() {
        return new DataOptions(null, null, DEFAULT_LENGTH, 0);
    }

    /** The same options, reading under a schema. */
    public DataOptions withSchema(Schema remembered) {
        return new DataOptions(remembered, tokens, length, seed);
    }

    /** The same options, reading plain text in rows of some tokens. */
    public DataOptions withTokens(TokenUnit unit, int rowLength) {
        return new DataOptions(schema, unit, rowLength, seed);
    }

    /** The same options with another seed. */
    public DataOptions withSeed(long changed) {
        return new DataOptions(schema, tokens, length, changed);
    }
}
