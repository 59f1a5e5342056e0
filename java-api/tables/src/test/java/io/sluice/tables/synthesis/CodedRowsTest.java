package io.sluice.tables.synthesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;
import io.sluice.tables.BinCoding;
import io.sluice.tables.measure.PlainCoding;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

final class CodedRowsTest {

    @Test
    void numbers_become_bins_of_the_numbers_that_the_rows_have() {
        Quantity quantity = new Quantity(Quantity.Kind.WHOLE, 1, 0, 100, null);
        DatasetBuilder builder =
                Dataset.builder(
                        Schema.of(
                                List.of(
                                        Column.of("x", PlainCoding.of(quantity)),
                                        Column.categorical("c", 2))));
        for (int row = 0; row < 200; row++) {
            builder.add(new double[] {row % 10 == 9 ? Double.NaN : row % 2 * 7, row % 2});
        }
        Dataset rows = builder.build();
        Dataset coded = CodedRows.of(rows, new BinCoding());
        assertTrue(coded.schema().column(0).isCategorical());
        Numbers numbers = Objects.requireNonNull(coded.schema().column(0).numbers());
        for (int row = 0; row < 200; row++) {
            assertEquals(rows.isMissing(row, 0), coded.isMissing(row, 0));
            if (!rows.isMissing(row, 0)) {
                assertEquals(rows.value(row, 0), numbers.number(coded.value(row, 0)));
            }
            assertEquals(rows.value(row, 1), coded.value(row, 1));
        }
    }

    @Test
    void a_column_without_numbers_stays_as_it_is() {
        Quantity quantity = new Quantity(Quantity.Kind.WHOLE, 1, 0, 100, null);
        DatasetBuilder builder =
                Dataset.builder(Schema.of(List.of(Column.of("x", PlainCoding.of(quantity)))));
        builder.add(new double[] {Double.NaN});
        Dataset coded = CodedRows.of(builder.build(), new BinCoding());
        assertTrue(!coded.schema().column(0).isCategorical() && coded.isMissing(0, 0));
    }
}
