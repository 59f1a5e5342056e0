package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.leaf.External;
import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;
import io.sluice.runtime.MaxProduct;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Hclt;
import io.sluice.structure.Hmm;
import io.sluice.structure.PoonDomingos;
import io.sluice.structure.QuadGraph;
import io.sluice.structure.QuadTree;
import io.sluice.structure.RatSpn;
import io.sluice.testing.LeafExample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs every query with every leaf in every structure on every usable engine, and checks that
 * {@code java-api/SUPPORT.md} records the results. If it does not, the test writes the right file
 * into the build folder.
 */
class SupportMatrixTest {
    private static final int VARIABLES = 4;
    private static final int LATENTS = 3;
    private static final int ROWS = 12;

    @TempDir Path folder;

    /** A structure over four variables. */
    private interface Structure {
        Circuit of(List<InputFamily> families);
    }

    private static Map<String, Structure> structures() {
        ImageShape square = new ImageShape(2, 2, 1);
        Map<String, Structure> all = new LinkedHashMap<>();
        all.put(
                "HCLT",
                families ->
                        Hclt.builder(ChowLiuTree.of(fourBits()), families)
                                .latents(LATENTS)
                                .build());
        all.put("HMM", families -> Hmm.builder(VARIABLES, families.get(0)).states(LATENTS).build());
        all.put(
                "Poon-Domingos",
                families -> PoonDomingos.builder(families, 2, 2).latents(LATENTS).build());
        all.put("RAT-SPN", families -> RatSpn.builder(families).latents(LATENTS).build());
        all.put(
                "quad-tree",
                families -> QuadTree.builder(square, families).latents(LATENTS).build());
        all.put(
                "quad-graph",
                families -> QuadGraph.builder(square, families).latents(LATENTS).build());
        return all;
    }

