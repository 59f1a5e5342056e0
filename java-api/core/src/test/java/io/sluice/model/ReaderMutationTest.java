package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.SluiceException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.leaf.Bernoulli;
import io.sluice.leaf.Binomial;
import io.sluice.leaf.Categorical;
import io.sluice.leaf.DiscretizedLogistic;
import io.sluice.leaf.External;
import io.sluice.leaf.Gamma;
import io.sluice.leaf.Gaussian;
import io.sluice.leaf.Histogram;
import io.sluice.leaf.Indicator;
import io.sluice.leaf.LogNormal;
import io.sluice.leaf.Poisson;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Every reader, given any damaged file, reads it or throws a {@link SluiceException}, in little
 * time and memory. A circuit that was read answers queries.
 */
class ReaderMutationTest {
    private static final int FILES = Sweep.size(300, 10_000);

    /** Most heap memory that reading a file of a few kilobytes, and queries, may allocate. */
    private static final long MOST_BYTES = 192L << 20;

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path folder;

    private List<Circuit> circuits = List.of();

    /** Reads a circuit from a file. */
    @FunctionalInterface
    private interface Reader {
        Circuit read(Path file) throws IOException;
    }

    @BeforeEach
    void make() {
        circuits = List.of(families(), tiedChain());
    }

    private static Circuit families() {
        CircuitBuilder b = Circuit.builder();
        List<InputFamily> families =
                List.of(
                        new Categorical(3),
                        new Bernoulli(),
                        new Gaussian(0.25),
                        new Binomial(4),
                        new Poisson(),
                        new LogNormal(),
                        new Gamma(),
                        new DiscretizedLogistic(5),
                        Histogram.ofEqualBins(0, 1, 3),
                        new Indicator(2),
                        new External());
        List<NodeVector> leaves = new ArrayList<>();
        for (int v = 0; v < families.size(); v++) {
            leaves.add(b.input(v, families.get(v), 4, 2));
        }
        SumVector sum = b.sum(List.of(b.product(leaves)), 2, 1);
        return b.build(b.sum(List.of(sum), 1, 1), ParameterInitializer.random(1));
    }

    private static Circuit tiedChain() {
        CircuitBuilder b = Circuit.builder();
        InputVector emission = b.input(2, new Categorical(3), 4, 2);
        SumVector transition = b.sum(List.of(emission), 4, 2, new int[] {0, 1}, new int[] {1, 0});
        NodeVector state = b.product(List.of(transition, b.tiedInput(1, emission)));
        SumVector next = b.tiedSum(transition, List.of(state));
        int[][] swapped = {{1, 0}, {0, 1}};
        NodeVector first = b.product(List.of(next, b.tiedInput(0, emission)), swapped);
        return b.build(b.sum(List.of(first), 1, 1), ParameterInitializer.random(4));
    }

    private List<byte[]> written(String name, Writer writer) throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (Circuit circuit : circuits) {
            Path file = folder.resolve(name);
            writer.write(circuit, file);
            files.add(Files.readAllBytes(file));
        }
        return files;
    }

    /** Writes a circuit to a file. */
    @FunctionalInterface
    private interface Writer {
        void write(Circuit circuit, Path file) throws IOException;
    }

    private static List<byte[]> pickles() throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (String name : List.of("mixed.jpc", "tied.jpc", "leaves.jpc", "mixed-protocol-5.jpc")) {
            try (InputStream in =
                    Objects.requireNonNull(ReaderMutationTest.class.getResourceAsStream(name))) {
                files.add(in.readAllBytes());
            }
        }
        return files;
    }

    /** Damages a file, reads it, and asks for a likelihood. */
    private void survives(
            List<byte[]> valid, String ending, UnaryOperator<byte[]> damage, Reader reader)
            throws IOException {
        int read = 0;
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = damage.apply(valid.get(i % valid.size()));
            Path file = Files.write(folder.resolve("damaged" + ending), bytes);
            try {
                boolean refused = assertTimeoutPreemptively(SOON, () -> isRefused(reader, file));
                read += refused ? 0 : 1;
            } catch (Throwable e) {
                fail("file " + i + ", kept as " + kept(bytes, ending), e);
            }
        }
        assertTrue(read > 0, "all files were refused");
    }

    private static boolean isRefused(Reader reader, Path file) throws IOException {
        long before = allocated();
        try {
            ask(reader.read(file));
            return false;
        } catch (SluiceException e) {
            String message = e.getMessage();
            assertTrue(message.length() < 1100 && message.indexOf('\n') < 0, message);
            return true;
        } finally {
            long used = allocated() - before;
            assertTrue(used < MOST_BYTES, used + " bytes");
        }
    }

    private static Path kept(byte[] bytes, String ending) throws IOException {
        return Files.write(Files.createTempFile("sluice-mutation", ending), bytes);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    private static void ask(Circuit circuit) {
        DatasetBuilder rows = Dataset.builder(Model.of(circuit).schema());
        double[] cells = new double[circuit.variables()];
        Arrays.fill(cells, Double.NaN);
        rows.add(cells);
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            Dataset missing = rows.build();
            engine.logLikelihood(missing);
            engine.conditionals(missing);
            engine.maxProduct(missing);
            engine.sample(2, 1);
        }
    }

    @Test
    void model_files_with_right_checksums() throws IOException {
        Mutations mutations = new Mutations(1);
        survives(
                written("m.sluice", (circuit, file) -> ModelFile.write(Model.of(circuit), file)),
                ".sluice",
                mutations::ofModelFile,
                file -> ModelFile.read(file).circuit());
    }

    @Test
    void interchange_files() throws IOException {
        Mutations mutations = new Mutations(2);
        survives(
                written("m.json", (circuit, file) -> JsonInterchange.write(circuit, "x", file)),
                ".json",
                mutations::of,
                JsonInterchange::read);
    }

    @Test
    void files_of_pyjuice() throws IOException {
        Mutations mutations = new Mutations(3);
        survives(pickles(), ".jpc", mutations::of, PyJuiceFile::read);
    }

    @Test
    void tensors() throws IOException {
        Mutations mutations = new Mutations(4);
        Circuit circuit = tiedChain();
        Path file = folder.resolve("m.safetensors");
        Safetensors.write(circuit, file);
        survives(
                List.of(Files.readAllBytes(file)),
                ".safetensors",
                mutations::of,
                damaged -> Safetensors.read(damaged, circuit));
    }

    @Test
    void decision_diagrams() throws IOException {
        Mutations mutations = new Mutations(5);
        Path vtree = Files.writeString(folder.resolve("a.vtree"), PsddFileTest.VTREE);
        survives(
                List.of(PsddFileTest.PSDD.getBytes(StandardCharsets.UTF_8)),
                ".psdd",
                mutations::of,
                file -> PsddFile.read(file, vtree));
    }

    @Test
    void vtrees() throws IOException {
        Mutations mutations = new Mutations(6);
        Path psdd = Files.writeString(folder.resolve("a.psdd"), PsddFileTest.PSDD);
        survives(
                List.of(PsddFileTest.VTREE.getBytes(StandardCharsets.UTF_8)),
                ".vtree",
                mutations::of,
                file -> PsddFile.read(psdd, file));
    }
}
