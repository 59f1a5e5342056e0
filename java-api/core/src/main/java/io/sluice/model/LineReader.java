package io.sluice.model;

import io.sluice.FileFormatException;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the words of a text file line by line, without empty lines and comments. */
final class LineReader implements AutoCloseable {
    private final Path file;
    private final BufferedReader in;
    private String[] words = {};
    private long line;

    LineReader(Path file) throws IOException {
        this.file = file;
        this.in = Files.newBufferedReader(file, StandardCharsets.UTF_8);
    }

    /** Goes to the next line with something to read. */
    boolean next() throws IOException {
        try {
            String text = in.readLine();
            line++;
            while (text != null && (text.isBlank() || text.startsWith("c"))) {
                text = in.readLine();
                line++;
            }
            words = text == null ? new String[0] : text.strip().split("\\s+");
            return text != null;
        } catch (CharacterCodingException e) {
            throw new FileFormatException(
                    file + ", line " + line + ": no UTF-8 text: give a text file", e);
        }
    }

    int words() {
        return words.length;
    }

    String word(int position) {
        return words[position];
    }

    /** Checks how many words the line has. */
    void expect(int count) {
        if (words.length != count) {
            throw problem("has " + words.length + " words, expected " + count);
        }
    }

    /** A whole number in a range, both ends included. */
    int number(int position, int least, int most) {
        try {
            int value = Integer.parseInt(words[position]);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // the same problem
        }
        throw problem(
                "has '" + words[position] + "', expected a whole number of at least " + least);
    }

    /** A probability from its logarithm; that of zero is {@code -inf}, or Java's name for it. */
    double probability(int position) {
        if (words[position].equalsIgnoreCase("-inf")) {
            return 0;
        }
        try {
            double log = Double.parseDouble(words[position]);
            if (log <= 1e-3) {
                return Math.exp(log);
            }
        } catch (NumberFormatException e) {
            // the same problem
        }
        throw problem(
                "has '" + words[position] + "', expected the logarithm of a probability, up to 0");
    }

    FileFormatException problem(String what) {
        return new FileFormatException(
                file + ", line " + line + " " + what + ": correct the file, or copy it again");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