    private static Dataset fourBits() {
        byte[] bits = new byte[16 * VARIABLES];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) (((i / VARIABLES) >> (i % VARIABLES)) & 1);
        }
        return Dataset.ofBytes(bits, VARIABLES, Schema.categorical(VARIABLES, 2));
    }

    /** A query, which throws or fails where it is not supported. */
    private interface Query {
        void ask(Engine engine, Dataset rows) throws IOException;
    }

    private Map<String, Query> queries() {
        Map<String, Query> all = new LinkedHashMap<>();
        all.put("likelihood", (engine, rows) -> engine.logLikelihood(rows).mean());
        all.put(
                "marginal",
                (engine, rows) -> {
                    Dataset nothing = Rows.nothingObserved(engine.circuit());
                    assertEquals(0, engine.logLikelihood(nothing).values()[0], 1e-5);
                });
        all.put("conditional", SupportMatrixTest::conditional);
        all.put("mean and variance", SupportMatrixTest::moments);
        all.put("CDF", SupportMatrixTest::cumulative);
        all.put("max-product", SupportMatrixTest::decode);
        all.put("sampling", (engine, rows) -> acceptable(engine, engine.sample(20, 1)));
        all.put(
                "sampling given evidence",
                (engine, rows) -> acceptable(engine, engine.sample(rows, 2, 1)));
        all.put("EM", SupportMatrixTest::learn);
        all.put("model file", (engine, rows) -> file(engine));
        all.put("JSON", (engine, rows) -> json(engine));
        return all;
    }

    private static void conditional(Engine engine, Dataset rows) {
        Conditionals found = engine.conditionals(rows);
        assertTrue(found.cells() > 0);
        for (int cell = 0; cell < found.cells(); cell++) {
            if (found.finite(cell)) {
                assertEquals(1, Arrays.stream(found.probabilities(cell)).sum(), 1e-5);
            }
        }
    }

    private static void moments(Engine engine, Dataset rows) {
        Conditionals found = engine.conditionals(rows);
        for (int cell = 0; cell < found.cells(); cell++) {
            assertTrue(Double.isFinite(found.mean(cell)));
            assertTrue(found.variance(cell) >= 0);
        }
    }

    private static void cumulative(Engine engine, Dataset rows) {
        Conditionals found = engine.conditionals(rows);
        for (int cell = 0; cell < found.cells(); cell++) {
            assertEquals(0, found.cumulative(cell, -1e6), 1e-6);
            assertEquals(1, found.cumulative(cell, 1e6), 1e-6);
        }
    }

    private static void decode(Engine engine, Dataset rows) {
        MaxProduct found = engine.maxProduct(rows);
        acceptable(engine, found.assignment());
        for (double log : engine.logLikelihood(found.assignment()).values()) {
            assertTrue(log > Double.NEGATIVE_INFINITY);
        }
    }

    private static void acceptable(Engine engine, Dataset completed) {
        for (long r = 0; r < completed.rows(); r++) {
            for (int v = 0; v < VARIABLES; v++) {
                assertTrue(!completed.isMissing(r, v), "a cell stays missing");
                assertTrue(engine.circuit().family(v).accepts(completed.value(r, v)));
            }
        }
    }

    private static void learn(Engine engine, Dataset rows) {
        double before = engine.accumulate(rows);
        engine.update(1, 0);
        double after = engine.accumulate(rows);
        engine.update(0.5, 0.1);
        assertTrue(
                after >= before - 1e-4 * Math.abs(before), before + " before, " + after + " after");
    }

    private void file(Engine engine) throws IOException {
        Path file = folder.resolve("model.sluice");
        ModelFile.write(Model.of(engine.circuit()), file);
        Circuit again = ModelFile.read(file).circuit();
        assertEquals(
                -1, engine.circuit().parameters().segment().mismatch(again.parameters().segment()));
    }

    private static void json(Engine engine) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonInterchange.write(engine.circuit(), "circuit", out);
        Circuit again =
                JsonInterchange.read(new ByteArrayInputStream(out.toByteArray()), "circuit");
        assertEquals(engine.circuit().family(0), again.family(0));
    }

    private static List<InputFamily> leaves() {
        return Stream.concat(LeafExample.all().map(LeafExample::family), Stream.of(new External()))
                .toList();
    }

    /** Rows with missing cells, every one possible. */
    private static Dataset rows(Engine engine) {
        Circuit circuit = engine.circuit();
        if (!(circuit.family(0) instanceof External)) {
            return thinned(circuit, engine.sample(ROWS, 3));
        }
        double[][] items = new double[2][3 * LATENTS];
        Arrays.fill(items[1], -1);
        for (int v = 0; v < VARIABLES; v++) {
            engine.supply(v, items);
        }
        return Rows.of(circuit, new double[][] {{0, 1, Rows.MISSING, 0}, {1, 1, 1, Rows.MISSING}});
    }

    private static Dataset thinned(Circuit circuit, Dataset drawn) {
        double[][] cells = new double[(int) drawn.rows()][];
        for (int r = 0; r < cells.length; r++) {
            cells[r] = Rows.row(drawn, r);
            cells[r][r % VARIABLES] = Rows.MISSING;
        }
        return Rows.of(circuit, cells);
    }

    /** A query that does not work in a structure. */
    private record Failure(String query, String structure) {}

    /** The results for a leaf. */
    private record LeafResult(InputFamily leaf, Set<Failure> failures) {}

    private List<LeafResult> results() {
        List<EngineKind> kinds = Engines.usable().toList();
        List<LeafResult> results = new ArrayList<>();
        for (InputFamily leaf : leaves()) {
            Set<Failure> failures = new HashSet<>();
            structures()
                    .forEach(
                            (name, structure) -> {
                                Circuit circuit =
                                        structure.of(Collections.nCopies(VARIABLES, leaf));
                                for (EngineKind kind : kinds) {
                                    ask(kind, circuit, name, failures);
                                }
                            });
            results.add(new LeafResult(leaf, failures));
        }
        return results;
    }

    private void ask(EngineKind kind, Circuit circuit, String structure, Set<Failure> failures) {
        try (Engine engine = kind.compile(circuit)) {
            Dataset rows = rows(engine);
            queries()
                    .forEach(
                            (name, query) -> {
                                try {
                                    query.ask(engine, rows);
                                } catch (IOException | RuntimeException | AssertionError e) {
                                    failures.add(new Failure(name, structure));
                                }
                            });
        }
    }

    private static String cell(LeafResult result, String query) {
        List<String> failed =
                structures().keySet().stream()
                        .filter(name -> result.failures().contains(new Failure(query, name)))
                        .toList();
        if (failed.isEmpty()) {
            return "all";
        }
        return failed.size() == structures().size() ? "none" : "not " + String.join(", ", failed);
    }

    private static String line(Stream<String> cells) {
        return "| " + String.join(" | ", cells.toList()) + " |\n";
    }

    private String matrix(List<LeafResult> results) {
        List<String> queries = List.copyOf(queries().keySet());
        StringBuilder text = new StringBuilder();
        text.append("# What works with what\n\n");
        text.append("Written by `SupportMatrixTest`, which runs every cell on every engine.\n");
        text.append("A cell says in which of the structures (");
        text.append(String.join(", ", structures().keySet()));
        text.append(")\na query works with a leaf. Families mix freely in one circuit.\n\n");
        text.append(line(Stream.concat(Stream.of("leaf"), queries.stream())));
        text.append(line(Stream.concat(Stream.of("---"), queries.stream().map(query -> "---"))));
        for (LeafResult result : results) {
            Stream<String> cells = queries.stream().map(query -> cell(result, query));
            String leaf = result.leaf().type().replace('_', ' ');
            text.append(line(Stream.concat(Stream.of(leaf), cells)));
        }
        text.append(
                "\nOf a missing `external` cell nothing is known: it can be summed out, but has");
        text.append(" no mean, mode or draw and stays missing.\n");
        text.append("`soft categorical` and `external` take evidence from `Engine.supply`.\n");
        return text.toString();
    }

    @Test
    void the_support_matrix_is_what_every_cell_came_to() throws IOException {
        String found = matrix(results());
        Path documented = Path.of("..", "java-api", "SUPPORT.md");
        Path made = Files.createDirectories(Path.of("target")).resolve("SUPPORT.md");
        Files.writeString(made, found);
        assumeTrue(
                Files.isDirectory(Path.of("..", "java-api")),
                "this is no checkout: nothing to compare " + made + " with");
        assertEquals(
                found,
                Files.exists(documented) ? Files.readString(documented) : "",
                "copy " + made.toAbsolutePath().normalize() + " to " + documented);
    }
}
