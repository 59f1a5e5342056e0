package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * How data are read.
 *
 * @param schema what the columns mean, a model's for example; null to infer it
 * @param tokens what a token is when the source is plain text; null when it is not text
 * @param length how many tokens of text make a row, 1 to 1,048,576
 * @param seed seed of built-in data
 * @param unseen what to do with values that the schema lacks
 * @param separator what stands between the cells of a text table; null to find out
 * @param header whether the first row of a text table names its columns; null to find out
 * @param decimal decimal point or comma of a text table; null to find out
 * @param keepText whether the texts of a text table are kept beside its values, so that it can be
 *     written again as it stood; costs about as much memory as the file is long
 * @param coding how the numbers of a text table are stored when the schema is inferred; null to
 *     store them as they are
 * @param declared what the user says of columns of a text table when the schema is inferred
 */
public record DataOptions(
        @Nullable Schema schema,
        @Nullable TokenUnit tokens,
        int length,
        long seed,
        UnseenRule unseen,
        @Nullable Character separator,
        @Nullable Boolean header,
        @Nullable Character decimal,
        boolean keepText,
        @Nullable NumberCoding coding,
        List<DeclaredColumn> declared) {

    private static final int DEFAULT_LENGTH = 32;

    /** Checks the ranges. */
    public DataOptions {
        declared = List.copyOf(declared);
        if (length < 1 || length > DataLimits.MAXIMUM_VARIABLES) {
            throw new InvalidArgumentException(
                    "a length of "
                            + length
                            + " tokens is impossible: give 1 to "
                            + DataLimits.MAXIMUM_VARIABLES);
        }
        if (separator != null && (separator == '"' || separator == '\n' || separator == '\r')) {
            throw new InvalidArgumentException(
                    "a quote or a line end cannot separate cells: give comma, semicolon, tab, bar"
                            + " or blank");
        }
        if (decimal != null && decimal != '.' && decimal != ',') {
            throw new InvalidArgumentException(
                    "'" + decimal + "' is no decimal mark: give a point or a comma");
        }
    }

    /** Infer the schema and the dialect; no text; seed 0; refuse unseen values. */
    public static DataOptions defaults() {
        return new DataOptions(
                null,
                null,
                DEFAULT_LENGTH,
                0,
                UnseenRule.REFUSE,
                null,
                null,
                null,
                false,
                null,
                List.of());
    }

    /** The same options, reading under a schema. */
    public DataOptions withSchema(Schema remembered) {
        return new DataOptions(
                remembered,
                tokens,
                length,
                seed,
                unseen,
                separator,
                header,
                decimal,
                keepText,
                coding,
                declared);
    }

    /** The same options, reading plain text in rows of some tokens. */
    public DataOptions withTokens(TokenUnit unit, int rowLength) {
        return new DataOptions(
                schema, unit, rowLength, seed, unseen, separator, header, decimal, keepText, coding,
                declared);
    }

    /** The same options with another seed. */
    public DataOptions withSeed(long other) {
        return new DataOptions(
                schema, tokens, length, other, unseen, separator, header, decimal, keepText, coding,
                declared);
    }

    /** The same options with another rule for values that the schema lacks. */
    public DataOptions withUnseen(UnseenRule rule) {
        return new DataOptions(
                schema, tokens, length, seed, rule, separator, header, decimal, keepText, coding,
                declared);
    }

    /** The same options for tables whose cells a character separates; a blank: runs of blanks. */
    public DataOptions withSeparator(char between) {
        return new DataOptions(
                schema, tokens, length, seed, unseen, between, header, decimal, keepText, coding,
                declared);
    }

    /** The same options for tables with or without a header. */
    public DataOptions withHeader(boolean present) {
        return new DataOptions(
                schema, tokens, length, seed, unseen, separator, present, decimal, keepText, coding,
                declared);
    }

    /** The same options for tables with a decimal point or comma. */
    public DataOptions withDecimal(char mark) {
        return new DataOptions(
                schema, tokens, length, seed, unseen, separator, header, mark, keepText, coding,
                declared);
    }

    /** The same options, keeping the texts of tables. */
    public DataOptions keepingText() {
        return new DataOptions(
                schema, tokens, length, seed, unseen, separator, header, decimal, true, coding,
                declared);
    }

    /** The same options, storing the numbers of tables by another coding. */
    public DataOptions withCoding(NumberCoding other) {
        return new DataOptions(
                schema, tokens, length, seed, unseen, separator, header, decimal, keepText, other,
                declared);
    }

    /** The same options for tables of which the user says what some columns are. */
    public DataOptions withColumns(List<DeclaredColumn> columns) {
        return new DataOptions(
                schema, tokens, length, seed, unseen, separator, header, decimal, keepText, coding,
                columns);
    }
}
