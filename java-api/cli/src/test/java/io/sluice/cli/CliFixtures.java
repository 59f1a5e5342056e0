package io.sluice.cli;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Small files to run commands on. */
final class CliFixtures {
    private CliFixtures() {}

    /** A table of three columns, the first two equal. */
    static Path table(Path file, int rows, long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder("a,b,c\n");
        for (int row = 0; row < rows; row++) {
            int same = random.nextInt(3);
            text.append(same).append(',').append(same).append(',').append(random.nextInt(3));
            text.append('\n');
        }
        return Files.writeString(file, text);
    }

    /** A model of two categorical columns, one of them with labels, and a continuous one. */
    static Model mixedModel() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(3), 4, 2);
        NodeVector y = b.input(1, new Categorical(2), 4, 2);
        NodeVector z = b.input(2, new Gaussian(), 4, 2);
        NodeVector root = b.sum(List.of(b.product(List.of(x, y, z))), 1, 1);
        Circuit circuit = b.build(root, ParameterInitializer.random(11));
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("count", 3),
                                Column.categorical("colour", List.of("blue", "red")),
                                Column.continuous("size")));
        return new Model(circuit, schema);
    }

    static Path mixedModel(Path file) throws IOException {
        ModelFile.write(mixedModel(), file);
        return file;
    }

    /** A model of grey images of 2x2 pixels with 4 levels. */
    static Path imageModel(Path file) throws IOException {
        CircuitBuilder b = Circuit.builder();
        NodeVector[] pixels = new NodeVector[4];
        for (int v = 0; v < pixels.length; v++) {
            pixels[v] = b.input(v, new Categorical(4), 2, 1);
        }
        NodeVector root = b.sum(List.of(b.product(List.of(pixels))), 1, 1);
        Circuit circuit = b.build(root, ParameterInitializer.random(12));
        ModelFile.write(new Model(circuit, Schema.image(new ImageShape(2, 2, 1), 4)), file);
        return file;
    }

    /** Images of 4x4 bytes in IDX format. */
    static Path images(Path file, int rows, long seed) throws IOException {
        byte[] pixels = new byte[rows * 16];
        new Random(seed).nextBytes(pixels);
        ByteBuffer header = ByteBuffer.allocate(16).putInt(0x803).putInt(rows).putInt(4).putInt(4);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(header.array());
            out.write(pixels);
        }
        return file;
    }
}
