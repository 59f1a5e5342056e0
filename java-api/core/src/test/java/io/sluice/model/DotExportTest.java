package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class DotExportTest {
    @TempDir Path folder;

    private static Circuit circuit() {
        CircuitBuilder builder = Circuit.builder();
        InputVector x = builder.input(0, new Bernoulli(), 4, 2);
        InputVector y = builder.tiedInput(1, x);
        SumVector root = builder.sum(List.of(builder.product(List.of(x, y))), 1, 1);
        return builder.build(root, ParameterInitializer.random(1));
    }

    @Test
    void every_vector_is_a_node_and_every_child_an_arrow() {
        String expected =
                """
                digraph circuit {
                    node [fontname=Helvetica];
                    v0 [shape=box, label="0: variable 0\\nbernoulli\\n4 nodes in blocks of 2"];
                    v1 [shape=box, label="1: variable 1\\nbernoulli\\n4 nodes in blocks of 2"];
                    v1 -> v0 [style=dashed, constraint=false, label="tied"];
                    v2 [shape=ellipse, label="2: product\\n4 nodes in blocks of 2"];
                    v2 -> v0;
                    v2 -> v1;
                    v3 [shape=ellipse, label="3: sum\\n2 tiles\\n1 nodes in blocks of 1"];
                    v3 -> v2;
                }
                """;
        assertEquals(expected, DotExport.text(circuit()));
    }

    @Test
    void a_file_holds_the_text() throws IOException {
        Path file = folder.resolve("circuit.dot");
        DotExport.write(circuit(), file);
        assertTrue(Files.readString(file).equals(DotExport.text(circuit())));
    }
}
