package io.sluice.data.format;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What has been seen of the cells of one column of a text table. */
final class ColumnTraits {
    /** An integer column with more different values than this is continuous. */
    static final int MOST_INTEGER_CATEGORIES = 32;

    /** A column in which at most one of so many cells is a stray text is one of numbers. */
    private static final int NUMBERS_PER_STRAY = 20;

    private static final int BYTE_VALUES = 256;
    private static final double LARGEST_EXACT_INTEGER = 1L << 53;

    /** Names that people give to identifiers. */
    private static final Pattern IDENTIFIER =
            Pattern.compile("(?i)(.*[_ .-])?(id|ids|uuid|guid|key|index|rownum)|[a-z]+I[Dd]");

    private final char decimal;
    private final boolean named; // as an identifier
    private final CalendarForms forms = new CalendarForms();
    private final Set<Long> integers = new TreeSet<>();
    private final Set<String> labels = new TreeSet<>();
    private final Set<Double> different = new HashSet<>(); // of a column that is named so
    private long labelCharacters;
    private boolean tooManyLabels;
    private long lastInteger = Long.MIN_VALUE;
    private long smallSeen; // bit i: the integer i occurred
    private final @Nullable NumberList all;
    private boolean fraction;
    private boolean code;
    private boolean manyIntegers;
    private boolean merged;
    private boolean counting = true; // each number is one more than the last
    private double firstNumber = Double.NaN;
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
    ColumnTraits(String name, char decimal, boolean coded) {
        this.decimal = decimal;
        this.named = IDENTIFIER.matcher(name).matches();
        this.all = coded ? new NumberList() : null;
    }

    /** Takes notice of a cell that is not missing. */
    void see(char[] cell, int offset, int length) {
        code |= NumberText.isCode(cell, offset, length);
        double number = NumberText.parse(cell, offset, length, decimal);
        if (Double.isNaN(number)) {
            String text = new String(cell, offset, length);
            if (texts++ == 0) {
                firstText = text;
            }
            forms.see(text);
            return;
        }
        if (numbers++ == 0) {
            firstNumber = number;
        } else {
            counting &= number == lastNumber + 1;
        }
        if (named) {
            different.add(number);
        }
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

    /** Takes notice of a cell of a column whose labels are wanted. */
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

    /** Whether the column is read as texts unless its user says otherwise. */
    boolean isText() {
        return code || (texts > 0 && !hasStrays() && calendar() == null);
    }

    /** How the column writes dates or times; null when it does not. */
    CalendarForms.@Nullable Form calendar() {
        return numbers > texts ? null : forms.best(numbers + texts);
    }

    /** Whether a few texts among many different numbers count as missing. */
    boolean hasStrays() {
        return !code && texts > 0 && texts * NUMBERS_PER_STRAY <= numbers && isContinuous();
    }

    /** Whether there are more different numbers than categories are made of. */
    boolean isContinuous() {
        return fraction || manyIntegers || differentIntegers() > MOST_INTEGER_CATEGORIES;
    }

    /** How many different integers there are, as far as they were counted. */
    int differentIntegers() {
        return Long.bitCount(smallSeen) + integers.size();
    }

    /** Whether every cell seen was an integer from 0 to 255. */
    boolean isByte() {
        return texts == 0 && !code && !fraction && !(minimum < 0) && !(maximum >= BYTE_VALUES);
    }

    /** Whether every cell seen was 0 or 1. */
    boolean isBinary() {
        return isByte() && !(maximum > 1);
    }

    /** Whether 255 was the largest number seen. */
    boolean reachesByteMaximum() {
        return maximum == BYTE_VALUES - 1;
    }

    /** Cells that are not missing. */
    long cells() {
        return numbers + texts;
    }

    long numbers() {
        return numbers;
    }

    long texts() {
        return texts;
    }

    /** The first cell that is no number. */
    String firstText() {
        return firstText;
    }

    /** Whether an integer with leading zeros was seen. */
    boolean hasCodes() {
        return code;
    }

    boolean hasFractions() {
        return fraction;
    }

    boolean hasMixedAffixes() {
        return mixedAffixes;
    }

    /** Whether different neighbouring numbers are the same float32 number. */
    boolean mergesAsFloats() {
        return merged;
    }

    double minimum() {
        return minimum;
    }

    double maximum() {
        return maximum;
    }

    /** Whether the numbers count the rows. */
    boolean countsRows() {
        return texts == 0 && counting && numbers > 1;
    }

    /** Whether the first row is numbered 0 or 1. */
    boolean startsAtTheBeginning() {
        return firstNumber == 0 || firstNumber == 1;
    }

    /** Whether the column is named as an identifier and no whole number occurs twice. */
    boolean isNamedIdentifier() {
        return named && texts == 0 && !fraction && different.size() == numbers;
    }

    CalendarForms forms() {
        return forms;
    }

    /** The numbers; null when they were not kept. */
    @Nullable NumberList all() {
        return all;
    }

    boolean hasTooManyLabels() {
        return tooManyLabels;
    }

    /** The labels seen: numbers in their order, then texts alphabetically. */
    List<String> labels() {
        if (code) {
            return List.copyOf(labels);
        }
        Comparator<String> order =
                Comparator.comparingDouble(label -> NumberText.parse(label, decimal));
        return labels.stream().sorted(order.thenComparing(label -> label)).toList(); // NaN is last
    }

    /** The integers seen, and those between them if they are close. */
    List<String> integerLabels() {
        Set<Long> found = new TreeSet<>(integers);
        for (int i = 0; i < Long.SIZE; i++) {
            if ((smallSeen >>> i & 1) != 0) {
                found.add((long) i);
            }
        }
        if (maximum - minimum < 2 * MOST_INTEGER_CATEGORIES) {
            // a value between the ends that happens not to occur may occur in other data
            int between = (int) (maximum - minimum);
            for (int i = 0; i <= between; i++) {
                found.add((long) minimum + i);
            }
        }
        return found.stream().map(String::valueOf).toList();
    }
}
