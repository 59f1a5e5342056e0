package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class SafetensorsTest {
    @TempDir Path folder;

    private static Circuit circuit(long seed) {
        CircuitBuilder b = Circuit.builder();
        InputVector x = b.input(0, new Categorical(3), 4, 2);
        InputVector y = b.input(1, new Gaussian(), 4, 2);
        SumVector sum = b.sum(List.of(b.product(x, y)), 4, 2, EdgePattern.randomBlocks(1, 1));
        NodeVector tied = b.tiedDuplicate(sum, v -> v + 2);
        InputVector wide = b.input(4, new Bernoulli(), 3, 3);
        InputVector narrow = b.input(4, new Bernoulli(), 2, 1);
        SumVector uneven = b.sum(List.of(wide, narrow), 4, 2);
        return b.build(b.sum(1, b.product(sum, tied, uneven)), ParameterInitializer.random(seed));
    }

    private byte[] written(Circuit circuit) throws IOException {
        Path file = folder.resolve("written.safetensors");
        Safetensors.write(circuit, file);
        return Files.readAllBytes(file);
    }

    @Test
    void parameters_that_were_written_are_read_bit_by_bit() throws IOException {
        Circuit circuit = circuit(1);
        Path file = Files.write(folder.resolve("a.safetensors"), written(circuit));
        Circuit read = Safetensors.read(file, circuit(2));
        assertEquals(-1, circuit.parameters().segment().mismatch(read.parameters().segment()));
    }

    @Test
    void the_header_names_each_tensor_with_its_shape() throws IOException {
        byte[] bytes = written(circuit(1));
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        assertEquals(0, length % 8);
        assertTrue(
                header.startsWith(
                        "{\"__metadata__\":{\"format\":\"sluice\"},"
                                + "\"vector.0.distributions\":{\"dtype\":\"F32\",\"shape\":[3,4],"
                                + "\"data_offsets\":[0,48]},"
                                + "\"vector.1.distributions\":{\"dtype\":\"F32\",\"shape\":[2,4],"
                                + "\"data_offsets\":[48,80]},"
                                + "\"vector.3.weights\":{\"dtype\":\"F32\",\"shape\":[2,2,2],"),
                header);
        assertTrue(header.contains("\"shape\":[20]"), "tiles of several widths in a row");
        assertEquals(circuit(1).properties().parameters() * Float.BYTES, bytes.length - 8 - length);
    }

    @Test
    void parameters_of_another_circuit_are_refused() throws IOException {
        CircuitBuilder b = Circuit.builder();
        Circuit other =
                b.build(
                        b.sum(1, b.input(0, new Categorical(3), 4, 2)),
                        ParameterInitializer.random(0));
        Path file = Files.write(folder.resolve("a.safetensors"), written(circuit(1)));
        String message = Hostile.refused(path -> Safetensors.read(path, other), file);
        assertTrue(message.contains("vector.1.weights"), message);
        Path small = Files.write(folder.resolve("b.safetensors"), written(other));
        message = Hostile.refused(path -> Safetensors.read(path, circuit(1)), small);
        assertTrue(message.contains("vector.1.distributions"), message);
    }

    @Test
    void a_header_that_lies_is_refused() throws IOException {
        byte[] bytes = written(circuit(1));
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        String[][] lies = {
            {"[0,48]", "[0,52]"}, {"[3,4]", "[4,3]"}, {"F32", "F16"}, {"[48,80]", "[40,80]"},
            {"vector.1.", "vector.0."}, {"[3,4]", "[3,-4]"}, {"dtype", "dtypo"}, {"{", "["}
        };
        for (String[] lie : lies) {
            String changed = header.replaceFirst(java.util.regex.Pattern.quote(lie[0]), lie[1]);
            byte[] text = changed.getBytes(StandardCharsets.UTF_8);
            ByteBuffer file =
                    ByteBuffer.allocate(bytes.length - length + text.length)
                            .order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(text.length).put(text).put(bytes, 8 + length, bytes.length - 8 - length);
            Path path = folder.resolve("lie-" + lie[1].hashCode());
            Hostile.refused(f -> Safetensors.read(f, circuit(1)), Files.write(path, file.array()));
        }
    }

    @Test
    void damage_anywhere_is_refused_or_read() throws IOException {
        byte[] bytes = written(circuit(1));
        Circuit circuit = circuit(1);
        Hostile.truncated(folder, bytes, ".safetensors", f -> Safetensors.read(f, circuit));
        Hostile.flipped(folder, bytes, ".safetensors", f -> Safetensors.read(f, circuit));
    }
}
