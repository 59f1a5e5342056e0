package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.External;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Small files that try to take much time, memory or stack. */
class HostileCircuitFilesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long MOST_BYTES = 256L << 20;

    @TempDir Path folder;

    private String refused(Hostile.Reader reader, String name, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        String[] message = {""};
        soon(() -> message[0] = Hostile.refused(reader, file));
        assertTrue(message[0].length() < 1100, message[0]);
        return message[0];
    }

    /** Runs something in little time and memory. */
    private static void soon(Executable task) {
        assertTimeoutPreemptively(
                SOON,
                () -> {
                    long before = allocated();
                    task.execute();
                    long used = allocated() - before;
                    assertTrue(used < MOST_BYTES, used + " bytes");
                });
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    /** Writes a pickle. */
    private static final class Pickler {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickler() {
            code(0x80, 4);
        }

        Pickler code(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Pickler text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            code(0x8c, utf8.length);
            out.writeBytes(utf8);
            return this;
        }

        Pickler number(int value) {
            ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            code('J');
            out.writeBytes(bytes.putInt(value).array());
            return this;
        }

        Pickler bytes(byte[] content) {
            ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            code('B');
            out.writeBytes(length.putInt(content.length).array());
            out.writeBytes(content);
            return this;
        }

        byte[] done() {
            return code('.').out.toByteArray();
        }
    }

    /** A list with one vector; {@code chs} leaves the vector's children on top of the stack. */
    private static byte[] vectorWithChildren(java.util.function.Consumer<Pickler> chs) {
        Pickler pickle = new Pickler().code(']', '}').text("chs");
        chs.accept(pickle);
        return pickle.code('s')
                .text("type")
                .text("Product")
                .code('s')
                .text("num_node_blocks")
                .number(1)
                .code('s')
                .text("block_size")
                .number(1)
                .code('s', 'a')
                .done();
    }

    @Test
    void lists_that_hold_each_other_are_no_children() throws IOException {
        byte[] circle = vectorWithChildren(p -> p.code(']', 'q', 1, ']', 'q', 2, 'h', 1, 'a', 'a'));
        refused(PyJuiceFile::read, "circle.jpc", circle);
    }

    @Test
    void lists_that_double_forty_times_are_no_children() throws IOException {
        byte[] doubling =
                vectorWithChildren(
                        p -> {
                            p.code(']', 'q', 0);
                            for (int level = 1; level < 40; level++) {
                                p.code(']', '(', 'h', level - 1, 'h', level - 1, 'e');
                                p.code('q', level);
                            }
                        });
        refused(PyJuiceFile::read, "doubling.jpc", doubling);
    }

    @Test
    void lists_may_be_nested_to_any_depth() throws IOException {
        byte[] deep =
                vectorWithChildren(
                        p -> {
                            for (int level = 0; level < 100_000; level++) {
                                p.code(']');
                            }
                            for (int level = 1; level < 100_000; level++) {
                                p.code('a');
                            }
                        });
        refused(PyJuiceFile::read, "deep.jpc", deep);
    }

    /** Objects of one state, and then a vector whose distribution this is. */
    private static byte[] inputWith(byte[] distribution, int vectors) {
        Pickler pickle = new Pickler().code('(', ']', '(', '}');
        pickle.text("type").text("Input").code('s');
        pickle.text("dist").bytes(distribution).code('s').code('q', 1);
        for (int i = 1; i < vectors; i++) {
            pickle.code('h', 1);
        }
        return pickle.code('e').done();
    }

    private static byte[] manyObjectsOfOneState(int objects, int entries) {
        Pickler pickle = new Pickler().code('}', '(');
        for (int i = 0; i < entries; i++) {
            pickle.number(i).code('N');
        }
        pickle.code('u', 'q', 1);
        pickle.text("pyjuice.nodes.distributions.gaussian").text("Gaussian").code(0x93, 'q', 2);
        for (int i = 0; i < objects; i++) {
            pickle.code('h', 2, ')', 0x81, 'h', 1, 'b');
        }
        return pickle.done();
    }

    @Test
    void many_objects_of_one_large_state_share_it() throws IOException {
        refused(
                PyJuiceFile::read,
                "states.jpc",
                inputWith(manyObjectsOfOneState(30_000, 50_000), 1));
    }

    @Test
    void many_vectors_of_one_large_distribution_are_refused() throws IOException {
        byte[] distribution = manyObjectsOfOneState(1, 50_000);
        refused(PyJuiceFile::read, "distributions.jpc", inputWith(distribution, 100_000));
    }

    /** A model file of one input vector, whose family has these settings. */
    private static byte[] modelFile(String type, int settings, int nodes) {
        SectionWriter structure = new SectionWriter();
        structure.writeInt(1);
        structure.writeInt(1);
        structure.writeInt(0);
        structure.writeText(type);
        structure.writeInt(settings);
        for (int i = 0; i < settings; i++) {
            structure.writeText("s" + i);
            structure.writeInt(0);
        }
        structure.writeInt(StructureEncoder.INPUT);
        structure.writeInt(nodes);
        structure.writeInt(1);
        structure.writeInt(0);
        structure.writeInt(0);
        structure.writeInt(0);
        structure.writeLong(0);
        Model small = Model.of(external());
        return Mutations.modelFile(
                structure.bytes().toArray(ValueLayout.JAVA_BYTE),
                TextSections.encode(small.schema()).toArray(ValueLayout.JAVA_BYTE),
                TextSections.encode(small.metadata()).toArray(ValueLayout.JAVA_BYTE),
                new byte[0]);
    }

    private static Circuit external() {
        CircuitBuilder b = Circuit.builder();
        return b.build(b.input(0, new External(), 1, 1), ParameterInitializer.random(1));
    }

    @Test
    void many_settings_of_a_family_take_memory_in_proportion() throws IOException {
        Path file =
                Files.write(folder.resolve("settings.sluice"), modelFile("external", 40_000, 1));
        soon(() -> assertEquals(1, ModelFile.read(file).circuit().variables()));
        StringBuilder json = new StringBuilder("{\"nodes\":[{\"kind\":\"input\",\"var\":0,");
        json.append("\"nodes\":1,\"params\":[[]],\"dist\":{\"type\":\"external\"");
        for (int i = 0; i < 40_000; i++) {
            json.append(",\"s").append(i).append("\":1");
        }
        Path text = Files.writeString(folder.resolve("settings.json"), json.append("}}]}"));
        soon(() -> assertEquals(1, JsonInterchange.read(text).variables()));
    }

    @Test
    void a_vector_of_two_billion_nodes_without_parameters_is_refused() throws IOException {
        String message =
                refused(
                        ModelFile::read,
                        "external.sluice",
                        modelFile("external", 0, Integer.MAX_VALUE));
        assertTrue(message.contains("more nodes"), message);
    }

    @Test
    void a_large_sum_of_single_edges_takes_memory_in_proportion() throws IOException {
        int nodes = 40_000;
        String params = "0.5" + ",0.5".repeat(nodes - 1);
        StringBuilder edges = new StringBuilder();
        StringBuilder root = new StringBuilder();
        for (int node = 0; node < nodes; node++) {
            String comma = node == 0 ? "" : ",";
            edges.append(comma).append('[').append(node).append(',').append(node).append(",1]");
            root.append(comma).append("[0,").append(node).append(',').append(1.0 / nodes);
            root.append(']');
        }
        String text =
                "{\"kind\":\"input\",\"var\":0,\"nodes\":%d,\"params\":[%s],\"dist\":{\"type\":\"bernoulli\"}},"
                                .formatted(nodes, params)
                        + "{\"kind\":\"sum\",\"children\":[0],\"nodes\":%d,\"edges\":[%s]},"
                                .formatted(nodes, edges)
                        + "{\"kind\":\"sum\",\"children\":[1],\"nodes\":1,\"edges\":[%s]}"
                                .formatted(root);
        Path file = Files.write(folder.resolve("diagonal.json"), json(text));
        soon(() -> assertEquals(1, JsonInterchange.read(file).variables()));
    }

    @Test
    void a_billion_categories_are_refused() throws IOException {
        for (String type :
                List.of("categorical", "indicator", "discretized_logistic", "binomial")) {
            for (String setting : List.of("categories", "trials")) {
                String input =
                        "{\"kind\":\"input\",\"var\":0,\"nodes\":1,\"params\":[[1,1]],\"dist\":{\"type\":\""
                                + type
                                + "\",\""
                                + setting
                                + "\":1000000000}}";
                refused(JsonInterchange::read, "x.json", json(input));
            }
        }
    }

    private static byte[] json(String nodes) {
        return ("{\"nodes\":[" + nodes + "]}").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_long_chain_of_ties_is_followed_once() throws IOException {
        StringBuilder nodes = new StringBuilder();
        int count = 60_000;
        for (int id = 0; id < count; id++) {
            nodes.append(id == 0 ? "" : ",");
            nodes.append("{\"kind\":\"input\",\"var\":0,\"nodes\":1,\"params\":[0.5],");
            nodes.append(id + 1 < count ? "\"tied\":" + (id + 1) + "," : "");
            nodes.append("\"dist\":{\"type\":\"bernoulli\"}}");
        }
        refused(JsonInterchange::read, "chain.json", json(nodes.toString()));
    }

    @Test
    void a_vector_of_many_gaussians_is_checked_in_linear_time() throws IOException {
        StringBuilder params = new StringBuilder("[0,1]");
        params.append(",[0,1]".repeat(59_999));
        String nodes =
                "{\"kind\":\"input\",\"var\":0,\"nodes\":60000,\"dist\":{\"type\":\"gaussian\"},"
                        + "\"params\":["
                        + params
                        + "]}";
        refused(JsonInterchange::read, "gaussians.json", json(nodes));
    }

    @Test
    void bytes_that_are_no_text_make_a_damaged_file_and_no_failure_of_the_disk()
            throws IOException {
        byte[] valid = json("");
        for (int first = 0; first < 256; first++) {
            for (int second : new int[] {0, 0xFE, 0xFF, 0xDC, 0xD8, 0x80}) {
                byte[] bytes = valid.clone();
                bytes[0] = (byte) first;
                bytes[1] = (byte) second;
                bytes[2] = 0;
                Path file = Files.write(folder.resolve("x.json"), bytes);
                assertThrows(FileFormatException.class, () -> JsonInterchange.read(file));
            }
        }
    }

    /** Products of a new variable and the product before it. */
    private static Circuit chain(int depth) {
        CircuitBuilder b = Circuit.builder();
        NodeVector chain = b.input(0, new Bernoulli(), 1, 1);
        for (int v = 1; v < depth; v++) {
            chain = b.product(b.input(v, new Bernoulli(), 1, 1), chain);
        }
        return b.build(b.sum(1, chain), ParameterInitializer.random(1));
    }

    @Test
    void a_chain_of_twenty_thousand_products_is_read_and_compiled() throws IOException {
        Circuit deep = chain(20_000);
        Path file = folder.resolve("chain.sluice");
        ModelFile.write(Model.of(deep), file);
        Circuit read = ModelFile.read(file).circuit();
        DatasetBuilder rows = Dataset.builder(Model.of(read).schema());
        rows.add(new double[read.variables()]);
        try (Engine engine = Engine.compile(read, Device.reference())) {
            assertTrue(engine.logLikelihood(rows.build()).total() < 0);
        }
        assertDoesNotThrow(() -> io.sluice.transform.Blocking.merged(read));
    }
}
