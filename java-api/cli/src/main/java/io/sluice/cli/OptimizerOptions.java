package io.sluice.cli;

import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.GradientAscent;
import io.sluice.learning.Learner;
import io.sluice.learning.StepSizeSchedule;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How training learns, and which checkpoints it keeps. */
final class OptimizerOptions {
    private static final String FULL = "full-em";
    private static final String MINI = "mini-em";
    private static final String ANEMONE = "anemone";
    private static final String SGD = "sgd";
    private static final String ADAM = "adam";

    @Rare
    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = MINI,
            description = {
                "mini-em: a step for each batch; full-em: a step for each epoch; anemone: a step"
                        + " for each batch, larger for nodes that the batch uses more; sgd, adam:"
                        + " gradient ascent (default: ${DEFAULT-VALUE})."
            })
    String optimizer = MINI;

    @Rare
    @Option(
            names = "--viterbi",
            description = {
                "mini-em, full-em: count only the most probable sub-circuit of each row. The"
                        + " reported likelihood is then that of these sub-circuits."
            })
    boolean viterbi;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = {
                "Passes over the rows (default: 20).",
                "For builtin:digits the default is 5."
            })
    @Nullable Integer epochs;

    @Rare
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Rows in a batch (default: 512, for full-em 4096).")
    @Nullable Integer batchSize;

    @Rare
    @Option(
            names = "--batches-per-step",
            paramLabel = "N",
            description = "mini-em, anemone, sgd, adam: batches per step (default: 1).")
    @Nullable Integer batchesPerStep;

    @Rare
    @Option(
            names = "--momentum",
            paramLabel = "X",
            description = "anemone, sgd, adam: momentum (default: 0.9).")
    @Nullable Double momentum;

    @Rare
    @Option(
            names = "--step-size",
            paramLabel = "X[:Y]",
            description = {
                "Step size, over 0 and up to 1; X:Y falls from X to Y linearly"
                        + " (default: 0.42:0.02, for full-em 1, sgd 0.003:0.0003, adam 0.1:0.01)."
            })
    @Nullable String stepSize;

    @Rare
    @Option(
            names = "--pseudocount",
            paramLabel = "X",
            description = "EM: rows added to the counts of each node (default: 0.1).")
    @Nullable Double pseudocount;

    @Rare
    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Stop after N epochs without a better validation log-likelihood.")
    @Nullable Integer patience;

    @Option(
            names = "--checkpoint",
            paramLabel = "DIR",
            description = "Folder to write a checkpoint into after each epoch.")
    @Nullable Path checkpoint;

    @Rare
    @Option(
            names = "--checkpoint-every",
            paramLabel = "N",
            description = "Also write a checkpoint after every N batches.")
    @Nullable Integer checkpointEvery;

    @Option(names = "--resume", description = "Continue from the checkpoint, if there is one.")
    boolean resume;

    void check() {
        configured(0);
        Path folder = checkpoint;
        if (folder == null) {
            if (resume || checkpointEvery != null) {
                throw new UsageException(
                        (resume ? "--resume" : "--checkpoint-every " + checkpointEvery)
                                + " needs a folder: give --checkpoint DIR");
            }
            return;
        }
        OutputFile.checkFolder("--checkpoint", folder);
        if (!resume && Files.exists(folder.resolve(Learner.CHECKPOINT_FILE))) {
            throw new UsageException(
                    "--checkpoint "
                            + folder
                            + " holds the checkpoint of an earlier run: add --resume to continue"
                            + " it, or give another folder");
        }
        if (checkpointEvery != null && optimizer.equals(FULL)) {
            throw new UsageException(
                    "--checkpoint-every "
                            + checkpointEvery
                            + " is for mini-em, as full-em takes its step at the end of the epoch:"
                            + " leave it out");
        }
    }

    /** The learning that was asked for; impossible values are invalid arguments. */
    Learner<?> configured(long seed) {
        Learner<?> learner =
                switch (optimizer) {
                    case MINI -> configured(ExpectationMaximization.miniBatch());
                    case FULL -> configured(ExpectationMaximization.fullBatch());
                    case ANEMONE -> configured(ExpectationMaximization.anemone());
                    case SGD -> configured(GradientAscent.sgd());
                    case ADAM -> configured(GradientAscent.adam());
                    default ->
                            throw new UsageException(
                                    "--optimizer "
                                            + optimizer
                                            + " is unknown"
                                            + NearestWord.hint(
                                                    optimizer,
                                                    List.of(MINI, FULL, ANEMONE, SGD, ADAM))
                                            + "give "
                                            + String.join(", ", MINI, FULL, ANEMONE, SGD)
                                            + " or "
                                            + ADAM);
                };
        learner = learner.shuffleSeed(seed).resume(resume);
        learner = epochs == null ? learner : learner.epochs(epochs);
        learner = batchSize == null ? learner : learner.batchSize(batchSize);
        learner = batchesPerStep == null ? learner : learner.batchesPerStep(batchesPerStep);
        learner = stepSize == null ? learner : learner.stepSize(schedule(stepSize));
        learner = patience == null ? learner : learner.patience(patience);
        learner = checkpoint == null ? learner : learner.checkpoints(checkpoint);
        return checkpointEvery == null ? learner : learner.checkpointEvery(checkpointEvery);
    }

    private ExpectationMaximization configured(ExpectationMaximization em) {
        em = viterbi ? em.viterbi() : em;
        em = pseudocount == null ? em : em.pseudocount(pseudocount);
        return momentum == null ? em : em.momentum(momentum);
    }

    private GradientAscent configured(GradientAscent ascent) {
        if (viterbi) {
            throw new UsageException(
                    "--viterbi does not go with --optimizer "
                            + optimizer
                            + ", which needs the flows of all sub-circuits: leave it out");
        }
        if (pseudocount != null) {
            throw new UsageException(
                    "--pseudocount "
                            + pseudocount
                            + " does not go with --optimizer "
                            + optimizer
                            + ", which counts nothing: leave it out");
        }
        return momentum == null ? ascent : ascent.momentum(momentum);
    }

    private static StepSizeSchedule schedule(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? StepSizeSchedule.constant(number(text, text))
                : StepSizeSchedule.linear(
                        number(text.substring(0, colon), text),
                        number(text.substring(colon + 1), text));
    }

    private static double number(String part, String text) {
        try {
            return Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw new UsageException(
                    "--step-size "
                            + text
                            + " is no number and no pair of numbers: give 0.1 or 0.42:0.02, for"
                            + " example",
                    e);
        }
    }
}
