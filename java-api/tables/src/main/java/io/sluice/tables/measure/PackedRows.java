package io.sluice.tables.measure;

/**
 * Encoded rows side by side in memory, for the comparison of many pairs. The kinds of a row are
 * fields of a few 64-bit words. Each field has one bit more than its largest value needs, which is
 * 0: adding all ones below it to the exclusive or of two fields sets it exactly if these differ, so
 * that counting these bits counts the categories that differ.
 */
final class PackedRows {
    private static final double DIFFERING_CATEGORY = 2; // two features differ by 1

    private final int rows;
    private final int numberCount;
    private final double[] numbers; // [row][number]
    private final int wordCount;
    private final long[] words; // [row][word]
    private final long[] ones; // [word]: all bits of its fields but the highest of each
    private final long[] highest; // [word]: the highest bit of each field

    PackedRows(RowEncoder.Encoded encoded) {
        rows = encoded.rows();
        numberCount = rows == 0 ? 0 : encoded.numbers()[0].length;
        numbers = new double[rows * numberCount];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(encoded.numbers()[row], 0, numbers, row * numberCount, numberCount);
        }
        int columns = encoded.widths().length;
        int[] word = new int[columns];
        int[] shift = new int[columns];
        int[] bits = new int[columns];
        int free = 0; // bits of the last word
        int count = 0;
        for (int k = 0; k < columns; k++) {
            bits[k] = Integer.SIZE - Integer.numberOfLeadingZeros(encoded.widths()[k] - 1);
            if (free < bits[k] + 1) {
                free = Long.SIZE;
                count++;
            }
            word[k] = count - 1;
            shift[k] = Long.SIZE - free;
            free -= bits[k] + 1;
        }
        wordCount = count;
        words = new long[rows * count];
        ones = new long[count];
        highest = new long[count];
        for (int k = 0; k < columns; k++) {
            ones[word[k]] |= ((1L << bits[k]) - 1) << shift[k];
            highest[word[k]] |= 1L << (shift[k] + bits[k]);
            for (int row = 0; row < rows; row++) {
                words[row * count + word[k]] |= (long) encoded.kinds()[row][k] << shift[k];
            }
        }
    }

    int rows() {
        return rows;
    }

    /**
     * The sum over the features of the differences between two rows, or of their squares. A result
     * that is not less than {@code enough} may be less than the sum.
     *
     * @param other rows with the same columns
     */
    double sum(int row, PackedRows other, int otherRow, boolean squares, double enough) {
        double sum = 0;
        for (int w = 0; w < wordCount; w++) {
            long differing = words[row * wordCount + w] ^ other.words[otherRow * wordCount + w];
            sum += DIFFERING_CATEGORY * Long.bitCount((differing + ones[w]) & highest[w]);
            if (sum >= enough) {
                return sum;
            }
        }
        int mine = row * numberCount;
        int theirs = otherRow * numberCount;
        for (int k = 0; k < numberCount && sum < enough; k++) {
            double difference = numbers[mine + k] - other.numbers[theirs + k];
            sum += squares ? difference * difference : Math.abs(difference);
        }
        return sum;
    }
}
