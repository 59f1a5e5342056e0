package io.sluice.data.format;

import io.sluice.data.Column;
import io.sluice.data.Numbers;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What has been seen of one column of a text table, and the column that this suggests. */
final class ColumnTraits {
    /** An integer column with more different values than this is continuous. */
    static final int MOST_INTEGER_CATEGORIES = 32;

    /** A column in which at most one of so many cells is a stray text is one of numbers. */
    private static final int NUMBERS_PER_STRAY = 20;

    /** A text column of at least so many cells that are all different is no category. */
    private static final int FEWEST_IDENTIFIERS = 100;

    /** Float32 values that are at least to lie between the ends of a column of merged numbers. */
    private static final double FEWEST_STEPS = 4096;

    private static final int BYTE_VALUES = 256;
    private static final double LARGEST_EXACT_INTEGER = 1L << 53;

    private final char decimal;
    private final Set<Long> integers = new TreeSet<>();
    private final Set<String> labels = new TreeSet<>();
    private long labelCharacters;
    private boolean tooManyLabels;
    private long lastInteger = Long.MIN_VALUE;
    private long smallSeen; // bit i: the integer i occurred
    private final @Nullable NumberList all;
    private boolean fraction;
    private boolean code;
    private boolean manyIntegers;
    private boolean merged;
    private long numbers;
    private long texts;
    private String firstText = "";
    private @Nullable String affix;
    private boolean mixedAffixes;
    private double lastNumber = Double.NaN;
    private double minimum = Double.POSITIVE_INFINITY;
    private double maximum = Double.NEGATIVE_INFINITY;

    /**
     * @param decimal mark of the table
     * @param coded whether numbers get a coding, for which all are needed
     */
    ColumnTraits(char decimal, boolean coded) {
        this.decimal = decimal;
        this.all = coded ? new NumberList() : null;
    }

    /** Takes notice of a cell that is not missing. */
    void see(char[] cell, int offset, int length) {
        code |= NumberText.isCode(cell, offset, length);
        double number = NumberText.parse(cell, offset, length, decimal);
        if (Double.isNaN(number)) {
            if (texts++ == 0) {
                firstText = new String(cell, offset, length);
            }
            return;
        }
        numbers++;
        if (all != null) {
            all.add(number);
        }
        seeAffix(cell, offset, length);
        merged |= number != lastNumber && (float) number == (float) lastNumber;
        lastNumber = number;
        minimum = Math.min(minimum, number);
        maximum = Math.max(maximum, number);
        long integer = (long) number;
        if (integer != number || Math.abs(number) > LARGEST_EXACT_INTEGER) {
            fraction = true;
        } else if (integer >= 0 && integer < Long.SIZE) {
            smallSeen |= 1L << integer;
        } else if (!manyIntegers && integer != lastInteger) {
            lastInteger = integer;
            integers.add(integer);
            manyIntegers = integers.size() > MOST_INTEGER_CATEGORIES;
        }
    }

    private void seeAffix(char[] cell, int offset, int length) {
        char last = cell[offset + length - 1];
        boolean bare = cell[offset] <= '9' && cell[offset] != '$' && last <= '9' && last != '%';
        String seen = "";
        if (!bare && last != '$') {
            String text = new String(cell, offset, length);
            seen = NumberText.prefix(text) + NumberText.suffix(text);
        }
        mixedAffixes |= affix != null && !affix.equals(seen);
        affix = seen;
    }

    /** Whether the cells are texts, so that {@link #seeLabel} needs all of them. */
    boolean isText() {
        return code || (texts > 0 && !hasStrays());
    }

    /** Whether a few texts among many different numbers count as missing. */
    boolean hasStrays() {
        return !code && texts > 0 && texts * NUMBERS_PER_STRAY <= numbers && isContinuous();
    }

