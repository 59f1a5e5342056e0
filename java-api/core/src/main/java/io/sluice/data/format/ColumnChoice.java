package io.sluice.data.format;

import io.sluice.InvalidArgumentException;
import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;

/**
 * Decides what a column holds: what its user says, or what its cells suggest. The cells are seen
 * once by {@link ColumnTraits}, and those of some columns a second time here.
 */
final class ColumnChoice {
    /** A text column of at least so many cells that nearly all differ is no category. */
    private static final int FEWEST_IDENTIFIERS = 100;

    /** Share of the texts that differ in a column of names or free text. */
    private static final double SHARE_THAT_DIFFERS = 0.9;

    /** Rows from which a column that counts them is an identifier. */
    private static final int FEWEST_COUNTED = 20;

    /** Float32 values that are at least to lie between the ends of a column of merged numbers. */
    private static final double FEWEST_STEPS = 4096;

    /** Columns of more different texts say so. */
    private static final int MANY_LABELS = 100;

    private static final double DAY = 86_400;
    private static final double[] TIME_STEPS = {DAY, 3600, 60, 1, 1e-3, 1e-6};

    private static final List<List<String>> WORDS =
            List.of(List.of("false", "true"), List.of("no", "yes"));

    private static final List<List<String>> LETTERS = List.of(List.of("f", "t"), List.of("n", "y"));

    private final String name;
    private final ColumnTraits seen;
    private final @Nullable DeclaredColumn declared;
    private final @Nullable NumberCoding coding;
    private final CalendarForms.@Nullable Form form;
    private final NumberList moments = new NumberList(); // numbers of dates and times
    private double first = Double.POSITIVE_INFINITY;
    private double last = Double.NEGATIVE_INFINITY;
    private long strays;
    private String stray = "";

    /**
     * @param seen all cells of the column
     * @param declared what its user says; null for nothing
     * @param coding of its numbers; null to store them as they are
     */
    ColumnChoice(
            String name,
            ColumnTraits seen,
            @Nullable DeclaredColumn declared,
            @Nullable NumberCoding coding) {
        this.name = name;
        this.seen = seen;
        this.declared = declared;
        this.coding = coding;
        this.form = form();
    }

    private CalendarForms.@Nullable Form form() {
        if (declared == null) {
            return seen.hasCodes() ? null : seen.calendar();
        }
        if (!declared.type().isCalendar()) {
            return null;
        }
        Quantity.Kind kind = Quantity.Kind.valueOf(declared.type().name());
        if (declared.pattern() != null) {
            return new CalendarForms.Form(kind, declared.pattern());
        }
        CalendarForms.@Nullable Form found = seen.forms().best(kind);
        if (found == null) {
            throw refused(
                    "its cells are written in no known form ('"
                            + Shown.text(seen.firstText())
                            + "')",
                    "say how they are written, as in --column "
                            + name
                            + "="
                            + declared.type().title()
                            + ":dd.MM.uuuu");
        }
        return found;
    }

    /** Whether the cells have to be seen once more. */
    boolean needsCells() {
        return form != null || takesLabels();
    }

    private boolean takesLabels() {
        if (declared == null) {
            return form == null && seen.isText();
        }
        return (declared.type() == ColumnType.CATEGORY || declared.type() == ColumnType.BOOLEAN)
                && declared.labels().isEmpty();
    }

    /** Takes notice of a cell that is not missing. */
    void see(String text) {
        if (form == null) {
            seen.seeLabel(text);
            return;
        }
        double number = form.parse(text);
        if (Double.isNaN(number)) {
            if (strays++ == 0) {
                stray = text;
            }
            return;
        }
        moments.add(number);
        first = Math.min(first, number);
        last = Math.max(last, number);
    }

    /** Whether texts that are no number, date or time count as missing. */
    boolean hasStrays() {
        if (form != null) {
            return strays > 0;
        }
        return declared == null ? seen.hasStrays() : isNumber(declared.type()) && seen.texts() > 0;
    }

