package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds the word that was probably meant by a misspelt one. */
final class NearestWord {
    private static final int MOST_FILES = 1000;

    /** Names of files are long, and alike in their folder and ending. */
    private static final int MOST_EDITS_OF_FILES = 2;

    private NearestWord() {}

    /**
     * A hint for a message: {@code ": did you mean X?"} and a blank, or {@code ": "} if no word is
     * near.
     */
    static String hint(String typed, Collection<String> words) {
        return hint(typed, words, 1 + typed.length() / 3); // edits that still look like a slip
    }

    private static String hint(String typed, Collection<String> words, int most) {
        String best = "";
        int least = Math.min(most, typed.length() - 1); // some of it was right
        for (String word : words) {
            int edits = edits(typed, word);
            if (edits <= least && (best.isEmpty() || edits < edits(typed, best))) {
                best = word;
            }
        }
        return best.isEmpty() ? ": " : ": did you mean " + best + "? ";
    }

    /** A hint for a file that does not exist: what its folder has. */
    static String fileHint(Path file) {
        Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try (Stream<Path> files = Files.list(folder)) {
            return hint(
                    file.toString(),
                    files.limit(MOST_FILES)
                            .map(each -> file.resolveSibling(each.getFileName()).toString())
                            .sorted()
                            .toList(),
                    MOST_EDITS_OF_FILES);
        } catch (IOException e) {
            return ": ";
        }
    }

    /** Insertions, deletions, substitutions and swaps of neighbours from one word to another. */
    private static int edits(String from, String to) {
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int cost = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                distance[i][j] =
                        Math.min(
                                distance[i - 1][j - 1] + cost,
                                1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                boolean swapped =
                        i > 1
                                && j > 1
                                && from.charAt(i - 1) == to.charAt(j - 2)
                                && from.charAt(i - 2) == to.charAt(j - 1);
                if (swapped) {
                    distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                }
            }
        }
        return distance[from.length()][to.length()];
    }
}
