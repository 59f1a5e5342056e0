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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checkpoint folder of one run: {@code checkpoint.sluice}, whose metadata hold the {@link
 * TrainingState}; {@code best-N.sluice} with the parameters of the best epoch, N; and {@code
 * rule-E-B.bin} with what the update rule keeps, if anything, after B batches of the epoch that
 * follows epoch E. The other files are written before the checkpoint that they belong to and the
 * previous ones are deleted after, so that a kill between any two of these steps leaves a
 * checkpoint with everything it needs.
 */
final class Checkpoints {
    private static final String BEST_PREFIX = "best-";
    private static final String BEST_SUFFIX = ".sluice";
    private static final String RULE_PREFIX = "rule-";
    private static final String RULE_SUFFIX = ".bin";
    private static final int NONE = -1;

    private final Path folder;
    private final RunIdentity identity;
    private final Schema schema;
    private int bestWritten = NONE;

    /**
     * What a checkpoint holds; there are best parameters where there is a validation set.
     *
     * @param ruleState what the update rule keeps
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

    /** Makes the folder, and checks that it has a checkpoint only if one is expected. */
    void open(boolean resume) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot make the checkpoint folder " + folder + ": " + e.getMessage(), e);
        }
        if (exists() && !resume) {
            throw new InvalidArgumentException(
                    "checkpoint folder "
                            + folder
                            + " holds the checkpoint of an earlier run: resume it, or give another"
                            + " folder");
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

    /** Reads the checkpoint after checking that it is of this run. */
    Saved load() {
        try {
            Model model = ModelFile.read(file());
            identity.checkSame(model.metadata(), file());
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
            Model best = ModelFile.read(bestFile(state.bestEpoch()));
            identity.checkSame(best.metadata(), bestFile(state.bestEpoch()));
            bestWritten = state.bestEpoch();
            return new Saved(state, current, best.circuit().parameters(), ruleState);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read the checkpoint in " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes a checkpoint.
     *
     * @param current the circuit with its current parameters
     * @param best parameters of the best epoch; null without a validation set
     * @param ruleState what the update rule keeps
     */
    void save(
            TrainingState state,
            Circuit current,
            @Nullable Parameters best,
            List<double[]> ruleState) {
        try {
            if (best != null && bestWritten != state.bestEpoch()) {
                Model model =
                        new Model(current.withParameters(best), schema, identity.toMetadata());
                ModelFile.write(model, bestFile(state.bestEpoch()));
                bestWritten = state.bestEpoch();
            }
            if (state.keepsRule()) {
                RuleStateFile.write(ruleState, ruleFile(state));
            }
            Map<String, String> metadata = new LinkedHashMap<>(identity.toMetadata());
            metadata.putAll(state.toMetadata());
            ModelFile.write(new Model(current, schema, metadata), file());
            deleteOthers(BEST_PREFIX, BEST_SUFFIX, bestFile(state.bestEpoch()));
            deleteOthers(RULE_PREFIX, RULE_SUFFIX, ruleFile(state));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write a checkpoint in " + folder + ": " + e.getMessage(), e);
        }
    }

    private void deleteOthers(String prefix, String suffix, Path keep) throws IOException {
        String glob = prefix + "[0-9]*" + suffix;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                if (!file.equals(keep)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
