package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files of PyJuice, {@code .jpc} (Liu, Ahmed and Van den Broeck 2024, "Scaling Tractable
 * Probabilistic Circuits: A Systems Perspective"): a pickled list of node vectors with their
 * parameters.
 *
 * <p>The pickle is read against a list of the few names that a circuit needs. Nothing in a file can
 * run, and a file that names anything else is refused.
 *
 * <p>It reads inputs over one variable each, of the distributions {@code Categorical}, {@code
 * Bernoulli}, {@code Gaussian}, {@code DiscreteLogistic}, {@code Literal}, {@code Indicator},
 * {@code MaskedCategorical} (what it masks is impossible here, and has the probability 1e-10
 * there), {@code SoftEvidenceCategorical} and {@code External}; products, sums, tied vectors and
 * masks of zeros. A masked weight becomes zero even if the file has another number for it, which
 * PyJuice would compute with. Blocks are kept if all products multiply whole blocks, and are found
 * anew otherwise. Weights are normalised.
 */
public final class PyJuiceFile {
    /** Ending of the names of such files. */
    public static final String EXTENSION = ".jpc";

    private PyJuiceFile() {}

    /**
     * Reads a circuit.
     *
     * @throws FileFormatException when the file is damaged, is no such file, or holds a circuit
     *     that cannot be represented: names the vector and what is wrong with it
     * @throws IOException when it cannot be read
     */
    public static Circuit read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofShared()) {
            MemorySegment bytes = FileCopy.of(channel, 0, channel.size(), arena);
            return PyJuiceAssembly.circuit(bytes);
        } catch (FileFormatException e) {
            throw new FileFormatException(file + ": " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new FileFormatException(
                    file + " holds a vector of more than 2^31 numbers: split the vector", e);
        } catch (InvalidArgumentException e) {
            throw new FileFormatException(file + " holds no valid circuit: " + e.getMessage(), e);
        }
    }
}
