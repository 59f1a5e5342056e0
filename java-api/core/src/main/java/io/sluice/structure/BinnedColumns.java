package io.sluice.structure;

import io.sluice.data.Dataset;

import java.util.stream.IntStream;

/**
 * A transposed data set with few values in each column: {@code codes[variable][row]}, one byte per
 * cell. A missing cell has the code after the column's last bin.
 *
 * @param codes {@code [variables][rows]}
 * @param bins how many values each column has, without "missing"
 * @param missing whether any cell is missing
 */
record BinnedColumns(byte[][] codes, int[] bins, boolean missing) {
    /** Codes and "missing" fit in a byte, and joint counts in a first-level cache. */
    static final int MOST_BINS = 64;

    /** Columns that a pass over the rows reads together: a cache line of bytes. */
    private static final int COLUMNS_A_PASS = 64;

    int variables() {
        return codes.length;
    }

    /** How many codes a column may have, with that for "missing" where there is any. */
    int codesOf(int variable) {
        return bins[variable] + (missing ? 1 : 0);
    }

    int rows() {
        return codes[0].length;
    }

    /**
     * @param maximumRows of more rows, evenly spaced ones are used
     */
    static BinnedColumns of(Dataset data, int mostBins, int maximumRows) {
        int rows = (int) Math.min(data.rows(), maximumRows);
        int variables = data.variables();
        byte[][] codes = new byte[variables][rows];
        int[] bins = new int[variables];
        int passes = (variables + COLUMNS_A_PASS - 1) / COLUMNS_A_PASS;
        IntStream.range(0, passes)
                .parallel()
                .forEach(
                        pass -> {
                            int from = pass * COLUMNS_A_PASS;
                            int to = Math.min(variables, from + COLUMNS_A_PASS);
                            binColumns(data, mostBins, from, to, codes, bins);
                        });
        return new BinnedColumns(codes, bins, data.missing() != null);
    }

    private static void binColumns(
            Dataset data, int mostBins, int from, int to, byte[][] codes, int[] bins) {
        int rows = codes[0].length;
        float[][] values = new float[to - from][rows];
        for (int i = 0; i < rows; i++) {
            long row = i * data.rows() / rows; // evenly spaced
            for (int v = from; v < to; v++) {
                values[v - from][i] = (float) data.value(row, v);
            }
        }
        for (int v = from; v < to; v++) {
            Binning binning = Binning.of(data.schema().column(v), values[v - from], mostBins);
            bins[v] = binning.bins();
            binning.encode(values[v - from], codes[v]);
        }
    }
}
