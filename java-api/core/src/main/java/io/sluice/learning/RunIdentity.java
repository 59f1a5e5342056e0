package io.sluice.learning;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.model.ModelFile;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Everything that decides the bits of a run, except its first parameters. It is written into the
 * checkpoints and compared on resume, so a run never continues with other settings.
 *
 * @param facts values by their names in messages
 */
record RunIdentity(Map<String, String> facts) {

    private static final String PREFIX = "run.";
    private static final String CIRCUIT = "circuit";
    private static final long PORTION_BYTES = 1L << 28; // a byte buffer ends before 2^31 bytes

    static RunIdentity of(Settings settings, Circuit circuit, Dataset train) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("algorithm", (settings.viterbi ? "Viterbi " : "") + settings.algorithm.text);
        facts.put("step size", settings.stepSize.toString());
        facts.put("pseudocount", Double.toString(settings.pseudocount));
        facts.put("epochs", Integer.toString(settings.epochs));
        facts.put("batch size", Integer.toString(settings.batchSize));
        facts.put("batches per step", Integer.toString(settings.batchesPerStep));
        facts.put("momentum", Double.toString(settings.momentum));
        facts.put("shuffle seed", Long.toString(settings.shuffleSeed));
        facts.put("patience", settings.patience == 0 ? "none" : "" + settings.patience);
        facts.put("training data", describe(train));
        facts.put("validation data", describe(settings.validation));
        facts.put(CIRCUIT, describe(circuit));
        return new RunIdentity(facts);
    }

    Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        facts.forEach((name, value) -> metadata.put(PREFIX + name.replace(' ', '.'), value));
        return metadata;
    }

    /**
     * Checks that a checkpoint belongs to this run.
     *
     * @throws InvalidArgumentException naming the first fact that differs
     */
    void checkSame(Map<String, String> metadata, Object file) {
        facts.forEach(
                (name, value) -> {
                    String found = metadata.get(PREFIX + name.replace(' ', '.'));
                    if (!value.equals(found)) {
                        throw new InvalidArgumentException(
                                "checkpoint "
                                        + file
                                        + " is of a run with "
                                        + name
                                        + " "
                                        + (found == null ? "unknown" : found)
                                        + ", this run has "
                                        + value
                                        + ": resume with what the run began with, or give another"
                                        + " checkpoint folder");
                    }
                });
    }

    /**
     * Checks that a file of a checkpoint holds the circuit that its metadata name.
     *
     * @throws FileFormatException when it holds another
     */
    void checkStructure(Circuit circuit, Path file) {
        if (!describe(circuit).equals(facts.get(CIRCUIT))) {
            throw new FileFormatException(
                    file
                            + " does not hold the circuit that its metadata name: the checkpoint is"
                            + " damaged, start again in another folder");
        }
    }

    private static String describe(Circuit circuit) {
        return Integer.toHexString(ModelFile.structureChecksum(circuit));
    }

    private static String describe(@Nullable Dataset data) {
        if (data == null) {
            return "none";
        }
        CRC32C crc = new CRC32C();
        add(crc, data.values());
        MemorySegment missing = data.missing();
        if (missing != null) {
            add(crc, missing);
        }
        return data.rows()
                + "x"
                + data.variables()
                + " (checksum "
                + Long.toHexString(crc.getValue())
                + ")";
    }

    private static void add(CRC32C crc, MemorySegment segment) {
        for (long at = 0; at < segment.byteSize(); at += PORTION_BYTES) {
            long bytes = Math.min(PORTION_BYTES, segment.byteSize() - at);
            crc.update(segment.asSlice(at, bytes).asByteBuffer());
        }
    }
}
