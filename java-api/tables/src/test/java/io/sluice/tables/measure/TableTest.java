package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Quantity;
import io.sluice.data.ScaledNumbers;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;

import java.util.List;

final class TableTest {

    @Test
    void cells_become_the_users_numbers_and_labels() {
        Quantity years = new Quantity(Quantity.Kind.WHOLE, 1, 0, 3000, null);
        Schema schema =
                Schema.of(
                        List.of(
                                Column.of("year", new ScaledNumbers(years, 2000, 10)),
                                Column.categorical("kind", List.of("a", "b"))));
        Table table = Table.of(Dataset.ofFloats(new float[] {1, 0, Float.NaN, 1}, 2, schema));
        assertArrayEquals(
                new double[] {2010, Double.NaN},
                ((TableColumn.OfNumbers) table.columns().get(0)).values());
        TableColumn.OfCategories kinds = (TableColumn.OfCategories) table.columns().get(1);
        assertArrayEquals(new int[] {0, 1}, kinds.codes());
        assertEquals(List.of("a", "b"), kinds.labels());
    }

    @Test
    void columns_are_matched_by_name_and_labels_by_text() {
        Table first = Tables.of(Tables.categories("c", "ab"), Tables.numbers("x", 1, 2));
        Table second = Tables.of(Tables.numbers("x", 3), Tables.categories("c", "b"));
        Table.Pair pair = first.with(second);
        TableColumn.OfCategories c = (TableColumn.OfCategories) pair.second().columns().get(0);
        assertEquals("b", c.labels().get(c.codes()[0]));
        assertEquals(
                ((TableColumn.OfCategories) pair.first().columns().get(0)).labels(), c.labels());
    }

    @Test
    void a_column_of_few_numbers_in_one_table_is_one_of_numbers_in_both() {
        Table first = Tables.of(Tables.numbers("x", 1.5, 2, 7));
        Table second = Tables.of(Tables.categories("x", "121"));
        TableColumn changed = first.with(second).second().columns().get(0);
        assertArrayEquals(new double[] {1, 2, 1}, ((TableColumn.OfNumbers) changed).values());
        Table words = Tables.of(Tables.categories("x", "ab1"));
        assertInstanceOf(
                TableColumn.OfCategories.class, first.with(words).first().columns().get(0));
    }

    @Test
    void only_columns_that_both_tables_have_are_compared() {
        Table first = Tables.of(Tables.numbers("x", 1), Tables.numbers("y", 2));
        Table second = Tables.of(Tables.numbers("z", 1), Tables.numbers("y", 3));
        Table.Pair pair = first.with(second);
        assertEquals(List.of("y"), pair.first().names());
        assertEquals(List.of("y"), pair.second().names());
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> first.with(Tables.of(Tables.numbers("z", 1))))
                        .getMessage();
        assertTrue(message.contains("x, y") && message.contains("z"), message);
    }
}
