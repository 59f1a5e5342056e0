package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checkpoint folder of one run, locked from {@link #open} to {@link #close}. It holds {@code
 * checkpoint.sluice}, whose metadata are the {@link TrainingState}; {@code best-N.sluice} with the
 * parameters of the best epoch, N; and {@code rule-E-B.bin} with the numbers that the update rule
 * keeps, if any, after B batches of the epoch that follows epoch E. The other files are written
 * before the checkpoint that needs them, and the previous ones are deleted after it. A kill at any
 * moment thus leaves a checkpoint with everything it needs.
 */
final class Checkpoints implements AutoCloseable {
    private static final String BEST_PREFIX = "best-";
    private static final String BEST_SUFFIX = ".sluice";
    private static final String RULE_PREFIX = "rule-";
    private static final String RULE_SUFFIX = ".bin";

    /** Temporary files of a run that was killed while it wrote one of its files. */
    private static final String LEFTOVERS =
            ".{" + Learner.CHECKPOINT_FILE + "," + BEST_PREFIX + "," + RULE_PREFIX + "}*.tmp";

    private static final int NONE = -1;

    private final Path folder;
    private final RunIdentity identity;
    private final Schema schema;
    private @Nullable FolderLock lock; // null: not open
    private int bestWritten = NONE;

    /**
     * The content of a checkpoint; it has best parameters if there is a validation set.
     *
     * @param ruleState numbers that the update rule keeps
     */
    record Saved(
            TrainingState state,
            Parameters current,
            @Nullable Parameters best,
            List<double[]> ruleState) {}

    Checkpoints(Path folder, RunIdentity identity, Schema schema) {
        this.folder = folder;
        this.identity = identity;
        this.schema = schema;
    }

    /**
     * Makes and locks the folder, deletes unfinished files of a killed run, and checks that there
     * is a checkpoint only if one is expected.
     */
    void open(boolean resume) {
        try {
            lock =
                    Uninterrupted.run(
                            () -> {
                                Files.createDirectories(folder);
                                return FolderLock.of(folder);
                            });
            if (exists() && !resume) {
                throw new InvalidArgumentException(
                        "checkpoint folder "
                                + folder
                                + " holds the checkpoint of an earlier run: resume it, or give"
                                + " another folder");
            }
            deleteMatching(LEFTOVERS, null);
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(
                    "cannot use the checkpoint folder " + folder + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Frees the folder for other runs. */
    @Override
    public void close() {
        if (lock != null) {
            try {
                lock.close();
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot unlock the checkpoint folder " + folder + ": " + e.getMessage(), e);
            }
        }
    }

    boolean exists() {
        return Files.exists(file());
    }

    private Path file() {
        return folder.resolve(Learner.CHECKPOINT_FILE);
    }

    private Path bestFile(int epoch) {
        return folder.resolve(BEST_PREFIX + epoch + BEST_SUFFIX);
    }

    private Path ruleFile(TrainingState state) {
        return folder.resolve(
                RULE_PREFIX + state.finished().size() + "-" + state.batch() + RULE_SUFFIX);
    }

    /**
     * Reads the checkpoint and checks that it belongs to this run.
     *
     * @throws FileFormatException when it is damaged, or one of its files is missing
     */
    Saved load() {
        try {
            return Uninterrupted.run(this::read);
        } catch (NoSuchFileException e) {
            throw new FileFormatException(
                    "the checkpoint in "
                            + folder
                            + " needs the file "
                            + e.getFile()
                            + ", which is missing: copy the whole folder again, or start again in"
                            + " another folder",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the checkpoint in " + folder + ": " + e.getMessage(), e);
        }
    }

    private Saved read() throws IOException {
        Model model = readModel(file());
        TrainingState state;
        try {
            state = TrainingState.ofMetadata(model.metadata());
        } catch (FileFormatException e) {
            throw new FileFormatException(file() + ": " + e.getMessage(), e);
        }
        Parameters current = model.circuit().parameters();
        List<double[]> ruleState =
                state.keepsRule() ? RuleStateFile.read(ruleFile(state)) : List.of();
        if (Double.isNaN(state.bestValidation())) {
            return new Saved(state, current, null, ruleState);
        }
        Model best = readModel(bestFile(state.bestEpoch()));
        bestWritten = state.bestEpoch();
        return new Saved(state, current, best.circuit().parameters(), ruleState);
    }

    private Model readModel(Path file) throws IOException {
        Model model = ModelFile.read(file);
        identity.checkSame(model.metadata(), file);
        identity.checkStructure(model.circuit(), file);
        return model;
    }

    /**
     * Writes a checkpoint.
     *
     * @param current the circuit with its current parameters
     * @param best parameters of the best epoch; null without a validation set
     * @param ruleState numbers that the update rule keeps
     */
    void save(
            TrainingState state,
            Circuit current,
            @Nullable Parameters best,
            List<double[]> ruleState) {
        try {
            Uninterrupted.run(() -> write(state, current, best, ruleState));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write a checkpoint in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Writes the files of a checkpoint; returns the checkpoint's own file. */
    private Path write(
            TrainingState state,
            Circuit current,
            @Nullable Parameters best,
            List<double[]> ruleState)
            throws IOException {
        if (best != null && bestWritten != state.bestEpoch()) {
            Model model = new Model(current.withParameters(best), schema, identity.toMetadata());
            ModelFile.write(model, bestFile(state.bestEpoch()));
            bestWritten = state.bestEpoch();
        }
        if (state.keepsRule()) {
            RuleStateFile.write(ruleState, ruleFile(state));
        }
        Map<String, String> metadata = new LinkedHashMap<>(identity.toMetadata());
        metadata.putAll(state.toMetadata());
        ModelFile.write(new Model(current, schema, metadata), file());
        deleteMatching(BEST_PREFIX + "[0-9]*" + BEST_SUFFIX, bestFile(state.bestEpoch()));
        deleteMatching(RULE_PREFIX + "[0-9]*" + RULE_SUFFIX, ruleFile(state));
        return file();
    }

    private void deleteMatching(String glob, @Nullable Path keep) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                if (!file.equals(keep)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