    private static boolean isNumber(ColumnType type) {
        return type == ColumnType.WHOLE || type == ColumnType.REAL;
    }

    /** What the column holds. */
    InferredColumn choose() {
        return declared == null ? inferred() : asDeclared(declared);
    }

    private InferredColumn inferred() {
        if (seen.cells() == 0) {
            return ignored("it has no values");
        }
        if (form != null) {
            return calendar(ColumnType.valueOf(form.kind().name()), form);
        }
        if (seen.isText()) {
            return ofTexts();
        }
        boolean counts =
                seen.countsRows()
                        && seen.numbers()
                                >= (seen.startsAtTheBeginning()
                                        ? FEWEST_COUNTED
                                        : FEWEST_IDENTIFIERS);
        if (counts) {
            return ignored("it counts the rows");
        }
        if (seen.isNamedIdentifier() && seen.numbers() >= FEWEST_COUNTED) {
            return ignored("its whole numbers all differ, and its name is that of an identifier");
        }
        if (seen.isContinuous()) {
            return ofNumbers(seen.hasFractions() ? ColumnType.REAL : ColumnType.WHOLE, null);
        }
        return new InferredColumn(
                name,
                ColumnType.CATEGORY,
                seen.differentIntegers()
                        + " different whole numbers; up to "
                        + ColumnTraits.MOST_INTEGER_CATEGORIES
                        + " are categories",
                ofFewIntegers());
    }

    private InferredColumn ofTexts() {
        if (seen.hasTooManyLabels()) {
            return ignored(
                    "it has more than "
                            + DataLimits.MAXIMUM_LABELS
                            + " different texts, or very long ones");
        }
        List<String> labels = seen.labels();
        long cells = seen.cells();
        if (labels.size() >= FEWEST_IDENTIFIERS && labels.size() >= SHARE_THAT_DIFFERS * cells) {
            return ignored(
                    labels.size() == cells
                            ? "its " + cells + " texts all differ"
                            : labels.size() + " of its " + cells + " texts differ");
        }
        if (areTruthValues(labels)) {
            return new InferredColumn(
                    name,
                    ColumnType.BOOLEAN,
                    (labels.size() == 1 ? "its only text is " : "its texts are ")
                            + String.join(" and ", labels),
                    Column.categorical(name, labels));
        }
        String reason =
                labels.size()
                        + (labels.size() == 1 ? " text" : " different texts")
                        + (seen.hasCodes() ? ", some of them numbers with leading zeros" : "");
        return new InferredColumn(
                name, ColumnType.CATEGORY, reason, Column.categorical(name, labels));
    }

    /** Whether the labels are truth values; a column that has but one never draws the other. */
    private static boolean areTruthValues(List<String> labels) {
        List<String> lower =
                labels.stream().map(label -> label.toLowerCase(Locale.ROOT)).sorted().toList();
        if (lower.size() == 1) {
            return WORDS.stream().anyMatch(words -> words.contains(lower.get(0)));
        }
        return WORDS.contains(lower) || LETTERS.contains(lower);
    }

    private Column ofFewIntegers() {
        double minimum = seen.minimum();
        double maximum = seen.maximum();
        if (minimum == maximum) {
            return Column.categorical(name, seen.integerLabels()); // nothing else is ever drawn
        }
        if (minimum >= 1 || minimum < 0 || maximum >= 2 * ColumnTraits.MOST_INTEGER_CATEGORIES) {
            return Column.categorical(name, seen.integerLabels());
        }
        return Column.categorical(name, (int) maximum + 1);
    }

