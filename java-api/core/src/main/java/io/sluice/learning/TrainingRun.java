package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.learning.TrainingHistory.Ending;
import io.sluice.runtime.Engine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** One run of a {@link Learner}: the loop over epochs and batches, and its state. */
final class TrainingRun implements AutoCloseable {
    private static final double TICK = 1e-9; // seconds; a tiny epoch may take no measurable time

    private final Settings settings;
    private final Engine engine;
    private final Dataset train;
    private final @Nullable Dataset valid;
    private final int rows;
    private final int batchRows;
    private final int batches;
    private final int batchesPerStep;
    private final UpdateRule rule;
    private final @Nullable Checkpoints checkpoints;

    private final List<TrainingHistory.Epoch> finished = new ArrayList<>();
    private int batch;
    private double total;
    private double seconds;
    private @Nullable Parameters initial; // until a row is known to be possible
    private int bestEpoch;
    private double bestValidation = Double.NaN;
    private @Nullable Parameters best; // null without a validation set

    /** Checks everything that can be checked, and reads the checkpoint when resuming. */
    TrainingRun(Settings settings, Engine engine, Dataset train) {
        this.settings = settings;
        this.engine = engine;
        this.train = train;
        this.valid = settings.validation;
        Circuit circuit = engine.circuit();
        checkSettings(settings);
        checkData("training", train, circuit);
        if (valid != null) {
            checkData("validation", valid, circuit);
        }
        rows = (int) train.rows();
        batchRows = Math.min(settings.batchSize, rows);
        batches = (rows - 1) / batchRows + 1;
        batchesPerStep =
                settings.fullBatch() ? batches : Math.min(settings.batchesPerStep, batches);
        rule =
                switch (settings.algorithm) {
                    case MINI_BATCH, FULL_BATCH ->
                            settings.viterbi ? new Viterbi(circuit) : new UpdateRule.Em();
                    case ANEMONE -> new Anemone(settings.momentum, circuit);
                    case SGD -> new GradientRule(false, settings.momentum, circuit);
                    case ADAM -> new GradientRule(true, settings.momentum, circuit);
                };
        initial = circuit.parameters();
        best = valid == null ? null : circuit.parameters();
        if (settings.checkpoints == null) {
            checkpoints = null;
        } else {
            RunIdentity identity = RunIdentity.of(settings, circuit, train);
            checkpoints = new Checkpoints(settings.checkpoints, identity, train.schema());
            checkpoints.open(settings.resume);
        }
    }

    private static void checkSettings(Settings settings) {
        if (settings.patience > 0 && settings.validation == null) {
            throw new InvalidArgumentException(
                    "patience is "
                            + settings.patience
                            + " epochs, but there is no validation set: give one, or leave patience"
                            + " out");
        }
        if (settings.checkpoints == null && (settings.resume || settings.checkpointEvery > 0)) {
            throw new InvalidArgumentException(
                    (settings.resume ? "resume" : "checkpoints every " + settings.checkpointEvery)
                            + " without a checkpoint folder: give one");
        }
        if (settings.fullBatch() && settings.checkpointEvery > 0) {
            throw new InvalidArgumentException(
                    "checkpoints every "
                            + settings.checkpointEvery
                            + " batches are for mini-batch EM; full-batch EM changes its parameters"
                            + " and writes checkpoints at the ends of epochs: leave this out");
        }
        if (settings.checkpointEvery % settings.batchesPerStep != 0) {
            throw new InvalidArgumentException(
                    "checkpoints every "
                            + settings.checkpointEvery
                            + " batches, but a step takes "
                            + settings.batchesPerStep
                            + ", between which there is nothing to save: give a multiple of that");
        }
    }

