package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class PairTrendsTest {

    @Test
    void opposite_correlations_share_nothing() {
        Table rising = Tables.of(Tables.numbers("x", 1, 2, 3), Tables.numbers("y", 1, 2, 3));
        Table falling = Tables.of(Tables.numbers("x", 1, 2, 3), Tables.numbers("y", 3, 2, 1));
        assertEquals(0, PairTrends.of(rising.with(falling), 0).similarity(), 1e-12);
        assertEquals(1, PairTrends.of(rising.with(rising), 0).similarity(), 1e-12);
    }

    @Test
    void pairs_of_categories_share_what_their_joint_shares_have_in_common() {
        Table first = Tables.of(Tables.categories("a", "xxyy"), Tables.categories("b", "ppqq"));
        Table second = Tables.of(Tables.categories("a", "xxyy"), Tables.categories("b", "pqpq"));
        assertEquals(0.5, PairTrends.of(first.with(second), 0).similarity(), 1e-12);
    }

    @Test
    void numbers_beside_categories_count_in_ten_bins() {
        Table first = Tables.of(Tables.numbers("x", 0, 10), Tables.categories("b", "pq"));
        Table near = Tables.of(Tables.numbers("x", 0.5, 99), Tables.categories("b", "pq"));
        Table swapped = Tables.of(Tables.numbers("x", 10, 0), Tables.categories("b", "pq"));
        assertEquals(1, PairTrends.of(first.with(near), 0).similarity(), 1e-12);
        assertEquals(0, PairTrends.of(first.with(swapped), 0).similarity(), 1e-12);
    }

    @Test
    void lost_dependence_lowers_the_similarity() {
        Table real = Tables.people(2000, 0, 1);
        double same = PairTrends.of(real.with(Tables.people(2000, 0, 2)), 0).similarity();
        double lost =
                PairTrends.of(real.with(Tables.scrambled(Tables.people(2000, 0, 2), 3)), 0)
                        .similarity();
        assertTrue(same > 0.95 && lost < 0.85, same + " " + lost);
    }
}
