package io.sluice.learning;

import io.sluice.FileFormatException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The state of a run without its parameters, as a checkpoint keeps it in its metadata. Numbers are
 * written as decimals that read back to the same bits.
 *
 * @param finished epochs that are over
 * @param batch batches done of the epoch after them
 * @param total log-likelihood of the rows in those batches, in nats
 * @param seconds time spent on those batches
 * @param bestEpoch epoch with the highest validation log-likelihood; 0 is before the first
 * @param bestValidation that log-likelihood; NaN when there is no validation set
 * @param keepsRule whether the update rule keeps numbers, which have a file of their own
 */
record TrainingState(
        List<TrainingHistory.Epoch> finished,
        int batch,
        double total,
        double seconds,
        int bestEpoch,
        double bestValidation,
        boolean keepsRule) {

    private static final String PREFIX = "training.";
    private static final String ABSENT = "none";

    TrainingState {
        finished = List.copyOf(finished);
    }

    Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(PREFIX + "finished", Integer.toString(finished.size()));
        metadata.put(PREFIX + "batch", Integer.toString(batch));
        metadata.put(PREFIX + "total", Double.toString(total));
        metadata.put(PREFIX + "seconds", Double.toString(seconds));
        metadata.put(PREFIX + "best.epoch", Integer.toString(bestEpoch));
        metadata.put(PREFIX + "best.validation", Double.toString(bestValidation));
        metadata.put(PREFIX + "rule", Boolean.toString(keepsRule));
        for (TrainingHistory.Epoch epoch : finished) {
            OptionalDouble valid = epoch.validLogLikelihood();
            metadata.put(
                    epochKey(epoch.epoch()),
                    epoch.trainLogLikelihood()
                            + " "
                            + (valid.isPresent() ? Double.toString(valid.getAsDouble()) : ABSENT)
                            + " "
                            + epoch.seconds()
                            + " "
                            + epoch.rowsPerSecond());
        }
        return metadata;
    }

    /**
     * Reads what {@link #toMetadata} wrote.
     *
     * @throws FileFormatException when something is missing or no number
     */
    static TrainingState ofMetadata(Map<String, String> metadata) {
        int finished = integer(metadata, PREFIX + "finished");
        List<TrainingHistory.Epoch> epochs = new ArrayList<>();
        for (int epoch = 1; epoch <= finished; epoch++) {
            String key = epochKey(epoch);
            String[] fields = text(metadata, key).split(" ", -1);
            if (fields.length != 4) {
                throw damaged(key, String.join(" ", fields));
            }
            epochs.add(
                    new TrainingHistory.Epoch(
                            epoch,
                            number(key, fields[0]),
                            fields[1].equals(ABSENT)
                                    ? OptionalDouble.empty()
                                    : OptionalDouble.of(number(key, fields[1])),
                            number(key, fields[2]),
                            number(key, fields[3])));
        }
        return new TrainingState(
                epochs,
                integer(metadata, PREFIX + "batch"),
                number(metadata, PREFIX + "total"),
                number(metadata, PREFIX + "seconds"),
                integer(metadata, PREFIX + "best.epoch"),
                number(metadata, PREFIX + "best.validation"),
                Boolean.parseBoolean(text(metadata, PREFIX + "rule")));
    }

    private static String epochKey(int epoch) {
        return PREFIX + "epoch." + epoch;
    }

    private static String text(Map<String, String> metadata, String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new FileFormatException(
                    "no '"
                            + key
                            + "' in the metadata: the file is a model but no checkpoint; start from"
                            + " its parameters instead of resuming");
        }
        return value;
    }

    private static int integer(Map<String, String> metadata, String key) {
        String value = text(metadata, key);
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // falls through to the same message
        }
        throw damaged(key, value);
    }

    private static double number(Map<String, String> metadata, String key) {
        return number(key, text(metadata, key));
    }

    private static double number(String key, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw damaged(key, value);
        }
    }

    private static FileFormatException damaged(String key, String value) {
        return new FileFormatException(
                "metadata '" + key + "' is '" + value + "', expected numbers of a checkpoint");
    }
}
