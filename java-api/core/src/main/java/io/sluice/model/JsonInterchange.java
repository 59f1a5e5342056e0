package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.AtomicFile;
import io.sluice.transform.Blocking;

import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The JSON interchange format: a circuit as a list of edges between nodes, for exchange with other
 * systems and for people to read. Every edge has text of its own, so large circuits belong in a
 * model file.
 *
 * <p>A file is one object with the fields {@code name} and {@code nodes}; others are skipped.
 * {@code nodes} lists node vectors, children first, the root last; the position in the list is the
 * id:
 *
 * <ul>
 *   <li>{@code {"kind":"input","var":v,"nodes":n,"dist":{"type":"categorical","categories":K},
 *       "params":[n][K]}}; for {@code bernoulli} {@code params} is {@code [n]}, the P(x=1); for any
 *       other type {@code [n][rows]}, the parameters of the {@link io.sluice.circuit.InputFamily},
 *       such as mean and standard deviation of a {@code gaussian}; {@code dist} gives its settings,
 *       which may be left out where there is a default
 *   <li>{@code {"kind":"product","children":[ids],"edges":[n][children]}}: {@code edges[i][j]} is
 *       the index of a node inside child {@code j}
 *   <li>{@code {"kind":"sum","children":[ids],"nodes":n,"edges":[[node, child, weight],...]}}:
 *       {@code child} is an index into the concatenation of the children's nodes
 *   <li>{@code "tied":id} on an input or sum: it shares the parameters of that vector, which are
 *       repeated
 * </ul>
 *
 * <p>A weight of 0 is no edge. Weights that sum to one within 1e-5 are kept as they are, rounded to
 * float32; up to 1e-4 they are normalised, beyond that the file is refused. Reading finds the
 * largest blocks that the products allow and that leave the tiles of the sums at least a quarter
 * full. Pairs of nodes inside a tile that the file does not list become hard zeros. The first of
 * the vectors that are tied owns the parameters. Writing a circuit that was read gives the same
 * edges and numbers.
 */
public final class JsonInterchange {
    private static final JsonFactory WRITERS =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private JsonInterchange() {}

    /**
     * Reads a circuit.
     *
     * @throws FileFormatException when the content is no circuit: names the file, the line, the
     *     node vector and the remedy
     * @throws IOException when the file cannot be read
     */
    public static Circuit read(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return read(in, file.toString());
        }
    }

    /**
     * Reads a circuit from a stream, which is left open.
     *
     * @param source what messages call it
     * @throws FileFormatException when the content is no circuit
     * @throws IOException when the stream cannot be read
     */
    public static Circuit read(InputStream in, String source) throws IOException {
        InterchangeStream counted = new InterchangeStream(in);
        List<InterchangeVector> entries = InterchangeParser.parse(counted, source);
        try {
            List<FlatVector> vectors = new InterchangeCheck(entries, source).vectors();
            CircuitBudget budget = new CircuitBudget(source, counted.bytes());
            return Blocking.merged(new InterchangeAssembly(vectors, budget).circuit());
        } catch (InvalidArgumentException e) {
            throw new FileFormatException(source + " holds no valid circuit: " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new FileFormatException(
                    source
                            + " holds a vector of more than 2^31 numbers: split the vector, or use"
                            + " a model file",
                    e);
        }
    }

    /**
     * Writes a circuit. The file appears under its name when it is complete, and replaces an older
     * one.
     *
     * @param name what the file calls the circuit
     * @throws IOException when the file cannot be written; then none of it is left
     */
    public static void write(Circuit circuit, String name, Path file) throws IOException {
        AtomicFile.write(file, out -> write(circuit, name, out));
    }

    /**
     * Writes a circuit to a stream, which is left open.
     *
     * @param name what the file calls the circuit
     * @throws IOException when the stream cannot be written
     */
    public static void write(Circuit circuit, String name, OutputStream out) throws IOException {
        try (JsonGenerator json =
                WRITERS.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            new InterchangeWriter(circuit, json).document(name);
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }
}
