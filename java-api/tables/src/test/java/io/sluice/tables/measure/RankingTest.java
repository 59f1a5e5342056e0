package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class RankingTest {

    @Test
    void the_area_is_the_share_of_pairs_in_the_right_order() {
        double[] scores = {1, 3, 2, 4};
        boolean[] positive = {false, false, true, true};
        assertEquals(0.75, Ranking.area(scores, positive)); // 2 < 3 is the wrong one of 4 pairs
    }

    @Test
    void equal_scores_count_half() {
        double[] scores = {1, 1, 0, 2};
        boolean[] positive = {true, false, false, true};
        assertEquals(3.5 / 4, Ranking.area(scores, positive));
    }

    @Test
    void without_rows_of_one_kind_the_area_is_a_half() {
        assertEquals(0.5, Ranking.area(new double[] {1, 2}, new boolean[] {true, true}));
    }
}