    private static void checkData(String what, Dataset data, Circuit circuit) {
        if (data.rows() < 1) {
            throw new InvalidArgumentException("the " + what + " data have no rows: give some");
        }
        if (data.rows() > Integer.MAX_VALUE) {
            throw new InvalidArgumentException(
                    "the "
                            + what
                            + " data have "
                            + data.rows()
                            + " rows, expected at most 2147483647: use parts of them in turn");
        }
        if (data.variables() != circuit.variables()) {
            throw new InvalidArgumentException(
                    "the "
                            + what
                            + " data have "
                            + data.variables()
                            + " variables, the circuit "
                            + circuit.variables()
                            + ": give data with the circuit's variables");
        }
    }

    /** Frees the checkpoint folder. */
    @Override
    public void close() {
        if (checkpoints != null) {
            checkpoints.close();
        }
    }

    TrainingHistory run() {
        engine.discardStatistics();
        if (checkpoints != null && settings.resume && checkpoints.exists()) {
            continueFrom(checkpoints.load());
        } else if (valid != null) {
            // Shows early whether the validation data fit, and is the first best value.
            bestValidation = engine.logLikelihood(valid).mean();
        }
        Ending ending = runEpochs();
        engine.discardStatistics(); // of an epoch that was stopped
        if (best == null) {
            return new TrainingHistory(finished, OptionalInt.empty(), ending);
        }
        engine.load(best);
        return new TrainingHistory(finished, OptionalInt.of(bestEpoch), ending);
    }

    private void continueFrom(Checkpoints.Saved saved) {
        TrainingState state = saved.state();
        if (state.finished().size() > settings.epochs
                || state.batch() >= batches
                || state.bestEpoch() > state.finished().size()
                || (saved.best() == null) != (valid == null)) {
            throw new FileFormatException(
                    "the checkpoint in "
                            + settings.checkpoints
                            + " is after epoch "
                            + state.finished().size()
                            + ", batch "
                            + state.batch()
                            + ", best epoch "
                            + (saved.best() == null ? "unknown" : state.bestEpoch())
                            + ", but a run has "
                            + settings.epochs
                            + " epochs of "
                            + batches
                            + " batches"
                            + (valid == null ? "" : " and a validation set")
                            + ": the checkpoint is damaged, start again in another folder");
        }
        rule.restore(saved.ruleState());
        engine.load(saved.current());
        best = saved.best();
        finished.addAll(state.finished());
        batch = state.batch();
        total = state.total();
        seconds = state.seconds();
        bestEpoch = state.bestEpoch();
        bestValidation = state.bestValidation();
    }

    private Ending runEpochs() {
        while (finished.size() < settings.epochs) {
            if (settings.patience > 0 && finished.size() - bestEpoch >= settings.patience) {
                return Ending.OUT_OF_PATIENCE;
            }
            if (!runBatches(finished.size() + 1)) {
                if (batch > 0) {
                    saveCheckpoint();
                }
                return Ending.STOPPED;
            }
            finishEpoch();
        }
        return Ending.COMPLETED;
    }

    /**
     * Runs the remaining batches of an epoch. Returns false when the run was stopped; the state is
     * then that after the last step.
     */
    private boolean runBatches(int epoch) {
        int[] order =
                settings.fullBatch()
                        ? RowOrder.sequential(rows)
                        : RowOrder.shuffled(rows, settings.shuffleSeed, epoch);
        int stepBegan = batch;
        double totalBefore = total;
        double secondsBefore = seconds;
        while (batch < batches) {
            if (Thread.currentThread().isInterrupted() || settings.stop.getAsBoolean()) {
                batch = stepBegan;
                total = totalBefore;
                seconds = secondsBefore;
                return false;
            }
            long start = System.nanoTime();
            int from = batch * batchRows;
            int to = endOfBatch(from);
            int[] chosen = Arrays.copyOfRange(order, from, to);
            batch++;
            boolean steps = batch % batchesPerStep == 0 || batch == batches;
            double stepSize = 0;
            double logLikelihood;
            if (steps) {
                int rowsInStep = to - stepBegan * batchRows;
                stepSize = stepSize(epoch, rowsInStep);
                int[] upcoming = Arrays.copyOfRange(order, to, endOfBatch(to));
                logLikelihood =
                        rule.step(
                                engine,
                                train,
                                chosen,
                                upcoming,
                                new UpdateRule.StepSettings(
                                        rowsInStep, stepSize, settings.pseudocount));
            } else {
                logLikelihood = rule.accumulate(engine, train, chosen);
            }
            checkPossible(logLikelihood);
            total += logLikelihood;
            seconds += (System.nanoTime() - start) * TICK;
            settings.listener.onBatch(
                    new TrainingListener.BatchProgress(
                            epoch, settings.epochs, batch, batches, to, total / to, stepSize));
            if (steps) {
                if (settings.checkpointEvery > 0
                        && batch < batches
                        && batch % settings.checkpointEvery == 0) {
                    saveCheckpoint();
                }
                stepBegan = batch;
                totalBefore = total;
                secondsBefore = seconds;
            }
        }
        return true;
    }

