package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.ImageShape;
import io.sluice.data.Schema;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.Gaussian;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

class ModelFileTest {
    private static final int PARAMETERS_ALIGNMENT = 4096;
    private static final int HEADER_BYTES = 128;

    @TempDir Path folder;

    static Stream<Circuit> circuits() {
        return Stream.of(
                singleInput(), denseMixture(), sparseBlocks(), tiedChain(), permutedProduct());
    }

    private static Circuit singleInput() {
        CircuitBuilder b = Circuit.builder();
        return b.build(b.input(0, new Gaussian(0.25), 1, 1), ParameterInitializer.random(1));
    }

    private static Circuit denseMixture() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(5), 8, 4);
        NodeVector y = b.input(1, new Bernoulli(), 8, 4);
        NodeVector z = b.input(2, new Gaussian(), 8, 4);
        NodeVector root = b.sum(List.of(b.product(List.of(x, y, z))), 1, 1);
        return b.build(root, ParameterInitializer.random(2));
    }

    private static Circuit sparseBlocks() {
        CircuitBuilder b = Circuit.builder();
        NodeVector narrow = b.input(0, new Categorical(3), 4, 1);
        NodeVector wide = b.input(0, new Categorical(3), 4, 2);
        int[] parents = {0, 0, 1, 1};
        int[] children = {0, 4, 3, 5};
        NodeVector middle = b.sum(List.of(narrow, wide), 4, 2, parents, children);
        NodeVector root = b.sum(List.of(middle), 1, 1);
        return b.build(root, ParameterInitializer.random(3));
    }

    private static Circuit tiedChain() {
        CircuitBuilder b = Circuit.builder();
        InputVector emission = b.input(2, new Categorical(4), 6, 2);
        SumVector transition = b.sum(List.of(emission), 6, 2);
        NodeVector state = b.product(List.of(transition, b.tiedInput(1, emission)));
        SumVector next = b.tiedSum(transition, List.of(state));
        NodeVector first = b.product(List.of(next, b.tiedInput(0, emission)));
        return b.build(b.sum(List.of(first), 1, 1), ParameterInitializer.random(4));
    }

    private static Circuit permutedProduct() {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Bernoulli(), 4, 2);
        NodeVector y = b.input(1, new Bernoulli(), 6, 2);
        NodeVector product = b.product(List.of(x, y), new int[][] {{0, 2}, {1, 0}, {1, 1}});
        return b.build(b.sum(List.of(product), 1, 1), ParameterInitializer.random(5));
    }

    private static Circuit manyVectors() {
        CircuitBuilder b = Circuit.builder();
        List<NodeVector> columns =
                IntStream.range(0, 300)
                        .<NodeVector>mapToObj(v -> b.input(v, new Bernoulli(), 1, 1))
                        .toList();
        return b.build(b.product(columns), ParameterInitializer.random(6));
    }

    private static Model model() {
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical(
                                        "colour", List.of("red", "grün", "", "a,b", "5")),
                                Column.categorical("flag", 2),
                                Column.continuous("size")));
        return new Model(denseMixture(), schema, Map.of("run.seed", "17"));
    }

    private Path written(Model model) throws IOException {
        Path file = folder.resolve("m.sluice");
        ModelFile.write(model, file);
        return file;
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void reading_gives_the_circuit_that_was_written(Circuit circuit) throws IOException {
        Circuit read = ModelFile.read(written(Model.of(circuit))).circuit();

        assertEquals(circuit.toString(), read.toString());
        assertEquals(circuit.properties(), read.properties());
        assertEquals(
                circuit.vectors().stream().map(NodeVector::toString).toList(),
                read.vectors().stream().map(NodeVector::toString).toList());
        assertEquals(-1, circuit.parameters().segment().mismatch(read.parameters().segment()));
        assertEquals(
                StructureEncoder.encode(circuit).byteSize(),
                StructureEncoder.encode(read).byteSize());
        assertEquals(ModelFile.structureChecksum(circuit), ModelFile.structureChecksum(read));
    }

    @Test
    void a_structure_may_be_long() throws IOException {
        Circuit read = ModelFile.read(written(Model.of(manyVectors()))).circuit();
        assertEquals(ModelFile.structureChecksum(manyVectors()), ModelFile.structureChecksum(read));
    }

    @Test
    void reading_gives_the_schema_and_metadata_that_were_written() throws IOException {
        Model read = ModelFile.read(written(model()));
        assertEquals(model().schema(), read.schema());
        assertEquals(model().metadata(), read.metadata());
    }

    @Test
    void columns_that_share_labels_store_them_once() throws IOException {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(2), 1, 1);
        NodeVector y = b.input(1, new Categorical(2), 1, 1);
        NodeVector z = b.input(2, new Categorical(3), 1, 1);
        Circuit circuit = b.build(b.product(List.of(x, y, z)), ParameterInitializer.random(0));
        List<String> words = List.of("antidisestablishmentarianism", "b");
        Schema schema =
                Schema.of(
                        List.of(
                                Column.categorical("x", words),
                                Column.categorical("y", words),
                                Column.categorical("z", List.of("b", "c", "d"))));
        Path file = written(new Model(circuit, schema));
        assertEquals(schema, ModelFile.read(file).schema());
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertEquals(bytes.indexOf(words.get(0)), bytes.lastIndexOf(words.get(0)));
    }

    @Test
    void an_image_shape_is_remembered() throws IOException {
        CircuitBuilder b = Circuit.builder();
        NodeVector x = b.input(0, new Categorical(4), 1, 1);
        NodeVector y = b.input(1, new Categorical(4), 1, 1);
        Circuit circuit = b.build(b.product(List.of(x, y)), ParameterInitializer.random(0));
        Schema schema = Schema.image(new ImageShape(1, 2, 1), 4);
        assertEquals(schema, ModelFile.read(written(new Model(circuit, schema))).schema());
    }

    @Test
    void circuits_of_equal_structure_have_one_structure_checksum() {
        Circuit circuit = denseMixture();
        int checksum = ModelFile.structureChecksum(circuit);
        Circuit other = circuit.withParameters(denseMixture().parameters());
        assertEquals(checksum, ModelFile.structureChecksum(other));
        assertNotEquals(checksum, ModelFile.structureChecksum(sparseBlocks()));
    }

    @Test
    void equal_models_give_equal_bytes() throws IOException {
        byte[] first = Files.readAllBytes(written(model()));
        assertArrayEquals(first, Files.readAllBytes(written(model())));
    }

    @Test
    void parameters_lie_on_a_page_boundary_as_the_format_says() throws IOException {
        Model model = model();
        byte[] bytes = Files.readAllBytes(written(model));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int offset = (int) file.getLong(32 + 3 * 24);
        assertEquals(0, offset % PARAMETERS_ALIGNMENT);
        for (int i = 0; i < model.circuit().parameters().size(); i++) {
            assertEquals(model.circuit().parameters().get(i), file.getFloat(offset + 4 * i));
        }
    }

    @Test
    void an_existing_file_is_replaced_and_what_was_read_from_it_stays() throws IOException {
        Path file = written(model());
        Model before = ModelFile.read(file);
        ModelFile.write(Model.of(sparseBlocks()), file);
        assertEquals(
                -1,
                model().circuit()
                        .parameters()
                        .segment()
                        .mismatch(before.circuit().parameters().segment()));
        assertEquals(1, ModelFile.read(file).circuit().variables());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList(), "temporary files left");
        }
    }

    @Test
    void what_happens_to_a_file_after_it_was_read_changes_nothing() throws IOException {
        Path file = written(model());
        Model read = ModelFile.read(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(
                    ByteBuffer.allocate(1024),
                    channel.size() - 1024); // zeroed while the model is in use
            channel.truncate(64);
        }
        MemorySegment expected = model().circuit().parameters().segment();
        assertEquals(-1, expected.mismatch(read.circuit().parameters().segment()));
    }

    @Test
    void a_file_that_is_truncated_while_it_is_read_is_refused() throws Exception {
        CircuitBuilder b = Circuit.builder();
        NodeVector leaves = b.input(0, new Categorical(256), 16384, 128);
        Circuit large = b.build(b.sum(1, leaves), ParameterInitializer.random(1));
        byte[] bytes = Files.readAllBytes(written(Model.of(large)));
        Path file = folder.resolve("changing");
        AtomicBoolean done = new AtomicBoolean();
        Thread copying =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        assertDoesNotThrow(() -> Files.write(file, bytes));
                                    }
                                });
        try {
            for (int i = 0; i < 40; i++) {
                try {
                    assertEquals(1, ModelFile.read(file).circuit().variables());
                } catch (FileFormatException | NoSuchFileException e) {
                    // half of it was there
                }
            }
        } finally {
            done.set(true);
            copying.join();
        }
    }

    @Test
    void a_mapped_model_is_the_one_that_is_read() throws IOException {
        Path file = written(model());
        Model mapped = ModelFile.map(file);
        assertEquals(model().schema(), mapped.schema());
        assertEquals(
                -1,
                ModelFile.read(file)
                        .circuit()
                        .parameters()
                        .segment()
                        .mismatch(mapped.circuit().parameters().segment()));
    }

    @Test
    void a_model_file_is_recognised_by_its_first_bytes() throws IOException {
        assertTrue(ModelFile.isModelFile(written(model())));
        assertFalse(ModelFile.isModelFile(Files.writeString(folder.resolve("a"), "{\"nodes\":[")));
        assertFalse(ModelFile.isModelFile(Files.writeString(folder.resolve("b"), "")));
    }

    @Test
    void a_missing_file_is_an_io_exception() {
        assertThrows(NoSuchFileException.class, () -> ModelFile.read(folder.resolve("none")));
    }

    @Test
    void a_folder_is_no_model_file() {
        assertTrue(failure(folder).contains("not a regular file"));
    }

    @Test
    void what_is_no_regular_file_is_not_replaced() {
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class, () -> ModelFile.write(model(), folder));
        assertTrue(e.getMessage().contains(folder.toString()));
    }

    @Test
    void a_file_truncated_anywhere_is_refused() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        for (int length = 0; length < bytes.length; length += length < 512 ? 1 : 61) {
            String message = failure(slice(bytes, length));
            assertTrue(message.contains(length + " bytes"), message);
        }
    }

    @Test
    void a_file_with_something_appended_is_refused() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        assertTrue(failure(slice(bytes, bytes.length + 1)).contains("appended"));
    }

    @Test
    void a_flipped_bit_is_refused_wherever_it_means_something() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int metadata = 32 + 2 * 24;
        long paddingFrom = file.getLong(metadata) + file.getLong(metadata + 8);
        long paddingTo = file.getLong(metadata + 24);
        for (int at = 0; at < bytes.length; at += at < 1024 ? 1 : 37) {
            if (at >= paddingFrom && at < paddingTo) {
                continue;
            }
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << (at % 8));
            String message = failure(damaged);
            assertTrue(message.startsWith(folder.resolve("damaged").toString()), message);
        }
    }

    @Test
    void a_newer_version_says_so() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        bytes[8] = 3;
        assertTrue(failure(bytes).contains("version 3, but this Sluice reads version 2"));
    }

    @Test
    void a_checksum_that_is_wrong_names_its_section() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        bytes[bytes.length - 1] ^= 1;
        assertTrue(failure(bytes).contains("checksum of the parameters section"));
    }

    /** Every number of the structure is replaced by hostile ones; all checksums are corrected. */
    @ParameterizedTest
    @MethodSource("circuits")
    void a_structure_that_lies_is_refused_without_believing_it(Circuit circuit) throws IOException {
        byte[] bytes = Files.readAllBytes(written(Model.of(circuit)));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int from = (int) file.getLong(32);
        int to = from + (int) file.getLong(40);
        int[] lies = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, 1 << 20, 0, 1, 3, 1000};
        for (int at = from; at < to; at += Integer.BYTES) {
            int truth = file.getInt(at);
            for (int lie : lies) {
                file.putInt(at, lie);
                readsOrIsRefused(withChecksums(bytes));
            }
            file.putInt(at, truth);
        }
    }

    @Test
    void a_schema_that_lies_is_refused_without_believing_it() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int from = (int) file.getLong(32 + 24);
        int to = (int) file.getLong(32 + 3 * 24);
        for (int at = from; at + Integer.BYTES <= to && at < from + 400; at += Sweep.size(5, 1)) {
            int truth = file.getInt(at);
            for (int lie : new int[] {-1, Integer.MAX_VALUE, 1 << 28, 0, 0xFFFEFDFC}) {
                file.putInt(at, lie);
                readsOrIsRefused(withChecksums(bytes));
            }
            file.putInt(at, truth);
        }
    }

    @Test
    void sections_that_overlap_or_leave_the_file_are_refused() throws IOException {
        byte[] bytes = Files.readAllBytes(written(model()));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int section = 0; section < 4; section++) {
            for (int field = 0; field < 16; field += 8) {
                int at = 32 + section * 24 + field;
                long truth = file.getLong(at);
                for (long lie : new long[] {-1, 0, truth + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    if (lie != truth) {
                        file.putLong(at, lie);
                        byte[] damaged = bytes.clone();
                        headerChecksum(damaged);
                        failure(damaged);
                    }
                }
                file.putLong(at, truth);
            }
        }
    }

    @Test
    void a_column_that_does_not_fit_its_variable_is_refused() {
        Schema schema = Schema.of(List.of(Column.categorical("x", 2)));
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class, () -> new Model(singleInput(), schema));
        assertTrue(e.getMessage().contains("column 'x' is categorical of 2"), e.getMessage());
        assertThrows(
                InvalidArgumentException.class, () -> new Model(singleInput(), model().schema()));
    }

    @Test
    void a_column_with_fewer_categories_than_its_variable_is_widened() {
        CircuitBuilder b = Circuit.builder();
        Circuit circuit =
                b.build(b.input(0, new Categorical(5), 1, 1), ParameterInitializer.random(0));
        Schema narrow = Schema.of(List.of(Column.categorical("x", 2)));
        assertEquals(5, new Model(circuit, narrow).schema().column(0).categories());
    }

    private String failure(byte[] bytes) throws IOException {
        return failure(Files.write(folder.resolve("damaged"), bytes));
    }

    private static String failure(Path file) {
        return String.valueOf(
                assertThrows(FileFormatException.class, () -> ModelFile.read(file)).getMessage());
    }

    private void readsOrIsRefused(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("lie"), bytes);
        try {
            ModelFile.read(file);
        } catch (FileFormatException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith(file.toString()), e.getMessage());
        }
        Files.delete(file); // a mapped file must not be written to
    }

    private static byte[] withChecksums(byte[] bytes) {
        byte[] result = bytes.clone();
        ByteBuffer file = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
        for (int section = 0; section < 4; section++) {
            int at = 32 + section * 24;
            int offset = (int) file.getLong(at);
            file.putInt(at + 16, checksum(result, offset, (int) file.getLong(at + 8)));
        }
        headerChecksum(result);
        return result;
    }

    private static void headerChecksum(byte[] bytes) {
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(12, checksum(bytes, 16, HEADER_BYTES - 16));
    }

    private static int checksum(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private static byte[] slice(byte[] bytes, int length) {
        return java.util.Arrays.copyOf(bytes, length);
    }
}
