package io.sluice.data;

import static io.sluice.data.Messages.assertSays;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.List;

class DatasetTest {
    private static final Schema MIXED =
            Schema.of(List.of(Column.categorical("kind", 3), Column.continuous("size")));

    @Test
    void storage_is_the_smallest_that_holds_every_code() {
        assertEquals(Dataset.ElementType.U8, Schema.categorical(2, 256).elementType());
        assertEquals(Dataset.ElementType.I32, Schema.categorical(2, 257).elementType());
        assertEquals(Dataset.ElementType.F32, MIXED.elementType());
    }

    @Test
    void values_come_back_as_they_were_given() {
        Dataset bytes =
                Dataset.ofBytes(new byte[] {0, 1, (byte) 255, 3}, 2, Schema.categorical(2, 256));
        assertEquals(2, bytes.rows());
        assertEquals(255, bytes.value(1, 0));
        Dataset ints = Dataset.ofInts(new int[] {7, 70_000}, 1, Schema.categorical(1, 100_000));
        assertEquals(70_000, ints.value(1, 0));
        Dataset floats = Dataset.ofFloats(new float[] {2, -1.5f}, 2, MIXED);
        assertEquals(2, floats.value(0, 0));
        assertEquals(-1.5, floats.value(0, 1));
        assertNull(floats.missing());
    }

    @Test
    void not_a_number_is_a_missing_cell_and_is_stored_as_zero() {
        Dataset data = Dataset.ofFloats(new float[] {1, 2, Float.NaN, 4, 2, Float.NaN}, 2, MIXED);
        assertNotNull(data.missing());
        assertTrue(data.isMissing(1, 0));
        assertTrue(Double.isNaN(data.value(2, 1)));
        assertEquals(0, data.values().getAtIndex(ValueLayout.JAVA_FLOAT, 2));
        assertEquals(4, data.value(1, 1));
    }

    @Test
    void extremes_are_those_of_observed_cells() {
        Dataset data =
                Dataset.ofFloats(
                        new float[] {1, -2, Float.NaN, 4, 2, Float.NaN, Float.NaN, -7}, 2, MIXED);
        assertEquals(1, data.minimum(0));
        assertEquals(2, data.maximum(0));
        assertEquals(-7, data.minimum(1));
        assertEquals(4, data.maximum(1));
        DatasetBuilder nothing = Dataset.builder(Schema.categorical(1, 9));
        nothing.add(new double[] {Double.NaN});
        assertTrue(Double.isNaN(nothing.build().minimum(0)));
    }

