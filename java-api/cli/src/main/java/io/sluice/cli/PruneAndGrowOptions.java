package io.sluice.cli;

import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.Learner;
import io.sluice.learning.PruneAndGrow;
import io.sluice.transform.Prune;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** Whether and how the circuit is pruned and grown after training. */
final class PruneAndGrowOptions {
    @Rare
    @Option(
            names = "--prune-grow",
            paramLabel = "N",
            description = {
                "After training, N times: prune the least used edges, double the nodes and train"
                        + " again. Pruned edges keep the weight zero."
            })
    @Nullable Integer cycles;

    @Rare
    @Option(
            names = "--prune-share",
            paramLabel = "X",
            description = "Share of the edges to prune (default: 0.75).")
    @Nullable Double share;

    @Rare
    @Option(
            names = "--prune-blocks",
            description = {
                "Prune whole tiles of weights, which makes circuits with small blocks faster."
                        + " Blocks have at most 8 nodes unless --block-size says otherwise."
            })
    boolean blocks;

    @Rare
    @Option(
            names = "--grow-noise",
            paramLabel = "X",
            description = "Standard deviation of the log-noise on copied weights (default: 0.3).")
    @Nullable Double noise;

    void check() {
        requireCycles(share != null, "--prune-share " + share);
        requireCycles(noise != null, "--grow-noise " + noise);
        requireCycles(blocks, "--prune-blocks");
        configured(ExpectationMaximization.miniBatch(), 0);
    }

    private void requireCycles(boolean given, String option) {
        if (given && cycles == null) {
            throw new UsageException(
                    option + " is for pruning and growing: give --prune-grow N too");
        }
    }

    /** What was asked for; null when nothing was. Impossible values are invalid arguments. */
    @Nullable PruneAndGrow configured(Learner<?> tuning, long seed) {
        if (cycles == null) {
            return null;
        }
        PruneAndGrow config = PruneAndGrow.tunedBy(tuning).cycles(cycles).seed(seed);
        config = blocks ? config.unit(Prune.Unit.TILE) : config;
        config = share == null ? config : config.share(share);
        return noise == null ? config : config.noise(noise);
    }
}