    private InferredColumn asDeclared(DeclaredColumn column) {
        ColumnType type = column.type();
        if (type == ColumnType.IGNORE) {
            return ignored("declared");
        }
        boolean texts = type == ColumnType.CATEGORY || type == ColumnType.BOOLEAN;
        if (seen.cells() == 0 && column.labels().isEmpty()) {
            throw refused("it has no values", "give it the type ignore, or labels");
        }
        if (form != null) {
            if (first > last) {
                throw refused(
                        "no cell is a "
                                + type.title()
                                + " written "
                                + form.shown()
                                + " ('"
                                + Shown.text(stray)
                                + "')",
                        "give it another type or pattern");
            }
            return calendar(type, form);
        }
        if (!texts) {
            if (seen.numbers() == 0) {
                throw refused(
                        "no cell is a number ('" + Shown.text(seen.firstText()) + "')",
                        "give it another type");
            }
            if (type == ColumnType.WHOLE && seen.hasFractions()) {
                throw refused("it has numbers with decimals", "give it the type real");
            }
            return ofNumbers(type, column);
        }
        if (seen.hasTooManyLabels()) {
            throw refused(
                    "it has more than "
                            + DataLimits.MAXIMUM_LABELS
                            + " different texts, or very long ones",
                    "give it the type ignore");
        }
        List<String> labels = column.labels().isEmpty() ? seen.labels() : column.labels();
        if (type == ColumnType.BOOLEAN && labels.size() > 2) {
            throw refused(
                    "it has " + labels.size() + " different values (" + Shown.list(labels) + ")",
                    "give it the type category");
        }
        return new InferredColumn(name, type, "declared", Column.categorical(name, labels));
    }

    private InferredColumn ofNumbers(ColumnType type, @Nullable DeclaredColumn column) {
        double minimum = end(column == null ? null : column.minimum(), seen.minimum(), 1);
        double maximum = end(column == null ? null : column.maximum(), seen.maximum(), -1);
        @Nullable NumberList all = seen.all();
        @Nullable Numbers numbers =
                coding == null || all == null || Double.isInfinite(maximum - minimum)
                        ? null
                        : coding.code(name, all.quantity(minimum, maximum), all.toArray());
        String reason =
                (type == ColumnType.WHOLE ? "whole numbers from " : "numbers from ")
                        + CellText.ofNumber(seen.minimum())
                        + " to "
                        + CellText.ofNumber(seen.maximum());
        return new InferredColumn(
                name,
                type,
                column == null ? reason : "declared",
                numbers == null ? Column.continuous(name) : Column.of(name, numbers));
    }

    /** An end of the range: the declared one, which no number lies beyond. */
    private double end(@Nullable Double declaredEnd, double found, int sign) {
        if (declaredEnd == null) {
            return found;
        }
        if (sign * found < sign * declaredEnd) {
            throw refused(
                    "it has the number "
                            + CellText.ofNumber(found)
                            + ", outside the declared range",
                    "correct the one or the other");
        }
        return declaredEnd;
    }

    private InferredColumn calendar(ColumnType type, CalendarForms.Form written) {
        double step = type == ColumnType.DATE ? 1 : step();
        Quantity quantity = new Quantity(written.kind(), step, first, last, written.pattern());
        NumberCoding code = coding == null ? new ScaledCoding() : coding;
        @Nullable Numbers numbers = code.code(name, quantity, moments.toArray());
        if (numbers == null) {
            numbers = new ScaledCoding().code(name, quantity, moments.toArray());
        }
        String reason = type.title() + "s written " + written.shown();
        return new InferredColumn(
                name, type, declared == null ? reason : "declared", Column.of(name, numbers));
    }

    /** The coarsest usual step of which all distances are multiples. */
    private double step() {
        double[] all = moments.toArray();
        for (double step : TIME_STEPS) {
            boolean fits = true;
            for (double number : all) {
                double steps = (number - first) / step;
                fits &= Math.abs(steps - Math.rint(steps)) < 1e-6;
            }
            if (fits) {
                return step;
            }
        }
        return TIME_STEPS[TIME_STEPS.length - 1];
    }

    private InferredColumn ignored(String reason) {
        return new InferredColumn(name, ColumnType.IGNORE, reason, null);
    }

