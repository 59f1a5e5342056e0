package io.sluice.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.FamilySettings;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.leaf.Categorical;
import io.sluice.reference.VariableFamilies;
import io.sluice.testing.DelegatingFamily;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class DataCheckTest {
    private static final int CATEGORIES = 3;

    /** A categorical family that says it takes every number. */
    private record AcceptsEverything(Categorical original) implements DelegatingFamily {
        @Override
        public String type() {
            return "accepts everything";
        }

        @Override
        public InputFamily withSettings(FamilySettings settings) {
            return this;
        }

        @Override
        public boolean accepts(double value) {
            return true;
        }
    }

    private static DataCheck check() {
        CircuitBuilder b = Circuit.builder();
        InputFamily family = new AcceptsEverything(new Categorical(CATEGORIES));
        Circuit circuit =
                b.build(
                        b.sum(List.of(b.input(0, family, 2)), 1, 1),
                        ParameterInitializer.random(0));
        return new DataCheck(new VariableFamilies(circuit), null);
    }

    private static Dataset row(int category) {
        return Dataset.builder(Schema.categorical(1, 1000)).add(new double[] {category}).build();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 17, 255, 999})
    void a_category_beyond_the_tables_is_refused_whatever_the_family_accepts(int category) {
        DataCheck check = check();
        assertThrows(InvalidArgumentException.class, () -> check.require(row(category)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void a_category_of_the_tables_is_taken(int category) {
        DataCheck check = check();
        assertDoesNotThrow(() -> check.require(row(category)));
    }

    @Test
    void the_checked_rows_do_not_follow_the_callers_array() {
        Dataset data = row(0);
        int[] given = {0, 0};
        int[] checked = DataCheck.rows(data, given);
        given[1] = 1 << 30;
        assertArrayEquals(new int[2], checked);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void a_row_that_the_data_does_not_have_is_refused(int row) {
        Dataset data = row(0);
        assertThrows(
                InvalidArgumentException.class, () -> DataCheck.rows(data, new int[] {0, row}));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 3L << 31, Long.MAX_VALUE})
    void more_missing_cells_than_an_array_holds_are_refused(long missing) {
        assertThrows(InvalidArgumentException.class, () -> EngineArguments.requireCells(missing));
    }
}
