package io.sluice.data.format;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The tokens of a text as numbers of a vocabulary. */
final class TokenStream {
    private static final String END_OF_LINE = "<eos>";

    private int[] tokens = new int[1 << 12];
    private int size;

    private TokenStream() {}

    /** Reads a text, counting its tokens in the vocabulary. */
    static TokenStream read(InputStream in, TokenUnit unit, Vocabulary vocabulary)
            throws IOException {
        Reader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        TokenStream stream = new TokenStream();
        switch (unit) {
            case WORD -> stream.readWords(reader, vocabulary);
            case CHAR -> stream.readCharacters(reader, vocabulary);
        }
        return stream;
    }

    int size() {
        return size;
    }

    int token(int position) {
        return tokens[position];
    }

    private void readWords(Reader reader, Vocabulary vocabulary) throws IOException {
        StringBuilder word = new StringBuilder();
        boolean lineOpen = false;
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            boolean blank = Character.isWhitespace(c);
            if (!blank) {
                word.append((char) c);
            } else if (!word.isEmpty()) {
                append(vocabulary.count(word.toString()));
                word.setLength(0);
            }
            lineOpen = c != '\n';
            if (c == '\n') {
                append(vocabulary.count(END_OF_LINE));
            }
        }
        if (!word.isEmpty()) {
            append(vocabulary.count(word.toString()));
        }
        if (lineOpen) {
            append(vocabulary.count(END_OF_LINE));
        }
    }

    private void readCharacters(Reader reader, Vocabulary vocabulary) throws IOException {
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            int next = Character.isHighSurrogate((char) c) ? reader.read() : -1;
            String text =
                    next < 0
                            ? String.valueOf((char) c)
                            : new String(new char[] {(char) c, (char) next});
            append(vocabulary.count(text));
        }
    }

    private void append(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
        }
        tokens[size++] = token;
    }
}
