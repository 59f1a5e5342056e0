package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Gaussian;
import io.sluice.testing.Fixture;
import io.sluice.testing.SharedFiles;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class JsonInterchangeTest {
    private static final String X =
            "{'kind':'input','var':0,'nodes':2,'dist':{'type':'bernoulli'},'params':[0.25,0.5]}";
    private static final String ROOT =
            "{'kind':'sum','children':[0],'nodes':1,'edges':[[0,0,0.5],[0,1,0.5]]}";

    @TempDir Path folder;

    static Stream<Fixture> fixtures() {
        return Fixture.all();
    }

    private static Circuit read(String... vectors) throws IOException {
        return readText("{'name':'t','nodes':[" + String.join(",\n", vectors) + "]}");
    }

    private static Circuit readText(String text) throws IOException {
        byte[] bytes = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return JsonInterchange.read(new ByteArrayInputStream(bytes), "test.json");
    }

    private static byte[] written(Circuit circuit) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        JsonInterchange.write(circuit, "t", out);
        return out.toByteArray();
    }

    private static void refused(String expected, String... vectors) {
        FileFormatException refusal = assertThrows(FileFormatException.class, () -> read(vectors));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.startsWith("test.json"), message);
        assertTrue(message.contains(expected), () -> "'" + expected + "' is not in: " + message);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void what_is_written_reads_back_the_same(Fixture fixture) throws IOException {
        byte[] first = written(fixture.circuit());
        Circuit again = JsonInterchange.read(new ByteArrayInputStream(first), "again");
        assertEquals(
                -1,
                fixture.circuit().parameters().segment().mismatch(again.parameters().segment()));
        assertEquals(fixture.circuit().properties(), again.properties());
        assertEquals(
                new String(first, StandardCharsets.UTF_8),
                new String(written(again), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "hclt-6var-8latents, 8",
        "hmm-6steps-8latents-tied, 8",
        "pd-2x3-4latents, 4",
        "ratspn-6var-4latents, 4",
        "two-vtrees-3var, 2"
    })
    void dense_circuits_get_blocks_of_all_their_latents(String name, int blockSize) {
        for (NodeVector vector : Fixture.named(name).circuit().vectors()) {
            assertEquals(vector.nodes() == 1 ? 1 : blockSize, vector.blockSize());
        }
    }

    @Test
    void pairs_inside_a_tile_that_are_not_listed_are_hard_zeros() throws IOException {
        Circuit circuit =
                read(
                        X,
                        "{'kind':'sum','children':[0],'nodes':2,"
                                + "'edges':[[1,1,1.0],[0,1,0.75],[0,0,0.25]]}",
                        "{'kind':'sum','children':[1],'nodes':1,'edges':[[0,0,1.0],[0,1,0.0]]}");
        SumVector sum = assertInstanceOf(SumVector.class, circuit.vectors().get(1));
        assertEquals(2, sum.blockSize());
        long offset = circuit.layout().tileOffset(sum, 0);
        float[] expected = {0.25f, 0.75f, 0, 1};
        for (int i = 0; i < 4; i++) {
            assertEquals(expected[i], circuit.parameters().get(offset + i));
        }
        assertEquals(3 + 1, circuit.properties().edges());
    }

    @Test
    void a_weight_of_zero_is_not_exported() throws IOException {
        CircuitBuilder builder = Circuit.builder();
        InputVector x = builder.input(0, new Bernoulli(), 2, 2);
        SumVector root = builder.sum(List.of(x), 1, 1);
        Circuit circuit =
                builder.build(
                        root,
                        (vector, slice) -> {
                            slice.setAtIndex(ValueLayout.JAVA_FLOAT, 1, 1f);
                            if (vector == x) {
                                slice.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1f);
                            }
                        });
        String text = new String(written(circuit), StandardCharsets.UTF_8);
        assertTrue(text.contains("\"edges\":[[0,1,1.0]]"), text);
    }

    @Test
    void a_group_of_tied_vectors_is_owned_by_its_first() throws IOException {
        Circuit circuit = Fixture.named("hmm-6steps-8latents-tied").circuit();
        for (int id = 0; id <= 5; id++) {
            InputVector input = assertInstanceOf(InputVector.class, circuit.vectors().get(id));
            assertEquals(0, input.parameterOwner());
        }
        SumVector last = assertInstanceOf(SumVector.class, circuit.vectors().get(15));
        assertEquals(7, last.parameterOwner());
    }

    @Test
    void bernoulli_and_gaussian_inputs_are_read_and_written() throws IOException {
        Circuit circuit =
                read(
                        X,
                        "{'kind':'input','var':1,'nodes':2,'dist':{'type':'gaussian',"
                                + "'minimum_standard_deviation':0.25},'params':[[-1,0.5],[2,3]]}",
                        "{'kind':'product','children':[0,1],'edges':[[0,0],[1,1]]}",
                        "{'kind':'sum','children':[2],'nodes':1,'edges':[[0,0,0.5],[0,1,0.5]]}");
        assertEquals(new Bernoulli(), circuit.family(0));
        assertEquals(new Gaussian(0.25), circuit.family(1));
        float[] bernoulli = {0.75f, 0.5f, 0.25f, 0.5f};
        float[] gaussian = {-1, 2, 0.5f, 3};
        for (int i = 0; i < 4; i++) {
            assertEquals(bernoulli[i], circuit.parameters().get(circuit.layout().offset(0) + i));
            assertEquals(gaussian[i], circuit.parameters().get(circuit.layout().offset(1) + i));
        }
        Circuit again = JsonInterchange.read(new ByteArrayInputStream(written(circuit)), "again");
        assertEquals(circuit.family(1), again.family(1));
        assertEquals(-1, circuit.parameters().segment().mismatch(again.parameters().segment()));
    }

    @Test
    void random_circuits_with_blocks_round_trip() throws IOException {
        CircuitBuilder builder = Circuit.builder();
        InputVector x = builder.input(0, new Gaussian(), 6, 3);
        InputVector y = builder.input(1, new Gaussian(), 9, 3);
        NodeVector product =
                builder.product(List.of(x, y), new int[][] {{1, 2}, {0, 0}, {1, 1}, {0, 2}});
        SumVector sum =
                builder.sum(List.of(product), 4, 2, new int[] {0, 0, 1}, new int[] {3, 1, 0});
        SumVector root = builder.sum(List.of(product, sum), 1, 1);
        Circuit circuit = builder.build(root, ParameterInitializer.random(3));
        byte[] first = written(circuit);
        Circuit again = JsonInterchange.read(new ByteArrayInputStream(first), "again");
        assertEquals(
                new String(first, StandardCharsets.UTF_8),
                new String(written(again), StandardCharsets.UTF_8));
        assertEquals(3, again.vectors().get(2).blockSize());
        assertEquals(circuit.properties().edges(), again.properties().edges());
    }

    @Test
    void weights_that_nearly_sum_to_one_are_normalised_and_others_refused() throws IOException {
        Circuit circuit =
                read(
                        X,
                        "{'kind':'sum','children':[0],'nodes':1,'edges':[[0,0,0.5],[0,1,0.50009]]}");
        long offset = circuit.layout().offset(1);
        assertEquals((float) (0.5 / 1.00009), circuit.parameters().get(offset));
        refused(
                "node vector 1 has weights that sum to 1.001 at node 0",
                X,
                "{'kind':'sum','children':[0],'nodes':1,'edges':[[0,0,0.5],[0,1,0.501]]}");
    }

    @Test
    void fields_that_are_not_known_are_skipped() throws IOException {
        Circuit circuit =
                readText(
                        "{'extra':{'a':[1,{'b':null}]},'nodes':["
                                + X.replace("'var'", "'note':[[1],{}],'var'")
                                + ","
                                + ROOT
                                + "],'data':[[1,2]]}");
        assertEquals(2, circuit.vectors().size());
    }

    @Test
    void a_file_is_written_whole_or_not_at_all() throws IOException {
        Path file = folder.resolve("circuit.json");
        Circuit circuit = read(X, ROOT);
        JsonInterchange.write(circuit, "named \"so\"", file);
        assertEquals(circuit.properties(), JsonInterchange.read(file).properties());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void a_stream_stays_open() throws IOException {
        boolean[] closed = new boolean[1];
        byte[] bytes = written(read(X, ROOT));
        InputStream in =
                new ByteArrayInputStream(bytes) {
                    @Override
                    public void close() {
                        closed[0] = true;
                    }
                };
        JsonInterchange.read(in, "stream");
        assertFalse(closed[0]);
    }

    @Test
    void every_truncation_of_a_file_is_refused() throws IOException {
        byte[] whole = written(read(X, ROOT));
        int end = new String(whole, StandardCharsets.UTF_8).stripTrailing().length();
        for (int length = 0; length < end; length++) {
            InputStream part = new ByteArrayInputStream(whole, 0, length);
            assertThrows(FileFormatException.class, () -> JsonInterchange.read(part, "part"));
        }
    }

    @Test
    void damaged_bytes_give_a_circuit_or_a_format_error_and_nothing_else() throws IOException {
        byte[] whole = Files.readAllBytes(SharedFiles.find("fixtures/sparse-edges-4var.json"));
        Random random = new Random(1);
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(1300)] = (byte) (32 + random.nextInt(95));
            }
            try {
                Circuit circuit =
                        JsonInterchange.read(new ByteArrayInputStream(damaged), "damaged");
                assertTrue(circuit.variables() > 0);
            } catch (FileFormatException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith("damaged"));
            }
        }
    }

    @Test
    void the_place_of_a_mistake_is_named() {
        refused("line 2: node vector 1 has no kind", X, "{}");
        refused("line 2, in node vector 1, field nodes", X, "{'kind':'sum','nodes':-1}");
        refused("line 2, in node vector 1, field edges: found x", X, "{'edges':[['x']]}");
        refused("line 1, in node vector 0: found 7", "7");
        refused("the kind 'max'", "{'kind':'max'}");
    }

    @Test
    void texts_that_are_no_circuits_are_refused() {
        for (String text :
                new String[] {
                    "", "[]", "7", "{}", "{'nodes':[]}", "{'nodes':3}", "{'nodes':[", "\0"
                }) {
            FileFormatException refusal =
                    assertThrows(FileFormatException.class, () -> readText(text));
            assertTrue(String.valueOf(refusal.getMessage()).startsWith("test.json"));
        }
        assertThrows(
                FileFormatException.class, () -> readText("{'nodes':[" + X + "," + ROOT + "]}}"));
        assertThrows(FileFormatException.class, () -> readText("{'nodes':" + "[".repeat(100_000)));
    }

    @Test
    void a_count_alone_allocates_nothing() {
        refused(
                "has 2 edges for 2147483647 nodes",
                X,
                ROOT.replace("'nodes':1", "'nodes':2147483647"));
        refused(
                "has 2 rows of params for 2147483647 nodes",
                X.replace("'nodes':2", "'nodes':2147483647"),
                ROOT);
        refused(
                "has 1 params for node 0",
                X.replace("'bernoulli'", "'categorical','categories':16777216"),
                ROOT);
        refused(
                "2147483647 categories",
                X.replace("'bernoulli'", "'categorical','categories':2147483647"),
                ROOT);
        refused("only 1 inputs", X.replace("'var':0", "'var':2147483647"), ROOT);
    }

    @Test
    void a_sparse_sum_of_many_nodes_stays_sparse() throws IOException {
        int nodes = 5000;
        StringBuilder params = new StringBuilder();
        StringBuilder diagonal = new StringBuilder();
        StringBuilder top = new StringBuilder();
        for (int i = 0; i < nodes; i++) {
            String comma = i == 0 ? "" : ",";
            params.append(comma).append("0.5");
            diagonal.append(comma).append('[').append(i).append(',').append(i).append(",1]");
            top.append(comma).append("[0,").append(i).append(',').append(1.0 / nodes).append(']');
        }
        Circuit circuit =
                read(
                        X.replace("'nodes':2", "'nodes':" + nodes).replace("0.25,0.5", params),
                        "{'kind':'sum','children':[0],'nodes':"
                                + nodes
                                + ",'edges':["
                                + diagonal
                                + "]}",
                        "{'kind':'sum','children':[1],'nodes':1,'edges':[" + top + "]}");
        assertTrue(circuit.layout().size() < 40_000, () -> "floats: " + circuit.layout().size());
    }

    @Test
    void edges_and_children_are_checked() {
        refused("no children", X, "{'kind':'sum','children':[],'nodes':1,'edges':[[0,0,1]]}");
        refused("vector 1 as a child", X, ROOT.replace("[0]", "[1]"));
        refused("child 2.0", X, ROOT.replace("[0,1,0.5]", "[0,2,0.5]"));
        refused("node 1.0", X, ROOT.replace("[0,1,0.5]", "[1,1,0.5]"));
        refused("child 0.5", X, ROOT.replace("[0,1,0.5]", "[0,0.5,0.5]"));
        refused("child 0 twice", X, ROOT.replace("[0,1,0.5]", "[0,0,0.5]"));
        refused("weight -0.5", X, ROOT.replace("[0,0,0.5]", "[0,0,-0.5]"));
        refused("edge of 2 numbers", X, ROOT.replace("[0,0,0.5]", "[0,0]"));
        refused("P(x=1) = 1.5", X.replace("0.25", "1.5"), ROOT);
        refused("3 rows of params", X.replace("0.25", "0.25,0.1"), ROOT);
        refused("no dist", X.replace("'dist'", "'distribution'"), ROOT);
        refused("type 'zipf'", X.replace("bernoulli", "zipf"), ROOT);
        refused("no params", X.replace("'params'", "'theta'"), ROOT);
        refused(
                "edges at node 0 for 1 children",
                X,
                "{'kind':'product','children':[0],'edges':[[0,0]]}");
        refused("exactly 1 node", X);
        refused("cannot be reached", X, X, ROOT);
    }

    @Test
    void ties_are_checked() {
        String tied = X.replace("'kind'", "'tied':0,'kind'").replace("'var':0", "'var':1");
        String product = "{'kind':'product','children':[0,1],'edges':[[0,0],[1,1]]}";
        String root = ROOT.replace("[0]", "[2]");
        refused(
                "vector 0, but its shape or parameters differ",
                X,
                tied.replace("0.25", "0.3"),
                product,
                root);
        refused(
                "vector 9, which does not exist",
                X,
                tied.replace("'tied':0", "'tied':9"),
                product,
                root);
        refused("tied in a circle", X, tied.replace("'tied':0", "'tied':1"), product, root);
        refused("tied product", X, tied, product.replace("'kind'", "'tied':0,'kind'"), root);
        refused(
                "shape or parameters differ",
                X,
                tied,
                product,
                root.replace("'kind'", "'tied':0,'kind'"));
    }
}
