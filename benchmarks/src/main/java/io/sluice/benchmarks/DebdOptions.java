package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.runtime.Device;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Arguments of {@link DebdTable}.
 *
 * @param folder with a folder for each set
 * @param sets names of the sets
 * @param latents states of each latent variable
 * @param epochs at most
 * @param patience epochs without progress on validation rows that end a run
 * @param device that computes
 * @param seed of parameters and row order
 */
record DebdOptions(
        Path folder,
        List<String> sets,
        int latents,
        int epochs,
        int patience,
        Device device,
        long seed) {

    private static final List<String> ALL =
            List.of(
                    "nltcs",
                    "msnbc",
                    "kdd",
                    "plants",
                    "baudio",
                    "jester",
                    "bnetflix",
                    "accidents",
                    "tretail",
                    "pumsb_star",
                    "dna",
                    "kosarek",
                    "msweb",
                    "book",
                    "tmovie",
                    "cwebkb",
                    "cr52",
                    "c20ng",
                    "bbc",
                    "ad");

    static final String USAGE =
            """
            usage: DebdTable FOLDER [OPTION VALUE]...
              FOLDER      holds a folder NAME for each set, with NAME.train.data, NAME.valid.data and
                          NAME.test.data, possibly with gzip
              --sets      list of names, by default all twenty
              --latents   states of each latent variable, by default 32
              --epochs    at most, by default 100
              --patience  epochs without a better validation log-likelihood, by default 15
              --device    auto, cpu, cuda, cuda:N or reference, by default auto
              --seed      of parameters and row order, by default 0
            """;

    /**
     * @throws InvalidArgumentException naming the argument that cannot be used
     */
    static DebdOptions parse(String[] arguments) {
        if (arguments.length == 0 || !Files.isDirectory(Path.of(arguments[0]))) {
            throw unusable("FOLDER", arguments.length == 0 ? "nothing" : arguments[0], "a folder");
        }
        Path folder = Path.of(arguments[0]);
        List<String> sets = ALL;
        int latents = 32;
        int epochs = 100;
        int patience = 15;
        String device = "auto";
        int seed = 0;
        for (int i = 1; i < arguments.length; i += 2) {
            String name = arguments[i];
            if (i + 1 == arguments.length) {
                throw unusable(name, "nothing", "a value after it");
            }
            String value = arguments[i + 1];
            switch (name) {
                case "--sets" -> sets = List.of(value.split(",", -1));
                case "--latents" -> latents = number(name, value, 1);
                case "--epochs" -> epochs = number(name, value, 1);
                case "--patience" -> patience = number(name, value, 1);
                case "--device" -> device = value;
                case "--seed" -> seed = number(name, value, 0);
                default -> throw unusable(name, value, "one of the options below");
            }
        }
        return new DebdOptions(folder, sets, latents, epochs, patience, Device.parse(device), seed);
    }

    private static int number(String name, String value, int least) {
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least) {
            throw unusable(name, value, "a whole number from " + least);
        }
        return Integer.parseInt(value);
    }

    private static InvalidArgumentException unusable(String name, String value, String expected) {
        return new InvalidArgumentException(
                name + " is given " + value + ", expected " + expected + "\n" + USAGE);
    }
}
