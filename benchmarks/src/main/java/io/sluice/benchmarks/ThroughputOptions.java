package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Arguments of {@link Throughput}.
 *
 * @param structure of the circuits
 * @param latents states of the latent variables
 * @param batches rows per batch
 * @param threads of the engines
 * @param seconds least duration of each measurement
 * @param tree of the pixels, for {@link Structure#HCLT}; empty: a random one
 * @param vocabulary categories of a word, for {@link Structure#HMM}
 * @param length words of a sequence, for {@link Structure#HMM}
 * @param json one line of JSON for each figure, without ceilings, instead of a table
 */
record ThroughputOptions(
        Structure structure,
        List<Integer> latents,
        List<Integer> batches,
        List<Integer> threads,
        double seconds,
        Optional<Path> tree,
        int vocabulary,
        int length,
        boolean json) {

    /** Kinds of circuits. */
    enum Structure {
        /** Hidden Chow-Liu tree over 784 pixels. */
        HCLT,
        /** Homogeneous hidden Markov model. */
        HMM,
        /** Quad-graph over 28 x 28 pixels. */
        QUAD
    }

    static final String USAGE =
            """
            usage: Throughput [OPTION VALUE]...
              --structure  hclt or quad (784 variables of 256 categories) or hmm; by default hclt
              --latents    list of numbers of latent states, by default 16,32,64,128,256,512
              --batch      list of batch sizes up to 4096, by default 1,32,256,1024
              --threads    list of numbers of threads, by default 1,2 or 1 on a single core
              --seconds    that each figure is measured for, by default 0.5
              --tree       file with the parent of each pixel, -1 for the root; by default a random tree
              --vocabulary of an hmm, by default 1000
              --length     of an hmm's sequences, by default 32
              --format     table (Markdown) or json (a line for each figure); by default table
            The environment may name a C compiler in CC and a Python with NumPy in PYTHON, by default cc and
            python3, by which the ceilings of arithmetic are measured.
            """;

    /**
     * @throws InvalidArgumentException naming the argument that cannot be used
     */
    static ThroughputOptions parse(String[] arguments) {
        Structure structure = Structure.HCLT;
        List<Integer> latents = List.of(16, 32, 64, 128, 256, 512);
        List<Integer> batches = List.of(1, 32, 256, 1024);
        List<Integer> threads =
                Runtime.getRuntime().availableProcessors() > 1 ? List.of(1, 2) : List.of(1);
        double seconds = 0.5;
        Optional<Path> tree = Optional.empty();
        int vocabulary = 1000;
        int length = 32;
        boolean json = false;
        for (int i = 0; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (i + 1 == arguments.length) {
                throw unusable(name, "nothing", "a value after it");
            }
            String value = arguments[i + 1];
            switch (name) {
                case "--structure" -> structure = structure(name, value);
                case "--latents" -> latents = numbers(name, value);
                case "--batch" -> batches = batches(name, value);
                case "--threads" -> threads = numbers(name, value);
                case "--seconds" -> seconds = seconds(name, value);
                case "--tree" -> tree = Optional.of(Path.of(value));
                case "--vocabulary" -> vocabulary = number(name, value);
                case "--length" -> length = number(name, value);
                case "--format" -> json = isSecond(name, value, "table", "json");
                default -> throw unusable(name, value, "one of the options below");
            }
        }
        return new ThroughputOptions(
                structure, latents, batches, threads, seconds, tree, vocabulary, length, json);
    }

    private static Structure structure(String name, String value) {
        return switch (value) {
            case "hclt" -> Structure.HCLT;
            case "hmm" -> Structure.HMM;
            case "quad" -> Structure.QUAD;
            default -> throw unusable(name, value, "hclt, hmm or quad");
        };
    }

    private static boolean isSecond(String name, String value, String first, String second) {
        if (!value.equals(first) && !value.equals(second)) {
            throw unusable(name, value, first + " or " + second);
        }
        return value.equals(second);
    }

    private static List<Integer> numbers(String name, String value) {
        return Arrays.stream(value.split(",", -1)).map(word -> number(name, word)).toList();
    }

    private static List<Integer> batches(String name, String value) {
        List<Integer> batches = numbers(name, value);
        if (Collections.max(batches) > RandomRows.ROWS) {
            throw unusable(name, value, "at most " + RandomRows.ROWS + " rows");
        }
        return batches;
    }

    private static int number(String name, String value) {
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw unusable(name, value, "whole numbers from 1");
        }
        return Integer.parseInt(value);
    }

    private static double seconds(String name, String value) {
        if (!value.matches("[0-9]{1,5}(\\.[0-9]{1,5})?")) {
            throw unusable(name, value, "a number of seconds such as 0.5");
        }
        return Double.parseDouble(value);
    }

    private static InvalidArgumentException unusable(String name, String value, String expected) {
        return new InvalidArgumentException(
                name + " is given " + value + ", expected " + expected + "\n" + USAGE);
    }
}