    private InvalidArgumentException refused(String why, String remedy) {
        String type = declared == null ? "" : declared.type().title();
        return new InvalidArgumentException(
                "column '" + Shown.text(name) + "' cannot be " + type + ": " + why + "; " + remedy);
    }

    /**
     * Tells the user what is doubtful about the column.
     *
     * @param shown the file and the column
     */
    void tell(InferredColumn chosen, String shown, Notes notes) {
        String option = "--column " + name + "=";
        if (declared != null) {
            if (hasStrays()) {
                tellStrays(shown, "", notes);
            }
            return;
        }
        if (chosen.type() == ColumnType.IGNORE) {
            notes.add(
                    shown
                            + " is left out: "
                            + chosen.reason()
                            + (seen.cells() == 0 ? "" : " (" + option + kept() + " to keep it)"));
            return;
        }
        if (hasStrays()) {
            tellStrays(shown, " (" + option + "category to change that)", notes);
        } else if (form != null) {
            tellRival(form, shown, option, notes);
        } else if (seen.isText() && !seen.hasCodes() && seen.numbers() > seen.texts()) {
            notes.add(
                    shown
                            + " is read as "
                            + seen.labels().size()
                            + " categories, because "
                            + counted(seen.texts())
                            + " no number ('"
                            + Shown.text(seen.firstText())
                            + "') ("
                            + option
                            + "real to have numbers)");
        } else if (chosen.type() == ColumnType.CATEGORY
                && seen.isText()
                && seen.labels().size() > MANY_LABELS) {
            notes.add(
                    shown
                            + " is read as "
                            + seen.labels().size()
                            + " categories ("
                            + option
                            + "ignore to leave it out)");
        } else if (!seen.isText() && seen.hasMixedAffixes()) {
            notes.add(
                    shown
                            + " has numbers with and without a currency or percent sign, which is"
                            + " ignored: write all alike if they differ in meaning");
        }
        tellMerged(shown, notes);
    }

    /** The type that keeps a column that is left out. */
    private String kept() {
        return (seen.texts() > 0 ? ColumnType.CATEGORY : ColumnType.WHOLE).title();
    }

    private void tellStrays(String shown, String option, Notes notes) {
        long count = form == null ? seen.texts() : strays;
        String what = form == null ? "number" : form.kind().name().toLowerCase(Locale.ROOT);
        notes.add(
                shown
                        + " holds "
                        + what
                        + "s: "
                        + counted(count)
                        + " no "
                        + what
                        + " ('"
                        + Shown.text(form == null ? seen.firstText() : stray)
                        + "') and "
                        + (count == 1 ? "counts" : "count")
                        + " as missing"
                        + option);
    }

    private void tellRival(CalendarForms.Form chosen, String shown, String option, Notes notes) {
        CalendarForms.@Nullable Form rival = seen.forms().rival(chosen);
        if (rival != null) {
            String type = chosen.kind().name().toLowerCase(Locale.ROOT);
            notes.add(
                    shown
                            + " holds "
                            + type
                            + "s that are read as "
                            + chosen.shown()
                            + " and may be "
                            + rival.shown()
                            + " ("
                            + option
                            + type
                            + ":"
                            + rival.shown()
                            + " to change that)");
        }
    }

    private void tellMerged(String shown, Notes notes) {
        double minimum = seen.minimum();
        double maximum = seen.maximum();
        double largest = Math.max(Math.abs(minimum), Math.abs(maximum));
        double steps = (maximum - minimum) / Math.ulp((float) largest);
        boolean asFloats = coding == null && !seen.isText() && seen.isContinuous();
        if (asFloats && seen.mergesAsFloats() && steps < FEWEST_STEPS) {
            notes.add(
                    shown
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

    private String counted(long strange) {
        return strange + " of its " + seen.cells() + (strange == 1 ? " cells is" : " cells are");
    }
}
