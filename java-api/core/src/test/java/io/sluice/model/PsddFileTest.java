package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A diagram over A, B and C with the vtree (A, (B, C)). */
class PsddFileTest {
    static final String VTREE =
            """
            c ids need not be in order
            vtree 5
            L 0 1
            L 2 2
            L 4 3
            I 3 2 4
            I 1 0 3
            """;

    /** A: 0.6; given A, B and C are equal and true with 0.3; given not A, they are independent. */
    static final String PSDD =
            """
            c nodes children first
            psdd 10
            L 0 0 1
            L 1 0 -1
            L 2 2 2
            L 3 2 -2
            L 4 4 3
            L 5 4 -3
            T 6 4 3 -1.6094379124341003
            D 7 3 2 2 4 -1.2039728043259361 3 5 -0.35667494393873245
            D 8 3 2 2 6 -0.916290731874155 3 6 -0.5108256237659907
            D 9 1 2 0 7 -0.5108256237659907 1 8 -0.916290731874155
            """;

    @TempDir Path folder;

    private Path vtree = Path.of("");
    private Path psdd = Path.of("");

    @BeforeEach
    void write() throws IOException {
        vtree = Files.writeString(folder.resolve("a.vtree"), VTREE);
        psdd = Files.writeString(folder.resolve("a.psdd"), PSDD);
    }

    private static double probability(Circuit circuit, double... row) {
        DatasetBuilder builder = Dataset.builder(Model.of(circuit).schema());
        builder.add(row);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            return Math.exp(engine.logLikelihood(builder.build()).values()[0]);
        }
    }

    @Test
    void the_logarithm_minus_infinity_is_a_hard_zero() throws IOException {
        for (String zero : List.of("-inf", "-INF", "-Infinity")) {
            Files.writeString(
                    psdd,
                    PSDD.replace(
                            "2 2 4 -1.2039728043259361 3 5 -0.35667494393873245",
                            "2 2 4 " + zero + " 3 5 0"));
            Circuit circuit = PsddFile.read(psdd, vtree);
            assertEquals(0, probability(circuit, 1, 1, 1));
            assertEquals(0.6, probability(circuit, 1, 0, 0), 1e-6);
        }
    }

    @Test
    void a_decision_that_is_never_true_leaves_its_rows_impossible() throws IOException {
        Path shared = Path.of("../../../shared/cases/psdd-minus-infinity");
        assumeTrue(Files.isDirectory(shared), shared + " is not there");
        Circuit circuit = PsddFile.read(shared.resolve("zero.psdd"), shared.resolve("zero.vtree"));
        double[] expected = {-2.659260, -3.506558, -0.462035, -1.309333};
        for (int row = 0; row < 8; row++) {
            double log = Math.log(probability(circuit, row >> 2, row >> 1 & 1, row & 1));
            assertEquals(row < 4 ? Double.NEGATIVE_INFINITY : expected[row - 4], log, 1e-6);
        }
    }

    @Test
    void probabilities_are_those_of_the_diagram() throws IOException {
        Circuit circuit = PsddFile.read(psdd, vtree);
        assertEquals(3, circuit.variables());
        assertTrue(circuit.properties().structuredDecomposable());
        assertEquals(0.6 * 0.3, probability(circuit, 1, 1, 1), 1e-6);
        assertEquals(0.6 * 0.7, probability(circuit, 1, 0, 0), 1e-6);
        assertEquals(0, probability(circuit, 1, 0, 1));
        assertEquals(0.4 * 0.4 * 0.2, probability(circuit, 0, 1, 1), 1e-6);
        assertEquals(0.4 * 0.6 * 0.8, probability(circuit, 0, 0, 0), 1e-6);
        assertEquals(0.6, probability(circuit, 1, Double.NaN, Double.NaN), 1e-6);
        assertEquals(0.6 * 0.3 + 0.4 * 0.4, probability(circuit, Double.NaN, 1, Double.NaN), 1e-6);
    }

    @Test
    void nodes_that_the_root_does_not_reach_are_left_out() throws IOException {
        String more = PSDD.replace("D 9", "D 10 1 1 1 7 0\nD 9");
        Circuit circuit = PsddFile.read(Files.writeString(folder.resolve("b.psdd"), more), vtree);
        assertEquals(0.6 * 0.3, probability(circuit, 1, 1, 1), 1e-6);
    }

    @Test
    void files_that_do_not_fit_are_refused_with_the_line() throws IOException {
        refused("L 0 0 1", "L 0 0 2", "line 3", "variable 2");
        refused("2 2 4 -1.2", "3 2 4 -1.2", "line 10", "three for each of 3");
        refused("2 2 4 -1.2", "2 4 2 -1.2", "line 10", "element node 4");
        refused("-1.2039728043259361", "-0.1", "line 10", "sum to");
        refused("-1.2039728043259361", "0.5", "line 10", "logarithm");
        refused("L 1 0", "L 0 0", "line 4", "id 0");
        refused("D 9 1 2 0 7", "D 9 1 2 0 77", "line 12", "element node 77");
        refused("T 6", "U 6", "line 9", "unknown kind 'U'");
    }

    private void refused(String part, String other, String... expected) throws IOException {
        assertTrue(PSDD.contains(part));
        Path file = Files.writeString(folder.resolve("bad.psdd"), PSDD.replace(part, other));
        String message = Hostile.refused(path -> PsddFile.read(path, vtree), file);
        for (String words : expected) {
            assertTrue(message.contains(words), message);
        }
    }

    @Test
    void vtrees_that_are_no_trees_are_refused() throws IOException {
        String[][] changes = {
            {"I 1 0 3", "I 1 0 2"},
            {"I 1 0 3", ""},
            {"L 4 3", "L 4 5"},
            {"L 4 3", "L 4 2"},
            {"I 3 2 4", "I 3 2 2"},
            {"I 3 2 4", "I 3 2 9"},
            {"vtree 5", "v 5"}
        };
        for (String[] change : changes) {
            Path file =
                    Files.writeString(
                            folder.resolve("bad.vtree"), VTREE.replace(change[0], change[1]));
            String message = Hostile.refused(path -> PsddFile.read(psdd, path), file);
            assertTrue(message.contains("bad.vtree"), message);
        }
    }

    @Test
    void a_file_with_any_byte_changed_is_read_or_refused() throws IOException {
        Hostile.flipped(
                folder,
                PSDD.getBytes(StandardCharsets.UTF_8),
                ".psdd",
                path -> PsddFile.read(path, vtree));
        Hostile.flipped(
                folder,
                VTREE.getBytes(StandardCharsets.UTF_8),
                ".vtree",
                path -> PsddFile.read(psdd, path));
    }
}
