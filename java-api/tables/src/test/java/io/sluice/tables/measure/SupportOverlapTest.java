package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SupportOverlapTest {

    @Test
    void fresh_rows_lie_inside_and_cover_half() {
        SupportOverlap overlap =
                SupportOverlap.of(Tables.people(2000, 0, 1).with(Tables.people(2000, 0, 2)), 0);
        assertTrue(overlap.alphaPrecision() > 0.95, overlap.toString());
        assertEquals(0.5, overlap.betaRecall(), 0.06, overlap.toString());
        assertEquals(2000, overlap.rows());
    }

    @Test
    void a_table_covers_itself() {
        Table table = Tables.people(500, 0, 1);
        SupportOverlap overlap = SupportOverlap.of(table.with(table), 0);
        // a ball around the centre holds the row that it ends at: half a row more than its share
        assertEquals(1, overlap.alphaPrecision(), 0.01);
        assertEquals(1, overlap.betaRecall(), 0.01);
    }

    @Test
    void rows_far_away_neither_lie_inside_nor_cover() {
        SupportOverlap overlap =
                SupportOverlap.of(Tables.people(500, 0, 1).with(Tables.people(500, 500, 2)), 0);
        assertTrue(overlap.alphaPrecision() < 0.05, overlap.toString());
        assertTrue(overlap.betaRecall() < 0.05, overlap.toString());
    }

    @Test
    void copies_of_one_central_row_are_precise_without_covering() {
        Table real = Tables.people(500, 0, 1);
        Table single = real.rows(new int[500]);
        assertTrue(SupportOverlap.of(real.with(single), 0).betaRecall() < 0.1);
    }

    @Test
    void distances_of_a_hand_computed_case() {
        // real 0, 1 and synthetic 0, 0.25: the centre is 0.5, balls have radius 0.5 at every level
        Table real = Tables.of(Tables.numbers("x", 0, 1));
        Table synthetic = Tables.of(Tables.numbers("x", 0, 0.25));
        SupportOverlap overlap = SupportOverlap.of(real.with(synthetic), 0);
        // all synthetic rows are in every ball: the shares differ by 1 - level, 15 of 30 in sum
        assertEquals(0, overlap.alphaPrecision(), 1e-12);
        // both rows are covered: 0 by 0, 1 by 0.25, at distance 0.75 <= 1; both at 0.125 from 0.125
        assertEquals(0, overlap.betaRecall(), 1e-12);
    }
}
