package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;

final class SyntheticReportTest {
    private static final Table TRAIN = Tables.people(600, 0, 1);
    private static final Table HELD_OUT = Tables.people(300, 0, 2);

    private static SyntheticReport measure(
            Table synthetic, Table heldOut, @Nullable Integer target) {
        return SyntheticReport.of(TRAIN.with(synthetic), heldOut, target, 4, () -> {});
    }

    @Test
    void the_same_tables_and_seed_give_the_same_report() {
        Table synthetic = Tables.people(500, 2, 3);
        SyntheticReport report = measure(synthetic, HELD_OUT, 2);
        assertEquals(report, measure(synthetic, HELD_OUT, 2));
        assertNotNull(report.usefulness());
        assertTrue(report.columnSimilarity() > 0.8 && report.columnSimilarity() < 1);
    }

    @Test
    void every_step_is_told() {
        AtomicInteger told = new AtomicInteger();
        SyntheticReport.of(
                TRAIN.with(Tables.people(100, 0, 3)), HELD_OUT, 2, 0, told::incrementAndGet);
        assertEquals(SyntheticReport.STEPS, told.get());
    }

    @Test
    void without_a_target_nothing_is_predicted() {
        assertNull(measure(Tables.people(500, 0, 3), HELD_OUT, null).usefulness());
    }

    @Test
    void too_few_rows_are_refused() {
        Table few = Tables.rows(HELD_OUT, 0, 19);
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> measure(Tables.people(500, 0, 3), few, null))
                        .getMessage();
        assertTrue(message.contains("19 rows"), message);
    }
}
