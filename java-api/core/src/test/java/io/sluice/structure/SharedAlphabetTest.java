package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;

import java.util.List;

class SharedAlphabetTest {

    private static Schema schema(Column... columns) {
        return Schema.of(List.of(columns));
    }

    @Test
    void columns_that_agree_keep_their_schema() {
        Schema same = Schema.categorical(3, 4);
        assertSame(same, SharedAlphabet.of(same));
        Schema real = Schema.continuous(2);
        assertSame(real, SharedAlphabet.of(real));
    }

    @Test
    void columns_of_codes_take_the_largest_number_of_categories() {
        Schema found =
                SharedAlphabet.of(
                        schema(
                                Column.categorical("a", 2),
                                Column.categorical("b", 5),
                                Column.continuous("c")));
        assertEquals(5, found.column(0).categories());
        assertEquals(5, found.column(1).categories());
        assertEquals(Column.continuous("c"), found.column(2));
    }

    @Test
    void columns_of_labels_take_all_labels() {
        Schema found =
                SharedAlphabet.of(
                        schema(
                                Column.categorical("a", List.of("x", "z")),
                                Column.categorical("b", List.of("y", "x")),
                                Column.categorical("c", 2)));
        for (Column column : found.columns()) {
            assertEquals(List.of("x", "z", "y", "0", "1"), column.labels());
        }
    }

    @Test
    void a_sequence_whose_rare_symbol_is_missing_from_some_columns_makes_a_markov_model() {
        Dataset data =
                Dataset.ofFloats(
                        new float[] {0, 1, 2, 1, 0, 5},
                        3,
                        schema(
                                Column.categorical("t0", 2),
                                Column.categorical("t1", 2),
                                Column.categorical("t2", 6)));
        Circuit circuit = Hmm.builder(data).states(2).build();
        for (int v = 0; v < 3; v++) {
            assertEquals(6, circuit.family(v).categories());
        }
        for (double logLikelihood : StructureFixtures.logLikelihoods(circuit, data)) {
            assertTrue(Double.isFinite(logLikelihood));
        }
    }

    @Test
    void equal_codes_with_different_labels_are_not_one_symbol() {
        Dataset data =
                Dataset.ofFloats(
                        new float[] {0, 1, 1, 0},
                        2,
                        schema(
                                Column.categorical("a", List.of("x", "y")),
                                Column.categorical("b", List.of("y", "x"))));
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class, () -> Hmm.builder(data).states(2).build());
        assertTrue(String.valueOf(e.getMessage()).contains("columns 'a' and 'b'"));
    }
}
