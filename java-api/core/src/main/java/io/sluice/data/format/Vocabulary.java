package io.sluice.data.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The tokens of some text, numbered in the order in which they first occur, and counted. */
final class Vocabulary {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private long[] counts = new long[1024];

    /** The number of a token, which is counted once more. */
    int count(String text) {
        Integer known = numbers.get(text);
        int number = known == null ? texts.size() : known;
        if (known == null) {
            numbers.put(text, number);
            texts.add(text);
            if (number == counts.length) {
                counts = Arrays.copyOf(counts, 2 * counts.length);
            }
        }
        counts[number]++;
        return number;
    }

    int size() {
        return texts.size();
    }

    String text(int number) {
        return texts.get(number);
    }

    /** For each number its rank by falling count, ties in the order of the texts. */
    int[] ranks() {
        Comparator<Integer> falling = Comparator.comparingLong(token -> -counts[token]);
        List<Integer> order =
                IntStream.range(0, size())
                        .boxed()
                        .sorted(falling.thenComparing(texts::get))
                        .toList();
        int[] ranks = new int[size()];
        for (int rank = 0; rank < ranks.length; rank++) {
            ranks[order.get(rank)] = rank;
        }
        return ranks;
    }

    /** The texts in the order of their ranks. */
    List<String> texts(int[] ranks) {
        String[] ordered = new String[size()];
        for (int number = 0; number < ordered.length; number++) {
            ordered[ranks[number]] = texts.get(number);
        }
        return List.of(ordered);
    }
}
