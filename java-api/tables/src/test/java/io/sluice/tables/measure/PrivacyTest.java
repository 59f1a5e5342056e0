package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PrivacyTest {
    private static final Table TRAIN = Tables.people(2000, 0, 1);
    private static final Table HELD_OUT = Tables.people(1000, 0, 2);

    @Test
    void fresh_rows_are_as_near_as_held_out_ones() {
        Privacy privacy = Privacy.of(TRAIN.with(Tables.people(1500, 0, 3)), HELD_OUT, 0);
        assertEquals(0.5, privacy.nearerThanHeldOut(), 0.04);
        assertEquals(0.5, privacy.nearerToTraining(), 0.04);
    }

    @Test
    void copies_are_at_distance_zero() {
        Privacy privacy = Privacy.of(TRAIN.with(TRAIN), HELD_OUT, 0);
        assertEquals(0, privacy.syntheticMedian());
        assertEquals(1, privacy.syntheticCopies());
        assertTrue(privacy.heldOutCopies() < 0.1);
        assertTrue(privacy.heldOutMedian() > 0);
        assertTrue(privacy.nearerThanHeldOut() > 0.95);
        assertTrue(privacy.nearerToTraining() > 0.7);
    }

    @Test
    void copies_of_held_out_rows_are_told_from_copies_of_training_rows() {
        Privacy privacy = Privacy.of(TRAIN.with(HELD_OUT), HELD_OUT, 0);
        assertEquals(0.5, privacy.nearerThanHeldOut(), 1e-12);
        assertTrue(privacy.nearerToTraining() < 0.1);
    }
}
