package io.sluice.data.format;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a text table is written, found from its first lines.
 *
 * @param separator tab, semicolon, comma, bar, or blank for runs of blanks
 * @param lineEnd what ends a line
 */
record TableDialect(TextEncoding encoding, char separator, String lineEnd) {
    private static final int LINES = 20;
    private static final int LONGEST_SAMPLE = 1 << 22;
    private static final char[] CANDIDATES = {'\t', ';', '|', ','};
    private static final char BLANK = ' ';
    private static final Pattern DECIMAL_COMMA = Pattern.compile("[^,]*[0-9],[0-9]+[^,]*");

    static TableDialect of(SourceFile file, @Nullable Character given, Notes notes) {
        TextEncoding encoding = TextEncoding.of(file, notes);
        Sample sample = file.read(in -> Sample.read(file, in, encoding));
        char separator = given == null ? separator(file, sample.lines, notes) : given;
        return new TableDialect(encoding, separator, sample.lineEnd);
    }

    /**
     * The first candidate that separates each line into equally many cells. A comma beside another
     * such candidate separates cells unless it can be a decimal comma everywhere.
     */
    private static char separator(SourceFile file, List<String> lines, Notes notes) {
        List<Character> regular = new ArrayList<>();
        for (char candidate : CANDIDATES) {
            if (isRegular(lines, candidate)) {
                regular.add(candidate);
            }
        }
        if (!regular.isEmpty()) {
            char first = regular.get(0);
            char last = regular.get(regular.size() - 1);
            boolean comma = first != '\t' && last == ',' && !hasDecimalCommas(lines, first);
            char chosen = comma ? ',' : first;
            if (regular.size() > 1) {
                char other = comma ? first : regular.get(1);
                notes.add(
                        file
                                + " is read with '"
                                + shown(chosen)
                                + "' between its cells, although '"
                                + shown(other)
                                + "' is as regular (--separator)");
            }
            return chosen;
        }
        // ragged: let the first line decide, so that the error names the line that differs
        for (char candidate : CANDIDATES) {
            if (!lines.isEmpty() && count(lines.get(0), candidate) > 0) {
                return candidate;
            }
        }
        return isOneColumn(lines) ? ',' : BLANK;
    }

    /**
     * Whether blanks belong to the cells of a single column: they do not separate each line into
     * equally many cells, and no line below the first is a row of several numbers.
     */
    private static boolean isOneColumn(List<String> lines) {
        if (isRegular(lines.stream().map(line -> words(line).length - 1).toList())) {
            return false;
        }
        return lines.stream().skip(1).map(TableDialect::words).noneMatch(TableDialect::areNumbers);
    }

    private static String[] words(String line) {
        return line.strip().split(" +");
    }

    private static boolean areNumbers(String[] words) {
        return words.length > 1
                && Arrays.stream(words)
                        .noneMatch(word -> Double.isNaN(NumberText.parse(word, '.')));
    }

    private static String shown(char separator) {
        return separator == '\t' ? "tab" : String.valueOf(separator);
    }

    private static boolean isRegular(List<String> lines, char candidate) {
        return isRegular(lines.stream().map(line -> count(line, candidate)).toList())
                || isRegular(
                        lines.stream()
                                .map(line -> count(line, candidate) - trailing(line, candidate))
                                .toList());
    }

    private static boolean isRegular(List<Integer> counts) {
        return !counts.isEmpty()
                && counts.get(0) > 0
                && counts.stream().allMatch(count -> count.equals(counts.get(0)));
    }

    /** 1 when a line ends with a separator, which some programs write after each cell. */
    private static int trailing(String line, char separator) {
        return line.stripTrailing().endsWith(String.valueOf(separator))
                        || line.endsWith(String.valueOf(separator))
                ? 1
                : 0;
    }

    /** Whether every cell below the first line that has a comma can be a number with it. */
    private static boolean hasDecimalCommas(List<String> lines, char separator) {
        for (String line : lines.subList(Math.min(1, lines.size() - 1), lines.size())) {
            for (String cell : line.split(Pattern.quote(String.valueOf(separator)), -1)) {
                if (count(cell, ',') > 0 && !DECIMAL_COMMA.matcher(cell).matches()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** How often a character occurs outside quotes. */
    private static int count(String line, char wanted) {
        int count = 0;
        Quotes quotes = new Quotes();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            count += !quotes.next(c) && c == wanted ? 1 : 0;
        }
        return count;
    }

    /** The first lines that are not empty; line ends inside quotes do not end one. */
    private static final class Sample {
        private final List<String> lines = new ArrayList<>();
        private String lineEnd = "";

        static Sample read(SourceFile file, InputStream in, TextEncoding encoding)
                throws IOException {
            Sample sample = new Sample();
            sample.read(file, encoding.reader(in));
            if (sample.lineEnd.isEmpty()) {
                sample.lineEnd = "\n";
            }
            return sample;
        }

        private void read(SourceFile file, Reader reader) throws IOException {
            StringBuilder line = new StringBuilder();
            Quotes quotes = new Quotes();
            int read = 0;
            for (int c = reader.read(); c >= 0 && lines.size() < LINES; c = reader.read()) {
                if (c == 0) {
                    throw new FileFormatException(
                            file
                                    + " is no text table, it has zero bytes: give IDX files names"
                                    + " that end in -ubyte, CIFAR records .bin and NumPy arrays"
                                    + " .npy");
                }
                boolean ends = !quotes.next((char) c) && (c == '\n' || c == '\r');
                if (!ends) {
                    line.append((char) c);
                } else if (!line.isEmpty()) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                if (ends && (lineEnd.isEmpty() || lineEnd.equals("\r")) && lines.size() <= 1) {
                    lineEnd = lineEnd.isEmpty() || c == '\n' ? lineEnd + (char) c : lineEnd;
                }
                if (++read == LONGEST_SAMPLE) {
                    break;
                }
            }
            boolean cut = read == LONGEST_SAMPLE && !lines.isEmpty();
            if (!line.isEmpty() && lines.size() < LINES && !cut) {
                lines.add(line.toString());
            }
        }
    }
}
