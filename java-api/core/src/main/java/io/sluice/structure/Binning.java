package io.sluice.structure;

import io.sluice.data.Column;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Sorts the values of one column into bins. */
sealed interface Binning {

    /** Number of bins, which is also the code of a missing cell. */
    int bins();

    /** The bin of an observed value. */
    int bin(float value);

    /** Bins of many values; NaN is missing. */
    default void encode(float[] values, byte[] codes) {
        for (int i = 0; i < values.length; i++) {
            codes[i] = (byte) (Float.isNaN(values[i]) ? bins() : bin(values[i]));
        }
    }

    /**
     * Chooses bins for a column.
     *
     * @param values its cells; NaN is missing
     */
    static Binning of(Column column, float[] values, int mostBins) {
        if (!column.isCategorical()) {
            return Ranges.of(values, mostBins);
        }
        if (column.categories() <= mostBins) {
            return new Table(
                    IntStream.range(0, column.categories()).toArray(), column.categories());
        }
        int[] counts = new int[column.categories()];
        for (float value : values) {
            if (!Float.isNaN(value)) {
                counts[(int) value]++;
            }
        }
        return column.labels().isEmpty()
                ? Table.ofRanges(counts, mostBins)
                : Table.ofFrequent(counts, mostBins);
    }

    /**
     * Bins of categories.
     *
     * @param binOf bin of each category
     */
    record Table(int[] binOf, int bins) implements Binning {

        /** Bins of consecutive categories with about equally many rows. */
        static Table ofRanges(int[] counts, int mostBins) {
            long total = Arrays.stream(counts).asLongStream().sum();
            int[] binOf = new int[counts.length];
            int bin = 0;
            long before = 0; // rows with smaller categories
            long start = 0; // those of them in earlier bins
            for (int category = 0; category < counts.length; category++) {
                boolean full = (before - start) * mostBins >= total && before > start;
                if (full && bin < mostBins - 1) {
                    bin++;
                    start = before;
                }
                binOf[category] = bin;
                before += counts[category];
            }
            return new Table(binOf, bin + 1);
        }

        /** A bin for each of the most frequent categories, and a last one for all others. */
        static Table ofFrequent(int[] counts, int mostBins) {
            int[] frequent =
                    IntStream.range(0, counts.length)
                            .boxed()
                            .sorted((a, b) -> Integer.compare(counts[b], counts[a]))
                            .limit(mostBins - 1L)
                            .mapToInt(Integer::intValue)
                            .toArray();
            int[] binOf = new int[counts.length];
            Arrays.fill(binOf, mostBins - 1);
            for (int bin = 0; bin < frequent.length; bin++) {
                binOf[frequent[bin]] = bin;
            }
            return new Table(binOf, mostBins);
        }

        @Override
        public int bin(float value) {
            return binOf[(int) value];
        }
    }

    /**
     * Bins of real numbers: ranges with about equally many rows. A value with the rows of several
     * bins has a bin of its own.
     *
     * @param starts smallest value of each bin but the first, ascending
     */
    record Ranges(float[] starts) implements Binning {
        static Ranges of(float[] values, int mostBins) {
            float[] sorted = values.clone();
            Arrays.sort(sorted); // missing values, which are NaN, come last
            int observed = sorted.length;
            while (observed > 0 && Float.isNaN(sorted[observed - 1])) {
                observed--;
            }
            float[] starts = new float[mostBins];
            int count = 0;
            for (int bin = 1; bin < mostBins && observed > 0; bin++) {
                float start = sorted[(int) ((long) bin * observed / mostBins)];
                if (start > (count == 0 ? sorted[0] : starts[count - 1])) {
                    starts[count++] = start;
                }
            }
            return new Ranges(Arrays.copyOf(starts, count));
        }

        @Override
        public int bins() {
            return starts.length + 1;
        }

        @Override
        public int bin(float value) {
            int found = Arrays.binarySearch(starts, value);
            return found >= 0 ? found + 1 : -found - 1;
        }
    }
}
