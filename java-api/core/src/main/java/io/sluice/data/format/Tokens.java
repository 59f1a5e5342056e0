package io.sluice.data.format;

import io.sluice.FileFormatException;

import java.io.IOException;
import java.io.Reader;
import java.util.function.Consumer;

/** Reads the tokens of a text. */
final class Tokens {
    private static final String END_OF_LINE = "<eos>";
    private static final int LONGEST_WORD = 1 << 16;

    private final SourceFile file;
    private final Consumer<String> visitor;

    private Tokens(SourceFile file, Consumer<String> visitor) {
        this.file = file;
        this.visitor = visitor;
    }

    /** Visits the tokens of a file in order. */
    static void visit(
            SourceFile file, TextEncoding encoding, TokenUnit unit, Consumer<String> visitor) {
        Tokens tokens = new Tokens(file, visitor);
        file.read(
                in -> {
                    Reader reader = encoding.reader(in);
                    switch (unit) {
                        case WORD -> tokens.visitWords(reader);
                        case CHAR -> tokens.visitCharacters(reader);
                    }
                    return true;
                });
    }

    private void visitWords(Reader reader) throws IOException {
        StringBuilder word = new StringBuilder();
        boolean lineOpen = false;
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (!Character.isWhitespace(c)) {
                word.append((char) c);
                requireWord(word.length());
            } else if (!word.isEmpty()) {
                visitor.accept(word.toString());
                word.setLength(0);
            }
            lineOpen = c != '\n';
            if (c == '\n') {
                visitor.accept(END_OF_LINE);
            }
        }
        if (!word.isEmpty()) {
            visitor.accept(word.toString());
        }
        if (lineOpen) {
            visitor.accept(END_OF_LINE);
        }
    }

    private void requireWord(int length) {
        if (length > LONGEST_WORD) {
            throw new FileFormatException(
                    file
                            + " has a word of more than "
                            + LONGEST_WORD
                            + " characters: it is no text of words; read it as characters");
        }
    }

    private void visitCharacters(Reader reader) throws IOException {
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            int next = Character.isHighSurrogate((char) c) ? reader.read() : -1;
            visitor.accept(
                    next < 0
                            ? String.valueOf((char) c)
                            : new String(new char[] {(char) c, (char) next}));
        }
    }
}
