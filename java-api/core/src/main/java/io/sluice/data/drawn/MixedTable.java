package io.sluice.data.drawn;

import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;

import java.util.List;
import java.util.SplittableRandom;

/**
 * {@code builtin:mixture}: a table about made-up plants, drawn from a mixture of four species.
 * Three columns are categorical, one is binary, four are continuous; three cells in a hundred are
 * missing.
 */
final class MixedTable {
    private static final int TRAIN_ROWS = 4_000;
    private static final int VALID_ROWS = 500;
    private static final int TEST_ROWS = 1_000;
    private static final double MISSING = 0.03;

    private static final Schema SCHEMA =
            Schema.of(
                    List.of(
                            Column.categorical(
                                    "habitat", List.of("bog", "forest", "meadow", "rock")),
                            Column.categorical("petals", 8),
                            Column.categorical("colour", List.of("blue", "red", "white", "yellow")),
                            Column.categorical("evergreen", List.of("no", "yes")),
                            Column.continuous("height"),
                            Column.continuous("leaf_length"),
                            Column.continuous("leaf_width"),
                            Column.continuous("altitude")));

    /**
     * Probabilities of the species, then of each species' habitats, colours and being evergreen.
     */
    private static final double[] SPECIES = {0.35, 0.3, 0.2, 0.15};

    private static final double[][] HABITAT = {
        {.7, .1, .2, .0}, {.05, .8, .1, .05}, {.1, .05, .8, .05}, {.0, .05, .15, .8}
    };
    private static final double[][] COLOUR = {
        {.1, .1, .7, .1}, {.6, .1, .2, .1}, {.1, .5, .0, .4}, {.2, .2, .2, .4}
    };
    private static final double[] EVERGREEN = {.2, .9, .05, .5};
    private static final int[] PETALS = {4, 5, 6, 3};
    private static final double[] HEIGHT = {35, 120, 60, 12};
    private static final double[] LEAF = {8, 5, 11, 2};
    private static final double[] ALTITUDE = {300, 700, 450, 1900};

    private MixedTable() {}

    static DataParts draw(long seed) {
        SplittableRandom random = new SplittableRandom(Mixing.mix(seed));
        DatasetBuilder builder = Dataset.builder(SCHEMA);
        int rows = TRAIN_ROWS + VALID_ROWS + TEST_ROWS;
        for (int r = 0; r < rows; r++) {
            double[] row = row(random);
            for (int v = 0; v < row.length; v++) {
                row[v] = random.nextDouble() < MISSING ? Double.NaN : row[v];
            }
            builder.add(row);
        }
        Dataset all = builder.build();
        return new DataParts(
                all.slice(0, TRAIN_ROWS),
                all.slice(TRAIN_ROWS, TRAIN_ROWS + VALID_ROWS),
                all.slice(TRAIN_ROWS + VALID_ROWS, rows));
    }

    private static double[] row(SplittableRandom random) {
        int species = choose(random, SPECIES);
        double growth = random.nextGaussian();
        double leaf = LEAF[species] * (1 + 0.2 * growth + 0.1 * random.nextGaussian());
        return new double[] {
            choose(random, HABITAT[species]),
            Math.clamp(PETALS[species] + (long) Math.rint(0.6 * random.nextGaussian()), 0, 7),
            choose(random, COLOUR[species]),
            random.nextDouble() < EVERGREEN[species] ? 1 : 0,
            HEIGHT[species] * (1 + 0.25 * growth + 0.1 * random.nextGaussian()),
            leaf,
            0.4 * leaf + 0.3 * random.nextGaussian(),
            ALTITUDE[species] * (1 + 0.2 * random.nextGaussian())
        };
    }

    private static int choose(SplittableRandom random, double[] probabilities) {
        double left = random.nextDouble();
        int choice = 0;
        while (choice < probabilities.length - 1 && left >= probabilities[choice]) {
            left -= probabilities[choice];
            choice++;
        }
        return choice;
    }
}
