package io.sluice.tables.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

final class NearestRowsTest {

    @Test
    void numbers_count_by_their_range_and_a_differing_category_counts_two() {
        Table train = Tables.of(Tables.numbers("x", 0, 10, 4), Tables.categories("c", "aab"));
        Table asked = Tables.of(Tables.numbers("x", 5, 10), Tables.categories("c", "ab"));
        RowEncoder encoder = new RowEncoder(train, RowEncoder.Scale.RANGE);
        NearestRows.Found found =
                NearestRows.find(
                        encoder.encode(asked),
                        encoder.encode(train),
                        NearestRows.Metric.CITY_BLOCK);
        assertArrayEquals(new int[] {0, 2}, found.rows());
        assertArrayEquals(new double[] {0.5, 0.6}, found.distances(), 1e-12);
    }

    @Test
    void a_missing_number_is_the_mean_and_a_flag() {
        Table train = Tables.of(Tables.numbers("x", 0, 10, Double.NaN));
        Table asked = Tables.of(Tables.numbers("x", 5, Double.NaN));
        RowEncoder encoder = new RowEncoder(train, RowEncoder.Scale.RANGE);
        NearestRows.Found found =
                NearestRows.find(
                        encoder.encode(asked),
                        encoder.encode(train),
                        NearestRows.Metric.CITY_BLOCK);
        assertArrayEquals(new double[] {0.5, 0}, found.distances(), 1e-12);
    }

    @Test
    void the_search_finds_what_comparing_all_features_finds() {
        Table train = Tables.people(300, 0, 1);
        Table asked = Tables.people(100, 0, 2);
        RowEncoder encoder = new RowEncoder(train, RowEncoder.Scale.RANGE);
        RowEncoder.Encoded a = encoder.encode(asked);
        RowEncoder.Encoded b = encoder.encode(train);
        double[] found = NearestRows.find(a, b, NearestRows.Metric.EUCLIDEAN).distances();
        for (int row = 0; row < a.rows(); row++) {
            double least = Double.POSITIVE_INFINITY;
            for (int other = 0; other < b.rows(); other++) {
                double sum = 0;
                double[] x = oneHot(a, row);
                double[] y = oneHot(b, other);
                for (int k = 0; k < x.length; k++) {
                    sum += (x[k] - y[k]) * (x[k] - y[k]);
                }
                least = Math.min(least, Math.sqrt(sum));
            }
            assertEquals(least, found[row], 1e-12);
        }
    }

    @Test
    void the_distance_to_a_centre_is_that_of_all_features() {
        Table table = Tables.people(50, 0, 1);
        RowEncoder.Encoded rows = new RowEncoder(table, RowEncoder.Scale.RANGE).encode(table);
        double[] centre = rows.centre();
        double[] distances = rows.distancesTo(centre);
        for (int row = 0; row < rows.rows(); row++) {
            double[] x = oneHot(rows, row);
            double sum = 0;
            for (int k = 0; k < x.length; k++) {
                sum += (x[k] - centre[k]) * (x[k] - centre[k]);
            }
            assertEquals(Math.sqrt(sum), distances[row], 1e-9);
        }
    }

    private static double[] oneHot(RowEncoder.Encoded rows, int row) {
        int width = rows.numbers()[row].length;
        double[] features = Arrays.copyOf(rows.numbers()[row], rows.centre().length);
        for (int k = 0; k < rows.widths().length; k++) {
            features[width + rows.kinds()[row][k]] = 1;
            width += rows.widths()[k];
        }
        return features;
    }
}
