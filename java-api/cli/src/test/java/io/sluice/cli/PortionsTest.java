package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class PortionsTest {
    private static final int CATEGORIES = 1 << 12;

    private static Dataset rows(int count, boolean missing) {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(1, CATEGORIES));
        for (int row = 0; row < count; row++) {
            builder.add(new double[] {missing && row % 2 == 1 ? Double.NaN : row % CATEGORIES});
        }
        return builder.build();
    }

    private static Progress silent() {
        PrintStream nowhere =
                new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return Progress.start(
                new Terminal(nowhere, nowhere, false), false, "", 1, new StopRequest());
    }

    private static Circuit circuit() {
        CircuitBuilder b = Circuit.builder();
        return b.build(
                b.input(0, new Categorical(CATEGORIES), 1, 1), ParameterInitializer.random(0));
    }

    @Test
    void portions_cover_the_rows_in_order() throws IOException {
        List<Long> covered = new ArrayList<>();
        Portions.each(
                rows(10_000, false),
                silent(),
                (portion, first) -> {
                    for (long row = 0; row < portion.rows(); row++) {
                        covered.add(first + row);
                        assertEquals((int) ((first + row) % CATEGORIES), portion.value(row, 0));
                    }
                });
        assertEquals(10_000, covered.size());
        assertEquals(9_999L, covered.get(9_999));
    }

    @Test
    void portions_with_many_missing_cells_are_smaller() throws IOException {
        List<Long> starts = new ArrayList<>();
        long[] rows = {0};
        Portions.eachByMissing(
                rows(10_000, true),
                circuit(),
                silent(),
                (portion, first) -> {
                    assertEquals(rows[0], first);
                    starts.add(first);
                    rows[0] += portion.rows();
                });
        assertEquals(10_000, rows[0]);
        assertTrue(starts.size() >= 3, "portions " + starts);
    }

    @Test
    void the_first_portion_has_the_seed_and_the_others_have_others() {
        assertEquals(42, PortionSeed.of(42, 0));
        assertNotEquals(PortionSeed.of(42, 4096), PortionSeed.of(42, 8192));
        assertNotEquals(PortionSeed.of(42, 4096), PortionSeed.of(43, 4096));
    }
}
