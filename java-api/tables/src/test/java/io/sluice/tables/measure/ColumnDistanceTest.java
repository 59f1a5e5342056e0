package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.List;

final class ColumnDistanceTest {

    @Test
    void numbers_differ_by_the_largest_gap_between_their_cumulative_shares() {
        Table first = Tables.of(Tables.numbers("x", 1, 2, 3, 4));
        Table second = Tables.of(Tables.numbers("x", 3, 3, 4, 5));
        assertEquals(0.5, ColumnDistance.of(first.with(second)).get(0).distance()); // at 2
    }

    @Test
    void categories_differ_by_half_the_sum_over_their_shares() {
        Table first = Tables.of(Tables.categories("c", "aabb"));
        Table second = Tables.of(Tables.categories("c", "abbc"));
        assertEquals(0.25, ColumnDistance.of(first.with(second)).get(0).distance());
    }

    @Test
    void a_missing_category_counts_as_a_category() {
        Table first = Tables.of(Tables.categories("c", "ab"));
        Table second = Tables.of(Tables.categories("c", "a "));
        ColumnDistance found = ColumnDistance.of(first.with(second)).get(0);
        assertEquals(0.5, found.distance());
        assertEquals(0.5, found.secondMissing());
    }

    @Test
    void numbers_that_are_missing_more_often_differ() {
        Table first = Tables.of(Tables.numbers("x", 1, 1, 1, 1));
        Table second = Tables.of(Tables.numbers("x", 1, Double.NaN, Double.NaN, Double.NaN));
        assertEquals(0.75, ColumnDistance.of(first.with(second)).get(0).distance());
    }

    @Test
    void the_most_different_column_comes_first() {
        Table first = Tables.of(Tables.numbers("same", 1, 2), Tables.numbers("other", 1, 2));
        Table second = Tables.of(Tables.numbers("same", 1, 2), Tables.numbers("other", 8, 9));
        List<String> names =
                ColumnDistance.of(first.with(second)).stream().map(ColumnDistance::column).toList();
        assertEquals(List.of("other", "same"), names);
    }
}
