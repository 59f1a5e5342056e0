package io.sluice.cli;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Whether an option goes with the structure that was asked for. */
final class Structures {
    private Structures() {}

    /**
     * @param option with its value, as it was typed
     * @param structures that take it
     */
    static void check(String structure, String option, String... structures) {
        if (!List.of(structures).contains(structure)) {
            throw new UsageException(
                    option
                            + " does not go with --structure "
                            + structure
                            + ": leave it out, or take "
                            + String.join(" or ", structures));
        }
    }

    /** The same for a whole number, which is at least {@code least}; null was not given. */
    static void check(
            String structure,
            String option,
            @Nullable Integer value,
            int least,
            String... structures) {
        if (value == null) {
            return;
        }
        check(structure, option + " " + value, structures);
        if (value < least) {
            throw new UsageException(option + " is " + value + ": give at least " + least);
        }
    }
}