    /** Takes notice of a cell of a text column. */
    void seeLabel(String label) {
        if (!tooManyLabels && labels.add(label)) {
            labelCharacters += label.length();
            tooManyLabels =
                    labels.size() > DataLimits.MAXIMUM_LABELS
                            || labelCharacters > DataLimits.MAXIMUM_LABEL_CHARACTERS;
            if (tooManyLabels) {
                labels.clear();
            }
        }
    }

    /** Whether every cell seen was an integer from 0 to 255. */
    boolean isByte() {
        return texts == 0 && !code && !fraction && !(minimum < 0) && !(maximum >= BYTE_VALUES);
    }

    /** Whether 255 was the largest number seen. */
    boolean reachesByteMaximum() {
        return maximum == BYTE_VALUES - 1;
    }

    /** Why the column cannot be modelled; null when it can. */
    @Nullable String reasonToLeaveOut() {
        if (numbers + texts == 0) {
            return "has no values";
        }
        if (tooManyLabels) {
            return "has more than "
                    + DataLimits.MAXIMUM_LABELS
                    + " different texts, or very long ones";
        }
        if (isText() && labels.size() == numbers + texts && labels.size() >= FEWEST_IDENTIFIERS) {
            return "has " + labels.size() + " texts that all differ";
        }
        return null;
    }

    /** The column that what was seen suggests. */
    Column suggest(String name, @Nullable NumberCoding coding) {
        if (isText()) {
            return Column.categorical(name, List.copyOf(labels));
        }
        if (isContinuous()) {
            Numbers stored =
                    coding == null || all == null || Double.isInfinite(maximum - minimum)
                            ? null
                            : coding.code(name, all.quantity(minimum, maximum), all.toArray());
            return stored == null ? Column.continuous(name) : Column.of(name, stored);
        }
        if (!(minimum < 0) && !(maximum > 1)) {
            return Column.categorical(name, 2); // binary, even if only one value occurs
        }
        if (minimum >= 1 || minimum < 0 || maximum >= 2 * MOST_INTEGER_CATEGORIES) {
            return Column.categorical(name, integerLabels());
        }
        return Column.categorical(name, (int) maximum + 1);
    }

    /** Tells the user what is doubtful about the column. */
    void tell(String column, Notes notes) {
        if (hasStrays()) {
            notes.add(
                    column
                            + " holds numbers: "
                            + counted(texts)
                            + " no number ('"
                            + Shown.text(firstText)
                            + "') and counts as missing (--schema to change that)");
        } else if (isText() && !code && numbers > texts) {
            notes.add(
                    column
                            + " is read as "
                            + labels.size()
                            + " categories, because "
                            + counted(texts)
                            + " no number ('"
                            + Shown.text(firstText)
                            + "'): correct or empty them to have numbers");
        } else if (!isText() && mixedAffixes) {
            notes.add(
                    column
                            + " has numbers with and without a currency or percent sign, which is"
                            + " ignored: write all alike if they differ in meaning");
        }
        double largest = Math.max(Math.abs(minimum), Math.abs(maximum));
        double steps = (maximum - minimum) / Math.ulp((float) largest);
        if (!isText() && isContinuous() && merged && steps < FEWEST_STEPS) {
            notes.add(
                    column
                            + " is modelled as float32, which has only "
                            + (long) Math.floor(steps + 1)
                            + " values from "
                            + CellText.ofNumber(minimum)
                            + " to "
                            + CellText.ofNumber(maximum)
                            + ": subtract a constant from it, or leave it out if it is an"
                            + " identifier");
        }
    }

    private String counted(long strays) {
        return strays + " of its " + (numbers + texts) + (strays == 1 ? " cells is" : " cells are");
    }

    private boolean isContinuous() {
        int different = Long.bitCount(smallSeen) + integers.size();
        return fraction || manyIntegers || different > MOST_INTEGER_CATEGORIES;
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
            int between = (int) (maximum - minimum);
            for (int i = 0; i <= between; i++) {
                all.add((long) minimum + i);
            }
        }
        return all.stream().sorted(Comparator.naturalOrder()).map(String::valueOf).toList();
    }
}
