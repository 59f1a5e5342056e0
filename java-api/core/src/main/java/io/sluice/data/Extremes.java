package io.sluice.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Smallest and largest observed value of each column, found in one pass over the table.
 *
 * @param minimum NaN for a column that is never observed
 * @param maximum NaN for a column that is never observed
 */
record Extremes(double[] minimum, double[] maximum) {

    static Extremes of(Dataset data) {
        int variables = data.variables();
        float[] low = new float[variables];
        float[] high = new float[variables];
        int[] lowCode = new int[variables];
        int[] highCode = new int[variables];
        Arrays.fill(low, Float.POSITIVE_INFINITY);
        Arrays.fill(high, Float.NEGATIVE_INFINITY);
        Arrays.fill(lowCode, Integer.MAX_VALUE);
        Arrays.fill(highCode, Integer.MIN_VALUE);

        byte[] bytes = new byte[variables];
        int[] codes = new int[variables];
        float[] numbers = new float[variables];
        byte[] absent = new byte[variables];
        @Nullable MemorySegment missing = data.missing();
        for (long row = 0; row < data.rows(); row++) {
            long cell = row * variables;
            if (missing != null) {
                MemorySegment.copy(missing, JAVA_BYTE, cell, absent, 0, variables);
            }
            switch (data.type()) {
                case U8 -> {
                    MemorySegment.copy(data.values(), JAVA_BYTE, cell, bytes, 0, variables);
                    for (int v = 0; v < variables; v++) {
                        codes[v] = bytes[v] & 0xFF;
                    }
                    widen(codes, absent, lowCode, highCode);
                }
                case I32 -> {
                    MemorySegment.copy(data.values(), JAVA_INT, cell * 4, codes, 0, variables);
                    widen(codes, absent, lowCode, highCode);
                }
                case F32 -> {
                    MemorySegment.copy(data.values(), JAVA_FLOAT, cell * 4, numbers, 0, variables);
                    for (int v = 0; v < variables; v++) {
                        if (absent[v] == 0) {
                            low[v] = Math.min(low[v], numbers[v]);
                            high[v] = Math.max(high[v], numbers[v]);
                        }
                    }
                }
            }
        }

        double[] minimum = new double[variables];
        double[] maximum = new double[variables];
        for (int v = 0; v < variables; v++) {
            boolean codesSeen = lowCode[v] <= highCode[v];
            boolean numbersSeen = low[v] <= high[v];
            minimum[v] = codesSeen ? lowCode[v] : numbersSeen ? low[v] : Double.NaN;
            maximum[v] = codesSeen ? highCode[v] : numbersSeen ? high[v] : Double.NaN;
        }
        return new Extremes(minimum, maximum);
    }

    private static void widen(int[] codes, byte[] absent, int[] low, int[] high) {
        for (int v = 0; v < codes.length; v++) {
            // a missing cell leaves both ends where they are, without a branch in the loop
            int seen = absent[v] - 1; // all ones when observed, 0 when missing
            low[v] = Math.min(low[v], (codes[v] & seen) | (Integer.MAX_VALUE & ~seen));
            high[v] = Math.max(high[v], (codes[v] & seen) | (Integer.MIN_VALUE & ~seen));
        }
    }
}
