package io.sluice.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files as PyJuice pickles them, with log-likelihoods computed from their numbers elsewhere. */
class PyJuiceFileTest {
    private static final double NOT = Double.NaN;

    @TempDir Path folder;

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, bytes(name));
        return file;
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(PyJuiceFileTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static double[] logs(Circuit circuit, double[][] rows) {
        DatasetBuilder builder = Dataset.builder(Model.of(circuit).schema());
        for (double[] row : rows) {
            builder.add(row);
        }
        try (Engine engine = Engine.compile(circuit, Device.reference())) {
            return engine.logLikelihood(builder.build()).values();
        }
    }

    @Test
    void a_tied_chain_in_blocks_keeps_blocks_and_ties() throws IOException {
        Circuit circuit = PyJuiceFile.read(resource("tied.jpc"));
        double[][] rows = {{0, 1, 2}, {2, 2, 1}, {NOT, 0, 0}, {1, NOT, NOT}};
        double[] expected = {
            -3.5208469339255286, -3.8712732371632033, -1.806360936908932, -0.9527346857262307
        };
        assertArrayEquals(expected, logs(circuit, rows), 1e-6);
        assertEquals(2, circuit.vectors().get(0).blockSize());
        assertEquals(1, ((SumVector) circuit.vectors().get(4)).parameterOwner());
        assertEquals(4 * 3 + 4 * 4 + 4, circuit.properties().parameters());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixed.jpc", "mixed-protocol-3.jpc", "mixed-protocol-5.jpc"})
    void products_of_single_nodes_sparse_tiles_and_masks_are_read(String name) throws IOException {
        Circuit circuit = PyJuiceFile.read(resource(name));
        double[][] rows = {{1, 0.3, 3}, {0, -2, 0}, {NOT, 1.5, 1}, {1, NOT, 2}};
        double[] expected = {
            -3.895969951766145, -5.474817533027444, -2.4000905565427098, -2.0096175263325207
        };
        assertArrayEquals(expected, logs(circuit, rows), 1e-6);
        SumVector masked = (SumVector) circuit.vectors().get(4);
        long offset = circuit.layout().offset(masked.id());
        int zeros = 0;
        for (int i = 0; i < masked.parameters(); i++) {
            zeros += circuit.parameters().get(offset + i) == 0 ? 1 : 0;
        }
        assertTrue(zeros >= 1);
    }

    @Test
    void every_distribution_that_has_a_counterpart_is_read() throws IOException {
        Circuit circuit = PyJuiceFile.read(resource("leaves.jpc"));
        double[][] rows = {
            {0, 0, 2, 1, 0, 2},
            {7, 2, 0, 0, 1, 0},
            {3, NOT, 0, 1, 2, 2},
            {NOT, 2, 1, NOT, 1, NOT},
            {5, NOT, NOT, 1, NOT, 0}
        };
        double[] expected = {
            -6.740656096341402,
            -5.098890341851143,
            -7.630025291663679,
            -3.242592351485517,
            -4.273616470888834
        };
        assertArrayEquals(expected, logs(circuit, rows), 1e-6);
        double[][] impossible = {{0, 1, 2, 1, 0, 2}, {0, 0, 2, 0, 0, 2}, {0, 0, 2, 1, 0, 1}};
        for (double log : logs(circuit, impossible)) {
            assertEquals(Double.NEGATIVE_INFINITY, log);
        }
    }

    @Test
    void a_mask_makes_zeros_of_weights_that_the_file_still_has() throws IOException {
        Circuit circuit = PyJuiceFile.read(resource("masked.jpc"));
        double[] expected = {-1.2411123512753928, -1.7165360479904674, -0.6325225587435105};
        assertArrayEquals(expected, logs(circuit, new double[][] {{0}, {1}, {2}}), 1e-6);
    }

    @Test
    void files_from_before_there_were_blocks_are_read() throws IOException {
        Circuit circuit = PyJuiceFile.read(resource("no-blocks.jpc"));
        double[] expected = {-1.3256697393034558, -1.7609878105613013, -0.5753641449035618};
        assertArrayEquals(expected, logs(circuit, new double[][] {{0}, {1}, {2}}), 1e-6);
    }

    @Test
    void nothing_in_a_file_runs() throws IOException {
        Path witness = Path.of("/tmp/sluice-was-here");
        for (String name : new String[] {"runs.jpc", "runs-nested.jpc"}) {
            String message = Hostile.refused(PyJuiceFile::read, resource(name));
            assertTrue(message.contains("posix.system"), message);
            assertFalse(Files.exists(witness));
        }
    }

    @Test
    void a_file_truncated_anywhere_is_refused() throws IOException {
        Hostile.truncated(folder, bytes("mixed.jpc"), ".jpc", PyJuiceFile::read);
        Hostile.truncated(folder, bytes("tied.jpc"), ".jpc", PyJuiceFile::read);
        Hostile.truncated(folder, bytes("leaves.jpc"), ".jpc", PyJuiceFile::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tied.jpc", "mixed.jpc", "mixed-protocol-5.jpc", "leaves.jpc"})
    void a_file_with_any_byte_changed_is_read_or_refused(String name) throws IOException {
        Hostile.flipped(folder, bytes(name), ".jpc", PyJuiceFile::read);
    }

    @Test
    void a_small_file_cannot_ask_for_many_nodes() throws IOException {
        String message = Hostile.refused(PyJuiceFile::read, resource("many-nodes.jpc"));
        assertTrue(message.contains("more nodes"), message);
    }

    @Test
    void what_is_no_pickle_of_a_circuit_is_refused() throws IOException {
        byte[] list = {(byte) 0x80, 4, ']', '.'};
        Path file = Files.write(folder.resolve("empty.jpc"), list);
        assertTrue(Hostile.refused(PyJuiceFile::read, file).contains("no list of node vectors"));
        byte[] endless = {(byte) 0x80, 4, ']', (byte) 0x94, 'h', 0, 'a', '.'}; // holds itself
        file = Files.write(folder.resolve("endless.jpc"), endless);
        assertTrue(Hostile.refused(PyJuiceFile::read, file).contains("no node vector"));
    }
}
