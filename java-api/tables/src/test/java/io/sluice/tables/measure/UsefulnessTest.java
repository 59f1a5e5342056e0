package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsefulnessTest {
    private static final Table REAL = Tables.people(2000, 0, 1);
    private static final Table HELD_OUT = Tables.people(1000, 0, 2);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void rows_of_the_same_distribution_are_as_useful_as_real_ones(int target) {
        Table.Pair pair = REAL.with(Tables.people(2000, 0, 3));
        Usefulness.Figure figure = Usefulness.of(pair, HELD_OUT, target).figures().get(0);
        assertEquals(figure.real(), figure.synthetic(), 0.03);
        assertTrue(figure.real() > 0.85, figure.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void without_dependence_nothing_is_learnt(int target) {
        Table.Pair pair = REAL.with(Tables.scrambled(Tables.people(2000, 0, 3), 4));
        Usefulness.Figure figure = Usefulness.of(pair, HELD_OUT, target).figures().get(0);
        boolean numbers = target == 1;
        assertTrue(figure.synthetic() < (numbers ? 0.1 : 0.6), figure.toString());
    }

    @Test
    void figures_of_a_perfect_predictor() {
        Table table =
                Tables.of(
                        Tables.numbers("x", 1, 1, 1, 1, 2, 2, 2, 2),
                        Tables.categories("y", "aaaabbbb"));
        Usefulness found = Usefulness.of(table.with(table), table, 1);
        assertEquals("y", found.target());
        assertEquals(new Usefulness.Figure("AUC", 1, 1), found.figures().get(0));
        assertEquals(new Usefulness.Figure("accuracy", 1, 1), found.figures().get(1));
    }

    @Test
    void a_column_of_one_value_cannot_be_predicted() {
        Table table = Tables.of(Tables.numbers("x", 1, 2), Tables.categories("y", "aa"));
        assertFalse(Usefulness.canPredict(table, 1));
        assertTrue(Usefulness.canPredict(table, 0));
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> Usefulness.of(table.with(table), table, 1))
                        .getMessage();
        assertTrue(message.contains("column 'y'"), message);
    }
}
