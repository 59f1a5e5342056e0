package io.sluice.circuit;

import io.sluice.InvalidArgumentException;

import java.util.Arrays;

/**
 * The variables that a node depends on: an immutable set of variable numbers, kept as a bit set
 * between its smallest and its largest variable.
 */
public final class Scope {
    private static final int WORD_SHIFT = 6;
    private static final int WORD_BITS = 1 << WORD_SHIFT;

    /** Scopes with more variables than this are abbreviated in messages. */
    private static final int VARIABLES_SHOWN = 12;

    private final int firstWord;
    private final long[] words; // neither the first nor the last word is zero

    private Scope(int firstWord, long[] words) {
        this.firstWord = firstWord;
        this.words = words;
    }

    /**
     * The scope of the given variables.
     *
     * @param variables at least one variable number, each at least 0; duplicates count once
     * @throws InvalidArgumentException for no variable or a negative one
     */
    public static Scope of(int... variables) {
        if (variables.length == 0) {
            throw new InvalidArgumentException(
                    "a scope of no variables: every node depends on at least one variable");
        }
        int smallest = Integer.MAX_VALUE;
        int largest = 0;
        for (int variable : variables) {
            if (variable < 0) {
                throw new InvalidArgumentException(
                        "variable " + variable + ": variables are numbered from 0");
            }
            smallest = Math.min(smallest, variable);
            largest = Math.max(largest, variable);
        }
        int firstWord = smallest >> WORD_SHIFT;
        long[] words = new long[(largest >> WORD_SHIFT) - firstWord + 1];
        for (int variable : variables) {
            words[(variable >> WORD_SHIFT) - firstWord] |= 1L << variable;
        }
        return new Scope(firstWord, words);
    }

    /** Whether the scope holds this variable. */
    public boolean contains(int variable) {
        int word = (variable >> WORD_SHIFT) - firstWord;
        return word >= 0 && word < words.length && (words[word] & (1L << variable)) != 0;
    }

    /** Whether the two scopes share a variable. */
    public boolean intersects(Scope other) {
        int from = Math.max(firstWord, other.firstWord);
        int to = Math.min(endWord(), other.endWord());
        for (int word = from; word < to; word++) {
            if ((words[word - firstWord] & other.words[word - other.firstWord]) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The variables of either scope. */
    public Scope union(Scope other) {
        int from = Math.min(firstWord, other.firstWord);
        long[] united = new long[Math.max(endWord(), other.endWord()) - from];
        System.arraycopy(words, 0, united, firstWord - from, words.length);
        for (int word = 0; word < other.words.length; word++) {
            united[word + other.firstWord - from] |= other.words[word];
        }
        return new Scope(from, united);
    }

    /** Number of variables, at least 1. */
    public int size() {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /** The variables in ascending order, in a new array. */
    public int[] toArray() {
        return firstVariables(size());
    }

    private int[] firstVariables(int count) {
        int[] variables = new int[count];
        int filled = 0;
        for (int word = 0; word < words.length; word++) {
            for (long rest = words[word]; rest != 0 && filled < count; rest &= rest - 1) {
                variables[filled++] =
                        (word + firstWord) * WORD_BITS + Long.numberOfTrailingZeros(rest);
            }
        }
        return variables;
    }

    private int endWord() {
        return firstWord + words.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Scope scope
                && scope.firstWord == firstWord
                && Arrays.equals(scope.words, words);
    }

    @Override
    public int hashCode() {
        return 31 * firstWord + Arrays.hashCode(words);
    }

    /** The variables in braces; a long scope is abbreviated and its size given. */
    @Override
    public String toString() {
        int size = size();
        int[] shown = firstVariables(Math.min(size, VARIABLES_SHOWN));
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < shown.length; i++) {
            text.append(i == 0 ? "" : ", ").append(shown[i]);
        }
        if (size > shown.length) {
            text.append(", ... ").append(size).append(" variables");
        }
        return text.append('}').toString();
    }
}
