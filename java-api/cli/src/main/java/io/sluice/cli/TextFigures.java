package io.sluice.cli;

import io.sluice.data.format.TokenUnit;

import org.jspecify.annotations.Nullable;

import java.util.Locale;

/**
 * How well a model predicts text, in the units that language models are compared by: bits for each
 * token, under the name {@code bits_per_character} where tokens are characters, and perplexity,
 * which is 2 to the power of these bits. Every row counts as a text of its own.
 */
final class TextFigures {
    private TextFigures() {}

    /**
     * Adds them to a report.
     *
     * @param prefix of the names of the fields
     * @param tokens what the text was cut into; null when the data are no text, which adds nothing
     * @param found null when there were no rows to judge by
     */
    static void add(
            Report report, String prefix, @Nullable TokenUnit tokens, @Nullable RowScores found) {
        if (tokens == null) {
            return;
        }
        String unit = tokens == TokenUnit.CHAR ? "character" : "token";
        Double bits = found == null ? null : found.bitsPerDimension();
        Double perplexity = bits == null ? null : Math.pow(2, bits);
        report.field(prefix + "bits_per_" + unit, bits).field(prefix + "perplexity", perplexity);
        if (bits != null) {
            report.line(
                    String.format(
                            Locale.ROOT,
                            "%.4f bits per %s, perplexity %.4g",
                            bits,
                            unit,
                            perplexity));
        }
    }
}
