package io.sluice.data.format;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class BuiltInTest {

    private static Dataset train(String source, long seed) {
        return Datasets.open(source, DataOptions.defaults().withSeed(seed)).train();
    }

    @Test
    void the_same_seed_draws_the_same_data() {
        for (String source : Datasets.builtIn()) {
            MemorySegment first = train(source, 5).values();
            assertEquals(-1, first.mismatch(train(source, 5).values()), source);
            assertNotEquals(-1, first.mismatch(train(source, 6).values()), source);
        }
    }

    @Test
    void digits_are_grey_images_of_bright_strokes_on_a_dark_ground() {
        DataParts digits = Datasets.open("builtin:digits");
        assertEquals(new ImageShape(28, 28, 1), digits.schema().image());
        assertEquals(40_000, digits.train().rows());
        Dataset test = digits.test();
        assertNotNull(test);
        assertEquals(2_000, test.rows());
        for (long row = 0; row < test.rows(); row++) {
            int ink = 0;
            int border = 0;
            for (int v = 0; v < test.variables(); v++) {
                boolean inked = test.value(row, v) > 128;
                ink += inked ? 1 : 0;
                border += inked && (v < 28 || v >= 27 * 28) ? 1 : 0;
            }
            assertTrue(ink > 15 && ink < 300, "image " + row + " has " + ink + " bright pixels");
            assertTrue(border < 15, "image " + row + " leaves the frame");
        }
    }

    @Test
    void the_table_has_missing_cells_and_every_kind_of_column() {
        DataParts table = Datasets.open("builtin:mixture");
        assertNotNull(table.valid());
        assertNotNull(table.train().missing());
        assertTrue(table.schema().columns().stream().anyMatch(c -> !c.isCategorical()));
        assertTrue(table.schema().columns().stream().anyMatch(c -> !c.labels().isEmpty()));
    }

    @Test
    void an_unknown_source_is_refused_with_those_there_are() {
        InvalidArgumentException error =
                assertThrows(InvalidArgumentException.class, () -> Datasets.open("builtin:cats"));
        assertSays(error, "builtin:digits");
        assertThrows(InvalidArgumentException.class, () -> Datasets.open("no/such/file"));
    }
}
