package io.sluice.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;

import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

class LatentClustersTest {
    private static final int ROWS = 300;
    private static final ChowLiuTree CHAIN = ChowLiuTree.ofParents(-1, 0, 1, 2);

    /** Four columns around 0 or 10 together, in turn; a fifth of the cells are missing. */
    private static Dataset twoGroups() {
        SplittableRandom random = new SplittableRandom(1);
        float[] cells = new float[ROWS * 4];
        for (int i = 0; i < cells.length; i++) {
            float centre = i / 4 % 2 == 0 ? 0 : 10;
            boolean missing = i % 4 > 0 && random.nextInt(5) == 0;
            cells[i] = missing ? Float.NaN : centre + (float) random.nextGaussian();
        }
        return Dataset.ofFloats(cells, 4, Schema.continuous(4));
    }

    private static void assertGroupsAreFound(Dataset states) {
        for (int v = 0; v < 4; v++) {
            assertNotEquals(states.value(0, v), states.value(1, v));
            for (int row = 2; row < ROWS; row++) {
                assertEquals(states.value(row % 2, v), states.value(row, v));
            }
        }
    }

    @Test
    void groups_of_rows_are_states_also_of_variables_that_are_missing() {
        LatentClusters clusters = LatentClusters.builder(twoGroups()).clusters(2);
        assertGroupsAreFound(clusters.overTree(CHAIN));
        assertGroupsAreFound(clusters.overSequence());
    }

    @Test
    void states_of_a_sequence_mean_the_same_in_every_step() {
        Dataset states = LatentClusters.builder(twoGroups()).clusters(2).overSequence();
        for (int v = 1; v < 4; v++) {
            assertEquals(states.value(0, 0), states.value(0, v));
        }
    }

    @Test
    void without_neighbours_a_state_is_about_its_variable_alone() {
        float[] cells = {0, 9, 0, 0, 0, 9};
        Dataset data = Dataset.ofFloats(cells, 2, Schema.continuous(2));
        Dataset states =
                LatentClusters.builder(data)
                        .clusters(2)
                        .neighbours(0)
                        .overTree(ChowLiuTree.ofParents(-1, 0));
        assertEquals(states.value(0, 0), states.value(1, 0));
        assertEquals(states.value(0, 1), states.value(2, 1));
        assertNotEquals(states.value(0, 1), states.value(1, 1));
    }

    @Test
    void more_clusters_than_rows_are_no_error() {
        Dataset data = Dataset.ofFloats(new float[] {1, 2}, 1, Schema.continuous(1));
        Dataset states =
                LatentClusters.builder(data).clusters(5).overTree(ChowLiuTree.ofParents(-1));
        assertNotEquals(states.value(0, 0), states.value(1, 0));
    }

    @Test
    void the_same_seed_gives_the_same_states() {
        Dataset one = LatentClusters.builder(twoGroups()).clusters(9).seed(4).overTree(CHAIN);
        Dataset other = LatentClusters.builder(twoGroups()).clusters(9).seed(4).overTree(CHAIN);
        assertEquals(-1, one.values().mismatch(other.values()));
    }

    @Test
    void impossible_settings_are_refused() {
        Dataset data = twoGroups();
        LatentClusters clusters = LatentClusters.builder(data);
        assertThrows(InvalidArgumentException.class, () -> clusters.clusters(0));
        assertThrows(InvalidArgumentException.class, () -> clusters.neighbours(-1));
        assertThrows(
                InvalidArgumentException.class,
                () -> clusters.overTree(ChowLiuTree.ofParents(-1, 0)));
        assertThrows(
                InvalidArgumentException.class, () -> LatentClusters.builder(data.slice(0, 0)));
    }
}
