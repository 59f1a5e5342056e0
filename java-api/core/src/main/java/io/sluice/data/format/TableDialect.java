package io.sluice.data.format;

import io.sluice.FileFormatException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How the cells of a text table are separated, found from its first lines: the first of tab and
 * comma that occurs equally often in each line, outside quotes; otherwise runs of blanks.
 *
 * @param separator tab, comma or blank
 */
record TableDialect(char separator) {
    private static final int LINES = 20;
    private static final int LONGEST_SAMPLE = 1 << 24;
    private static final char[] CANDIDATES = {'\t', ','};

    static TableDialect of(SourceFile file) {
        List<String> lines = file.read(in -> firstLines(file, in));
        for (char candidate : CANDIDATES) {
            int count = lines.isEmpty() ? 0 : countOutsideQuotes(lines.get(0), candidate);
            boolean same =
                    lines.stream().allMatch(line -> countOutsideQuotes(line, candidate) == count);
            if (count > 0 && same) {
                return new TableDialect(candidate);
            }
        }
        // ragged: let the first line decide, so that the error names the line that differs
        for (char candidate : CANDIDATES) {
            if (!lines.isEmpty() && countOutsideQuotes(lines.get(0), candidate) > 0) {
                return new TableDialect(candidate);
            }
        }
        return new TableDialect(' ');
    }

    private static List<String> firstLines(SourceFile file, InputStream in) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        boolean quoted = false;
        int read = 0;
        for (int c = reader.read(); c >= 0 && lines.size() < LINES; c = reader.read()) {
            if (c == 0) {
                throw new FileFormatException(
                        file
                                + " is no text table, it has zero bytes: give IDX files names that"
                                + " end in -ubyte, CIFAR records .bin and NumPy arrays .npy");
            }
            quoted ^= c == '"';
            boolean ends = (c == '\n' || c == '\r') && !quoted;
            if (!ends) {
                line.append((char) c);
            } else if (!line.isEmpty()) {
                lines.add(line.toString());
                line.setLength(0);
            }
            if (++read == LONGEST_SAMPLE) {
                return lines;
            }
        }
        if (!line.isEmpty() && lines.size() < LINES) {
            lines.add(line.toString());
        }
        return lines;
    }

    private static int countOutsideQuotes(String line, char wanted) {
        int count = 0;
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            quoted ^= c == '"';
            count += c == wanted && !quoted ? 1 : 0;
        }
        return count;
    }
}