    /**
     * Checks that the circuit can produce at least one of the training rows: from impossible rows
     * there is nothing to learn. Steps do not change which rows are possible.
     *
     * @param logLikelihood of the first batch, or any later one
     */
    private void checkPossible(double logLikelihood) {
        Parameters before = initial;
        initial = null;
        if (before == null || logLikelihood != Double.NEGATIVE_INFINITY) {
            return;
        }
        for (double row : engine.logLikelihood(train).values()) {
            if (row != Double.NEGATIVE_INFINITY) {
                return;
            }
        }
        engine.load(before);
        throw new InvalidArgumentException(
                "all "
                        + rows
                        + " training rows, row 0 the first, have probability zero under the"
                        + " circuit: give rows that it can produce, or replace its hard zeros");
    }

    private int endOfBatch(int from) {
        return (int) Math.min(rows, (long) from + batchRows);
    }

    /** Size of the step after the batches done so far. */
    private double stepSize(int epoch, int rowsInStep) {
        long stepsPerEpoch = (batches - 1) / batchesPerStep + 1L;
        long step = (epoch - 1) * stepsPerEpoch + (batch - 1) / batchesPerStep;
        double scale = rowsInStep / Math.min(rows, (double) batchRows * batchesPerStep);
        return scale * settings.stepSize.at(progress(step, settings.epochs * stepsPerEpoch));
    }

    private static double progress(long step, long steps) {
        return steps == 1 ? 0 : (double) step / (steps - 1);
    }

    private void finishEpoch() {
        int epoch = finished.size() + 1;
        OptionalDouble validation = OptionalDouble.empty();
        Circuit snapshot = null;
        if (valid != null) {
            double mean = engine.logLikelihood(valid).mean();
            validation = OptionalDouble.of(mean);
            // Until every row is possible, a later epoch is better.
            if (mean > bestValidation || bestValidation == Double.NEGATIVE_INFINITY) {
                snapshot = engine.circuit();
                bestValidation = mean;
                bestEpoch = epoch;
                best = snapshot.parameters();
            }
        }
        finished.add(
                new TrainingHistory.Epoch(
                        epoch, total / rows, validation, seconds, rows / Math.max(seconds, TICK)));
        batch = 0;
        total = 0;
        seconds = 0;
        settings.listener.onEpoch(finished.get(epoch - 1));
        saveCheckpoint(snapshot);
    }

    private void saveCheckpoint() {
        saveCheckpoint(null);
    }

    private void saveCheckpoint(@Nullable Circuit snapshot) {
        if (checkpoints != null) {
            List<double[]> ruleState = rule.state();
            checkpoints.save(
                    new TrainingState(
                            finished,
                            batch,
                            total,
                            seconds,
                            bestEpoch,
                            bestValidation,
                            !ruleState.isEmpty()),
                    snapshot == null ? engine.circuit() : snapshot,
                    best,
                    ruleState);
        }
    }
}
