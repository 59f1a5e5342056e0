package io.sluice.cli;

import io.sluice.structure.PoonDomingosBuilder;
import io.sluice.structure.RatSpnBuilder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** How the structures that split sets of variables do it. */
final class SplitOptions {
    private static final String PD = "pd";
    private static final String PD_HCLT = "pd-hclt";
    private static final String RAT_SPN = "rat-spn";

    @Option(
            names = "--split-interval",
            paramLabel = "N[,N...]",
            split = ",",
            description = {
                "pd, pd-hclt: pixels from one split to the next, for all axes or each (channels,"
                    + " rows, columns) (default: cuts each into at most 8 parts, channels not at"
                    + " all)."
            })
    int @Nullable [] splitInterval;

    @Option(
            names = "--products",
            paramLabel = "N",
            description =
                    "pd, pd-hclt: splits of a region that a block of its sums reads (default: 4).")
    @Nullable Integer products;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description = {
                "pd, pd-hclt, rat-spn: how many splits may follow each other (default: pd any"
                        + " number, rat-spn 5)."
            })
    @Nullable Integer depth;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            description = "rat-spn: random hierarchies that are mixed (default: 4).")
    @Nullable Integer repetitions;

    @Option(
            names = "--pieces",
            paramLabel = "N",
            description = "rat-spn: pieces of a split (default: 2).")
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