    @Test
    void missing_bytes_do_not_count_as_zero() {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(1, 9));
        builder.add(new double[] {5}).add(new double[] {Double.NaN}).add(new double[] {3});
        Dataset data = builder.build();
        assertEquals(3, data.minimum(0));
        assertEquals(5, data.maximum(0));
    }

    @Test
    void a_slice_shares_the_rows_between_its_ends() {
        Dataset data = Dataset.ofFloats(new float[] {0, 1, 1, Float.NaN, 2, 5, 0, 6}, 2, MIXED);
        Dataset middle = data.slice(1, 3);
        assertEquals(2, middle.rows());
        assertTrue(middle.isMissing(0, 1));
        assertEquals(5, middle.value(1, 1));
        assertEquals(5, middle.maximum(1));
        assertEquals(0, data.slice(2, 2).rows());
        assertThrows(InvalidArgumentException.class, () -> data.slice(3, 5));
    }

    @Test
    void chosen_rows_may_repeat() {
        Dataset data = Dataset.ofFloats(new float[] {0, 1, 1, Float.NaN, 2, 5}, 2, MIXED);
        Dataset chosen = data.rows(new int[] {2, 1, 2});
        assertEquals(5, chosen.value(0, 1));
        assertTrue(chosen.isMissing(1, 1));
        assertEquals(2, chosen.value(2, 0));
        assertThrows(InvalidArgumentException.class, () -> data.rows(new int[] {3}));
    }

    @Test
    void a_code_out_of_range_is_refused_by_row_column_and_value() {
        InvalidArgumentException error =
                assertThrows(
                        InvalidArgumentException.class,
                        () ->
                                Dataset.ofBytes(
                                        new byte[] {0, 1, 1, 5}, 2, Schema.categorical(2, 2)));
        assertSays(error, "row 1, column 1 ('x1')");
        assertSays(error, "'5'");
        assertThrows(
                InvalidArgumentException.class,
                () -> Dataset.ofFloats(new float[] {0.5f, 1}, 2, MIXED));
        assertThrows(
                InvalidArgumentException.class,
                () -> Dataset.ofFloats(new float[] {1, Float.POSITIVE_INFINITY}, 2, MIXED));
        assertThrows(
                InvalidArgumentException.class,
                () -> Dataset.ofInts(new int[] {-1}, 1, Schema.categorical(1, 2)));
    }

    @Test
    void values_that_make_no_whole_rows_are_refused() {
        assertThrows(
                InvalidArgumentException.class,
                () -> Dataset.ofBytes(new byte[3], 2, Schema.categorical(2, 2)));
        assertThrows(
                InvalidArgumentException.class,
                () -> Dataset.ofBytes(new byte[4], 4, Schema.categorical(2, 2)));
    }

    @Test
    void memory_is_read_only() {
        Dataset data = Dataset.ofBytes(new byte[] {1}, 1, Schema.categorical(1, 2));
        assertTrue(data.values().isReadOnly());
    }

    @Test
    void many_rows_survive_the_growth_of_memory() {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(3, 300));
        int rows = 100_000;
        for (int r = 0; r < rows; r++) {
            builder.add(new double[] {r % 300, r % 7 == 0 ? Double.NaN : r % 11, 299 - r % 300});
        }
        Dataset data = builder.build();
        for (int r = 0; r < rows; r += 997) {
            assertEquals(r % 300, data.value(r, 0));
            assertEquals(r % 7 == 0, data.isMissing(r, 1));
            assertEquals(299 - r % 300, data.value(r, 2));
        }
    }

    @Test
    void offsets_and_counts_that_no_array_holds_are_refused() {
        DatasetBuilder builder = Dataset.builder(Schema.categorical(2, 256));
        builder.addBytes(new byte[4], 0, 2);
        for (int[] wrong : new int[][] {{0, -1}, {-1, 1}, {3, 1}, {0, 3}, {0, 1 << 30}, {5, 0}}) {
            InvalidArgumentException error =
                    assertThrows(
                            InvalidArgumentException.class,
                            () -> builder.addBytes(new byte[4], wrong[0], wrong[1]));
            assertSays(error, "array of 4 bytes");
        }
        assertEquals(2, builder.build().rows());
    }

    @Test
    void numbers_of_columns_categories_and_pixels_that_do_not_exist_are_refused() {
        Dataset data = Dataset.ofFloats(new float[] {1, 2}, 2, MIXED);
        for (int none : new int[] {-1, 2}) {
            assertThrows(InvalidArgumentException.class, () -> data.minimum(none));
            assertThrows(InvalidArgumentException.class, () -> data.maximum(none));
            assertThrows(InvalidArgumentException.class, () -> data.text(0, none));
            assertThrows(InvalidArgumentException.class, () -> MIXED.column(none));
            assertThrows(
                    InvalidArgumentException.class, () -> Column.categorical("a", 2).label(none));
            assertThrows(
                    InvalidArgumentException.class,
                    () -> new ImageShape(2, 2, 1).variable(0, none, 0));
        }
        assertThrows(InvalidArgumentException.class, () -> data.hasUnseen(1));
        assertThrows(InvalidArgumentException.class, () -> Schema.continuous(-1));
        assertThrows(InvalidArgumentException.class, () -> Schema.categorical(0, 2));
    }

    @Test
    void a_schema_of_other_columns_does_not_fit_the_cells() {
        Dataset data = Dataset.ofInts(new int[] {0, 2}, 1, Schema.categorical(1, 3));
        Schema named = Schema.of(List.of(Column.categorical("c", List.of("x", "y", "z"))));
        assertEquals("z", data.withSchema(named).text(1, 0));
        assertThrows(
                InvalidArgumentException.class, () -> data.withSchema(Schema.categorical(1, 2)));
        assertThrows(
                InvalidArgumentException.class, () -> data.withSchema(Schema.categorical(2, 3)));
        assertThrows(InvalidArgumentException.class, () -> data.withSchema(Schema.continuous(1)));
    }
}
