package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;

final class DetectionTest {

    @ParameterizedTest
    @EnumSource
    void two_samples_of_one_distribution_cannot_be_told_apart(Detection.Classifier classifier) {
        Table.Pair pair = Tables.people(3000, 0, 1).with(Tables.people(3000, 0, 2));
        assertTrue(Detection.of(pair, classifier, 0).score() > 0.93);
    }

    @ParameterizedTest
    @EnumSource
    void a_shifted_column_is_detected(Detection.Classifier classifier) {
        Table.Pair pair = Tables.people(1000, 0, 1).with(Tables.people(1000, 200, 2));
        assertTrue(Detection.of(pair, classifier, 0).score() < 0.01);
    }

    @ParameterizedTest
    @EnumSource
    void cells_that_are_missing_more_often_are_detected(Detection.Classifier classifier) {
        Table whole = Tables.people(1000, 0, 1);
        double[] holes = ((TableColumn.OfNumbers) whole.columns().get(1)).values().clone();
        Arrays.fill(holes, 0, 900, Double.NaN);
        Table other =
                Tables.of(
                        Tables.people(1000, 0, 2).columns().get(0),
                        Tables.numbers("income", holes),
                        Tables.people(1000, 0, 2).columns().get(2));
        assertTrue(Detection.of(whole.with(other), classifier, 0).score() < 0.3);
    }

    @Test
    void only_trees_see_that_dependence_is_lost() {
        Table real = Tables.people(2000, 0, 1);
        Table.Pair pair = real.with(Tables.scrambled(Tables.people(2000, 0, 2), 3));
        assertTrue(Detection.of(pair, Detection.Classifier.LOGISTIC, 0).score() > 0.9);
        assertTrue(Detection.of(pair, Detection.Classifier.TREES, 0).score() < 0.3);
    }

    @ParameterizedTest
    @EnumSource
    void a_seed_gives_the_same_score(Detection.Classifier classifier) {
        Table.Pair pair = Tables.people(300, 0, 1).with(Tables.people(400, 3, 2));
        assertEquals(Detection.of(pair, classifier, 7), Detection.of(pair, classifier, 7));
    }

    @Test
    void tables_of_two_rows_are_refused() {
        Table.Pair pair = Tables.people(2, 0, 1).with(Tables.people(50, 0, 2));
        String message =
                assertThrows(
                                InvalidArgumentException.class,
                                () -> Detection.of(pair, Detection.Classifier.TREES, 0))
                        .getMessage();
        assertTrue(message.contains("2 and 50 rows"), message);
    }
}
