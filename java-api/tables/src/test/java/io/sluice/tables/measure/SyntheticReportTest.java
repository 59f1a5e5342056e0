package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;

final class SyntheticReportTest {
    private static final Table TRAIN = Tables.people(600, 0, 1);
    private static final Table HELD_OUT = Tables.people(300, 0, 2);

    @Test
    void the_same_tables_and_seed_give_the_same_report() {
        Table.Pair tables = TRAIN.with(Tables.people(500, 2, 3));
        SyntheticReport report = SyntheticReport.of(tables, HELD_OUT, 2, 4);
        assertEquals(report, SyntheticReport.of(tables, HELD_OUT, 2, 4));
        assertNotNull(report.usefulness());
        assertTrue(report.columnSimilarity() > 0.8 && report.columnSimilarity() < 1);
    }

    @Test
    void without_a_target_nothing_is_predicted() {
        Table.Pair tables = TRAIN.with(Tables.people(500, 0, 3));
        assertNull(SyntheticReport.of(tables, HELD_OUT, null, 0).usefulness());
    }

    @Test
    void too_few_rows_are_refused() {
        Table.Pair tables = TRAIN.with(Tables.people(500, 0, 3));
        Table few = Tables.rows(HELD_OUT, 0, 19);
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> SyntheticReport.of(tables, few, null, 0))
                        .getMessage();
        assertTrue(message.contains("19 rows"), message);
    }
}
