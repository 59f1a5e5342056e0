package io.sluice.model;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.AtomicFile;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The parameters of a circuit as named tensors in a safetensors file, for tools that read these.
 *
 * <p>Each vector that owns parameters is a tensor of {@code F32}, called {@code vector.ID.weights}
 * or {@code vector.ID.distributions} by its id:
 *
 * <ul>
 *   <li>sum with tiles of one width: {@code [tiles][block size][child block size]}, sorted by
 *       block, then child block; with several widths, all tiles in a row: {@code [parameters]}
 *   <li>input: {@code [rows][nodes]}, as {@link io.sluice.circuit.ParameterLayout} says
 * </ul>
 *
 * <p>The file holds no graph: its tensors replace the parameters of a circuit that has the graph.
 */
public final class Safetensors {
    /** Ending of the names of safetensors files. */
    public static final String EXTENSION = ".safetensors";

    /** The format's own bound on its header. */
    private static final long LARGEST_HEADER = 100_000_000;

    private static final int ALIGNMENT = 8;
    private static final int COPY_BYTES = 1 << 20;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Safetensors() {}

    /**
     * Writes the parameters of a circuit. The file appears under its name when it is complete.
     *
     * @throws IOException when the file cannot be written; then none of it is left
     */
    public static void write(Circuit circuit, Path file) throws IOException {
        byte[] header = header(circuit);
        AtomicFile.write(
                file,
                out -> {
                    byte[] length = new byte[Long.BYTES];
                    MemorySegment.ofArray(length).set(LONG, 0, header.length);
                    out.write(length);
                    out.write(header);
                    for (NodeVector vector : circuit.vectors()) {
                        if (ownsParameters(vector)) {
                            copy(circuit, vector, out);
                        }
                    }
                });
    }

    private static byte[] header(Circuit circuit) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json =
                new JsonFactory()
                        .createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeName("__metadata__");
            json.writeStartObject();
            json.writeStringProperty("format", "sluice");
            json.writeEndObject();
            long end = 0;
            for (NodeVector vector : circuit.vectors()) {
                if (!ownsParameters(vector)) {
                    continue;
                }
                json.writeName(name(vector));
                json.writeStartObject();
                json.writeStringProperty("dtype", "F32");
                json.writeName("shape");
                json.writeStartArray();
                for (long size : shape(vector)) {
                    json.writeNumber(size);
                }
                json.writeEndArray();
                json.writeName("data_offsets");
                json.writeStartArray();
                json.writeNumber(end);
                end += circuit.layout().length(vector.id()) * Float.BYTES;
                json.writeNumber(end);
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (bytes.size() % ALIGNMENT != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void copy(Circuit circuit, NodeVector vector, OutputStream out)
            throws IOException {
        long from = circuit.layout().offset(vector.id());
        long count = circuit.layout().length(vector.id());
        byte[] portion = new byte[(int) Math.min(COPY_BYTES, count * Float.BYTES)];
        for (long done = 0; done < count; done += portion.length / Float.BYTES) {
            int floats = (int) Math.min(portion.length / Float.BYTES, count - done);
            MemorySegment.copy(
                    circuit.parameters().segment(),
                    ValueLayout.JAVA_FLOAT,
                    (from + done) * Float.BYTES,
                    MemorySegment.ofArray(portion),
                    FLOAT,
                    0,
                    floats);
            out.write(portion, 0, floats * Float.BYTES);
        }
    }

    /**
     * Reads parameters for a circuit.
     *
     * @param circuit has the graph; its own parameters do not matter
     * @return the circuit with the parameters of the file
     * @throws FileFormatException when the file is damaged, or its tensors are not those of the
     *     circuit: names the tensor, what it is and what was expected
     * @throws IOException when it cannot be read
     */
    public static Circuit read(Path file, Circuit circuit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = FileCopy.of(channel, 0, channel.size(), arena);
            return circuit.withParameters(parameters(bytes, circuit));
        } catch (FileFormatException e) {
            throw new FileFormatException(file + ": " + e.getMessage(), e);
        } catch (InvalidArgumentException e) {
            throw new FileFormatException(
                    file + " holds no parameters of this circuit: " + e.getMessage(), e);
        }
    }

    private static Parameters parameters(MemorySegment bytes, Circuit circuit) {
        long headerBytes = bytes.byteSize() < Long.BYTES ? -1 : bytes.get(LONG, 0);
        if (headerBytes < 0
                || headerBytes > LARGEST_HEADER
                || headerBytes > bytes.byteSize() - Long.BYTES) {
            throw new FileFormatException(
                    "a header of "
                            + headerBytes
                            + " bytes in a file of "
                            + bytes.byteSize()
                            + ": give a safetensors file, or copy it again");
        }
        byte[] header = new byte[(int) headerBytes];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, Long.BYTES, header, 0, header.length);
        MemorySegment data = bytes.asSlice(Long.BYTES + headerBytes);
        Map<String, TensorHeader> tensors = TensorHeader.parse(header, data.byteSize());
        Map<String, TensorHeader> left = new HashMap<>(tensors);
        for (NodeVector vector : circuit.vectors()) {
            if (ownsParameters(vector)) {
                check(name(vector), left.remove(name(vector)), shape(vector));
            }
        }
        if (!left.isEmpty()) {
            throw new FileFormatException(
                    "the tensor '"
                            + left.keySet().iterator().next()
                            + "' is none of the circuit's: give parameters that were written for"
                            + " this circuit");
        }
        return Parameters.filled(
                circuit.layout().size(),
                memory -> {
                    for (NodeVector vector : circuit.vectors()) {
                        TensorHeader tensor = tensors.get(name(vector));
                        if (ownsParameters(vector) && tensor != null) {
                            MemorySegment.copy(
                                    data,
                                    FLOAT,
                                    tensor.start(),
                                    memory,
                                    ValueLayout.JAVA_FLOAT,
                                    circuit.layout().offset(vector.id()) * Float.BYTES,
                                    circuit.layout().length(vector.id()));
                        }
                    }
                });
    }

    private static void check(String name, @Nullable TensorHeader tensor, long[] shape) {
        if (tensor == null) {
            throw new FileFormatException(
                    "there is no tensor '"
                            + name
                            + "': give parameters that were written for this circuit");
        }
        if (!tensor.type().equals("F32") || !Arrays.equals(tensor.shape(), shape)) {
            throw new FileFormatException(
                    "the tensor '"
                            + name
                            + "' is "
                            + tensor.type()
                            + " "
                            + Arrays.toString(tensor.shape())
                            + ", expected F32 "
                            + Arrays.toString(shape)
                            + ": give parameters that were written for this circuit");
        }
    }

    private static String name(NodeVector vector) {
        String what = vector instanceof SumVector ? "weights" : "distributions";
        return "vector." + vector.id() + "." + what;
    }

    private static long[] shape(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> new long[] {input.family().parameterRows(), input.nodes()};
            case ProductVector product -> new long[0];
            case SumVector sum -> {
                int width = sum.childBlockSize(0);
                boolean equal = sum.children().stream().allMatch(c -> c.blockSize() == width);
                yield equal
                        ? new long[] {sum.tiles(), sum.blockSize(), width}
                        : new long[] {sum.parameters()};
            }
        };
    }

    private static boolean ownsParameters(NodeVector vector) {
        return switch (vector) {
            case InputVector input -> input.parameterOwner() == input.id();
            case ProductVector product -> false;
            case SumVector sum -> sum.parameterOwner() == sum.id();
        };
    }
}
