package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.leaf.External;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Circuits with inputs of every family are unchanged by writing and reading. */
class FamilyFilesTest {
    @TempDir Path folder;

    private static Circuit ofEveryFamily() {
        CircuitBuilder builder = Circuit.builder();
        List<InputFamily> families =
                Stream.concat(LeafExample.all().map(LeafExample::family), Stream.of(new External()))
                        .toList();
        List<NodeVector> inputs = new ArrayList<>();
        for (InputFamily family : families) {
            inputs.add(builder.input(inputs.size(), family, 4, 2));
        }
        NodeVector root = builder.sum(List.of(builder.product(inputs)), 1, 1);
        return builder.build(root, ParameterInitializer.random(5));
    }

    /**
     * @param tolerance of the parameters: the interchange format has one number for a Bernoulli
     */
    private static void assertSame(Circuit expected, Circuit found, double tolerance) {
        assertEquals(expected.variables(), found.variables());
        for (int v = 0; v < expected.variables(); v++) {
            assertEquals(expected.family(v), found.family(v));
        }
        assertEquals(expected.parameters().size(), found.parameters().size());
        for (long i = 0; i < expected.parameters().size(); i++) {
            assertEquals(expected.parameters().get(i), found.parameters().get(i), tolerance);
        }
    }

    @Test
    void a_model_file_gives_families_and_parameters_back() throws IOException {
        Circuit circuit = ofEveryFamily();
        Path file = folder.resolve("model.sluice");
        ModelFile.write(Model.of(circuit), file);
        assertSame(circuit, ModelFile.read(file).circuit(), Double.MIN_VALUE);
    }

    @Test
    void an_interchange_file_gives_families_and_parameters_back() throws IOException {
        Circuit circuit = ofEveryFamily();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonInterchange.write(circuit, "every family", out);
        assertSame(
                circuit,
                JsonInterchange.read(new ByteArrayInputStream(out.toByteArray()), "again"),
                1e-7);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"type\":\"poisson\",\"minimum_rate\":0', 'minimum rate of 0.0'",
        "'\"type\":\"binomial\"', 'setting trials is missing'",
        "'\"type\":\"binomial\",\"trials\":2.5', 'trials is 2.5'",
        "'\"type\":\"binomial\",\"trials\":[2,3]', 'trials has 2 numbers'",
        "'\"type\":\"histogram\",\"edges\":[1,0,2]', 'edge 1 is 0.0'",
        "'\"type\":\"poisson\"', 'rate -1.0'"
    })
    void impossible_settings_and_parameters_name_the_vector(String dist, String expected) {
        String text =
                "{\"name\":\"t\",\"nodes\":[{\"kind\":\"input\",\"var\":0,\"nodes\":1,\"dist\":{"
                        + dist
                        + "},\"params\":[[-1]]}]}";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String message =
                String.valueOf(
                        assertThrows(
                                        FileFormatException.class,
                                        () ->
                                                JsonInterchange.read(
                                                        new ByteArrayInputStream(bytes), "t.json"))
                                .getMessage());
        assertTrue(message.contains("t.json") && message.contains("vector 0"), message);
        assertTrue(message.contains(expected), message);
    }
}
