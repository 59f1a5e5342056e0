package io.sluice.cli;

import io.sluice.circuit.EdgePattern;
import io.sluice.structure.HcltBuilder;
import io.sluice.structure.HmmBuilder;
import io.sluice.structure.PoonDomingosBuilder;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.List;

/** Which parameters the nodes of a structure share, and which nodes are connected. */
final class SharingOptions {
    private static final String HCLT = "hclt";
    private static final String HMM = "hmm";
    private static final String PD = "pd";
    private static final String DENSE = "dense";
    private static final String BLOCK_DIAGONAL = "block-diagonal";
    private static final String MONARCH = "monarch";
    private static final String RANDOM = "random:";

    @Rare
    @Option(
            names = "--roots",
            paramLabel = "N",
            description = {
                "hclt: how many trees to mix, which differ only in the distribution of the root's"
                        + " latent variable (default: 1)."
            })
    @Nullable Integer roots;

    @Rare
    @Option(
            names = "--tied",
            arity = "1",
            paramLabel = "true|false",
            description = {
                "hclt: whether all columns share their inputs; pd: whether boxes of one shape share"
                        + " sums and inputs; hmm: whether all steps do (default: true for hmm,"
                        + " otherwise false)."
            })
    @Nullable Boolean tied;

    @Rare
    @Option(
            names = "--edges",
            paramLabel = "PATTERN",
            description = {
                "hclt, hmm: which blocks of states lead to which: dense, block-diagonal, monarch,"
                        + " or random:N for N random blocks each (default: dense)."
            })
    @Nullable String edges;

    void check(String structure) {
        Structures.check(structure, "--roots", roots, 1, HCLT);
        if (tied != null) {
            Structures.check(structure, "--tied " + tied, HCLT, HMM, PD);
        }
        if (edges != null) {
            Structures.check(structure, "--edges " + edges, HCLT, HMM);
            pattern(edges, 0);
        }
    }

    /** Whether all columns share their inputs, which one kind of structure does by default. */
    boolean sharesInputs(boolean byDefault) {
        return tied == null ? byDefault : tied;
    }

    private static EdgePattern pattern(String text, long seed) {
        return switch (text) {
            case DENSE -> EdgePattern.dense();
            case BLOCK_DIAGONAL -> EdgePattern.blockDiagonal();
            case MONARCH -> EdgePattern.monarch();
            default -> EdgePattern.randomBlocks(childrenPerBlock(text), seed);
        };
    }

    private static int childrenPerBlock(String text) {
        int count = 0;
        if (text.startsWith(RANDOM)) {
            try {
                count = Integer.parseInt(text.substring(RANDOM.length()));
            } catch (NumberFormatException e) {
                count = 0;
            }
        }
        if (count < 1) {
            throw new UsageException(
                    "--edges "
                            + text
                            + " is no pattern"
                            + NearestWord.hint(text, List.of(DENSE, BLOCK_DIAGONAL, MONARCH))
                            + "give dense, block-diagonal, monarch, or random:4 for"
                            + " four blocks each");
        }
        return count;
    }

    HcltBuilder applyTo(HcltBuilder builder, long seed) {
        if (roots != null) {
            builder.roots(roots);
        }
        if (tied != null) {
            builder.tiedInputs(tied);
        }
        return edges == null ? builder : builder.edges(pattern(edges, seed));
    }

    HmmBuilder applyTo(HmmBuilder builder, long seed) {
        if (tied != null) {
            builder.homogeneous(tied);
        }
        return edges == null ? builder : builder.edges(pattern(edges, seed));
    }

    PoonDomingosBuilder applyTo(PoonDomingosBuilder builder) {
        return tied == null ? builder : builder.homogeneous(tied);
    }
}
