package io.sluice.cli;

import io.sluice.structure.PoonDomingosBuilder;
import io.sluice.structure.RatSpnBuilder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** How structures split sets of variables. */
final class SplitOptions {
    private static final String PD = "pd";
    private static final String PD_HCLT = "pd-hclt";
    private static final String RAT_SPN = "rat-spn";

    @Rare
    @Option(
            names = "--split-interval",
            paramLabel = "N[,N...]",
            split = ",",
            description = {
                "pd, pd-hclt: pixels between splits, for all axes or for each of channels, rows and"
                        + " columns (default: at most 8 parts an axis, channels unsplit)."
            })
    int @Nullable [] splitInterval;

    @Rare
    @Option(
            names = "--products",
            paramLabel = "N",
            description =
                    "pd, pd-hclt: how many splits of a region a block of sums reads (default: 4).")
    @Nullable Integer products;

    @Rare
    @Option(
            names = "--depth",
            paramLabel = "N",
            description = {
                "pd, pd-hclt, rat-spn: how many splits may follow each other (default: any number"
                        + " for pd and pd-hclt, 5 for rat-spn)."
            })
    @Nullable Integer depth;

    @Rare
    @Option(
            names = "--repetitions",
            paramLabel = "N",
            description = "rat-spn: how many random hierarchies to mix (default: 4).")
    @Nullable Integer repetitions;

    @Rare
    @Option(
            names = "--pieces",
            paramLabel = "N",
            description = "rat-spn: how many pieces a split makes (default: 2).")
    @Nullable Integer pieces;

    void check(String structure) {
        if (splitInterval != null) {
            for (int interval : splitInterval) {
                Structures.check(structure, "--split-interval", interval, 1, PD, PD_HCLT);
            }
        }
        Structures.check(structure, "--products", products, 1, PD, PD_HCLT);
        Structures.check(structure, "--depth", depth, 1, PD, PD_HCLT, RAT_SPN);
        Structures.check(structure, "--repetitions", repetitions, 1, RAT_SPN);
        Structures.check(structure, "--pieces", pieces, 2, RAT_SPN);
    }

    PoonDomingosBuilder applyTo(PoonDomingosBuilder builder) {
        if (splitInterval != null) {
            builder.splitIntervals(splitInterval);
        }
        if (products != null) {
            builder.productsPerSum(products);
        }
        if (depth != null) {
            builder.depth(depth);
        }
        return builder;
    }

    RatSpnBuilder applyTo(RatSpnBuilder builder) {
        if (depth != null) {
            builder.depth(depth);
        }
        if (repetitions != null) {
            builder.repetitions(repetitions);
        }
        if (pieces != null) {
            builder.pieces(pieces);
        }
        return builder;
    }
}
