package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Probabilistic sentential decision diagrams in text files, {@code .psdd} with their {@code .vtree}
 * (Kisa et al. 2014, "Probabilistic Sentential Decision Diagrams"). Nodes are listed children
 * first, the root last; logarithms are natural, variables count from 1.
 *
 * <pre>
 * c a comment
 * psdd NODES
 * L ID VTREE LITERAL                        a literal: a variable, negative when it is false
 * T ID VTREE VARIABLE LOG_PROBABILITY       a distribution of a variable: log P(true)
 * D ID VTREE COUNT {PRIME SUB LOG_PROBABILITY} x COUNT
 * </pre>
 *
 * <p>The logarithm {@code -inf} is a probability of zero: an element that is left out.
 *
 * <p>The nodes of each vtree node become a vector: literals and distributions become Bernoulli
 * inputs, elements become products, and decisions become sums. Variable {@code i} of the file is
 * variable {@code i - 1} of the circuit. Weights are normalised. The circuit is as deterministic as
 * the diagram.
 */
public final class PsddFile {
    /** Ending of the names of such files. */
    public static final String EXTENSION = ".psdd";

    /** Ending of the names of vtree files. */
    public static final String VTREE_EXTENSION = ".vtree";

    private PsddFile() {}

    /**
     * Reads a circuit.
     *
     * @param vtree the vtree that the diagram is normalised for
     * @throws FileFormatException when a file is damaged or the two do not fit: names the line
     * @throws IOException when one cannot be read
     */
    public static Circuit read(Path psdd, Path vtree) throws IOException {
        try {
            return PsddAssembly.circuit(
                    psdd, Vtree.read(vtree), Files.size(psdd) + Files.size(vtree));
        } catch (InvalidArgumentException e) {
            throw new FileFormatException(psdd + " holds no valid circuit: " + e.getMessage(), e);
        }
    }
}
