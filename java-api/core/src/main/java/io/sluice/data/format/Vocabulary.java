package io.sluice.data.format;

import io.sluice.FileFormatException;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The different tokens of a text, and how often each occurs. */
final class Vocabulary {
    private static final long MOST_CHARACTERS = 1L << 25;

    private final SourceFile file;
    private final Map<String, long[]> counts = new HashMap<>();
    private long characters;
    private long total;

    Vocabulary(SourceFile file) {
        this.file = file;
    }

    /** Counts a token. */
    void count(String token) {
        total++;
        long[] known = counts.get(token);
        if (known != null) {
            known[0]++;
            return;
        }
        counts.put(token, new long[] {1});
        characters += token.length();
        if (counts.size() > DataLimits.MAXIMUM_TOKENS || characters > MOST_CHARACTERS) {
            throw new FileFormatException(
                    file
                            + " has more than "
                            + DataLimits.MAXIMUM_TOKENS
                            + " different tokens, or very long ones: read it as characters, or"
                            + " replace rare words by <unk>");
        }
    }

    /** How many tokens there are. */
    long total() {
        return total;
    }

    /** The tokens by falling count, ties in the order of the texts. */
    List<String> byFrequency() {
        Comparator<Map.Entry<String, long[]>> falling =
                Comparator.comparingLong(entry -> -entry.getValue()[0]);
        return counts.entrySet().stream()
                .sorted(falling.thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
