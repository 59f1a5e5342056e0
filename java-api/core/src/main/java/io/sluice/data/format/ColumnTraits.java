package io.sluice.data.format;

import io.sluice.FileFormatException;
import io.sluice.data.Column;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What has been seen of one column of a text table, and the column that this suggests. */
final class ColumnTraits {
    /** An integer column with more different values than this is continuous. */
    static final int MOST_INTEGER_CATEGORIES = 32;

    private static final int BYTE_VALUES = 256;

    private final Set<Long> integers = new TreeSet<>();
    private final Set<String> texts = new TreeSet<>();
    private long lastInteger = Long.MIN_VALUE;
    private long smallSeen; // bit i: the integer i occurred
    private boolean fraction;
    private boolean text;
    private boolean manyIntegers;
    private double minimum = Double.POSITIVE_INFINITY;
    private double maximum = Double.NEGATIVE_INFINITY;

    /** Takes notice of a cell that is not missing. */
    void see(char[] cell, int offset, int length) {
        if (text) {
            return;
        }
        double number = NumberText.parse(cell, offset, length);
        if (Double.isNaN(number)) {
            text = true;
            return;
        }
        minimum = Math.min(minimum, number);
        maximum = Math.max(maximum, number);
        long integer = (long) number;
        if (integer != number) {
            fraction = true;
        } else if (integer >= 0 && integer < Long.SIZE) {
            smallSeen |= 1L << integer;
        } else if (!manyIntegers && integer != lastInteger) {
            lastInteger = integer;
            integers.add(integer);
            manyIntegers = integers.size() > MOST_INTEGER_CATEGORIES;
        }
    }

    /** Whether a cell was no number, so that {@link #seeLabel} needs all cells. */
    boolean isText() {
        return text;
    }

    /** Takes notice of a cell of a text column. */
    void seeLabel(SourceFile file, String name, String label) {
        if (texts.add(label) && texts.size() > DataLimits.MAXIMUM_LABELS) {
            throw new FileFormatException(
                    file
                            + ": column '"
                            + name
                            + "' has more than "
                            + DataLimits.MAXIMUM_LABELS
                            + " different texts: leave the column out if it names the rows");
        }
    }

    /** Whether every cell seen was an integer from 0 to 255. */
    boolean isByte() {
        return !text && !fraction && !(minimum < 0) && !(maximum >= BYTE_VALUES);
    }

    /** Whether 255 was the largest number seen. */
    boolean reachesByteMaximum() {
        return maximum == BYTE_VALUES - 1;
    }

    /** The column that what was seen suggests. */
    Column suggest(String name) {
        if (text) {
            return Column.categorical(name, List.copyOf(texts));
        }
        int different = Long.bitCount(smallSeen) + integers.size();
        if (fraction || manyIntegers || different > MOST_INTEGER_CATEGORIES) {
            return Column.continuous(name);
        }
        if (!(minimum < 0) && !(maximum > 1)) {
            return Column.categorical(name, 2); // binary, even if only one value, or none, occurs
        }
        if (minimum >= 1 || minimum < 0 || maximum >= 2 * MOST_INTEGER_CATEGORIES) {
            return Column.categorical(name, integerLabels());
        }
        return Column.categorical(name, (int) maximum + 1);
    }

    private List<String> integerLabels() {
        Set<Long> all = new TreeSet<>(integers);
        for (int i = 0; i < Long.SIZE; i++) {
            if ((smallSeen >>> i & 1) != 0) {
                all.add((long) i);
            }
        }
        if (maximum - minimum < 2 * MOST_INTEGER_CATEGORIES) {
            // a value between the ends that happens not to occur may occur in other data
            for (long i = (long) minimum; i <= (long) maximum; i++) {
                all.add(i);
            }
        }
        return all.stream().sorted(Comparator.naturalOrder()).map(String::valueOf).toList();
    }
}
