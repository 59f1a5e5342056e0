package io.sluice.data.format;

import io.sluice.data.Quantity;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The forms in which the cells of a column may be dates or times. The first cells suggest forms;
 * every cell is counted for those that it follows.
 */
final class CalendarForms {
    /** Where 03/04/2020 can be both, the month comes first after /, the day after . and -. */
    private static final List<String> DATES =
            List.of(
                    "uuuu-MM-dd",
                    "uuuu/MM/dd",
                    "uuuu.MM.dd",
                    "dd.MM.uuuu",
                    "d.M.uuuu",
                    "MM/dd/uuuu",
                    "M/d/uuuu",
                    "dd/MM/uuuu",
                    "d/M/uuuu",
                    "dd-MM-uuuu",
                    "d-M-uuuu",
                    "MM-dd-uuuu",
                    "dd MMM uuuu",
                    "d MMM uuuu",
                    "dd-MMM-uuuu",
                    "d-MMM-uuuu",
                    "d MMMM uuuu",
                    "MMM d, uuuu",
                    "MMM dd, uuuu",
                    "MMMM d, uuuu",
                    "dd.MM.uu",
                    "d.M.uu",
                    "MM/dd/uu",
                    "M/d/uu",
                    "dd/MM/uu",
                    "d/M/uu",
                    "dd-MMM-uu");

    private static final List<String> TIMES =
            List.of(
                    "HH:mm:ss",
                    "HH:mm",
                    "H:mm:ss",
                    "H:mm",
                    "h:mm a",
                    "hh:mm a",
                    "h:mm:ss a",
                    "HH:mm:ss.SSS",
                    "HH:mm:ss.SSSSSS");

    private static final List<String> OFFSETS = List.of("", "XXX", "XX", " XXX");
    private static final int SHORTEST = 4;
    private static final int LONGEST = 40;

    /** A column has a form when at most one of so many cells does not follow it. */
    private static final int CELLS_PER_STRAY = 20;

    /** Cells that suggest forms, and cells in which two forms have to differ to be doubtful. */
    private static final int FIRST_CELLS = 8;

    /**
     * A way to write dates or times.
     *
     * @param pattern null for the ISO form
     */
    record Form(Quantity.Kind kind, @Nullable String pattern) {

        /** The number that a text says; NaN when it says none. */
        double parse(String text) {
            return quantity().parse(text);
        }

        Quantity quantity() {
            return new Quantity(kind, 1, 0, 0, pattern);
        }

        /** The pattern, also of the ISO form. */
        String shown() {
            if (pattern != null) {
                return pattern;
            }
            return switch (kind) {
                case DATE -> "uuuu-MM-dd";
                case TIME -> "HH:mm:ss";
                default -> "uuuu-MM-dd'T'HH:mm:ss";
            };
        }
    }

    private static final class Count {
        private long read;
        private long exact; // also written as they stand
    }

    private final Map<Form, Count> forms = new LinkedHashMap<>();
    private final List<String> first = new ArrayList<>();
    private boolean hopeless;

    /** Takes notice of a cell that is no number. */
    void see(String text) {
        if (hopeless) {
            return;
        }
        if (first.size() < FIRST_CELLS && !first.contains(text)) {
            first.add(text);
            if (looksLikeOne(text)) {
                candidates(text).forEach(form -> forms.computeIfAbsent(form, f -> new Count()));
            }
            hopeless = first.size() == FIRST_CELLS && forms.isEmpty();
        }
        forms.forEach(
                (form, count) -> {
                    double number = form.parse(text);
                    if (!Double.isNaN(number)) {
                        count.read++;
                        count.exact += form.quantity().text(number).equalsIgnoreCase(text) ? 1 : 0;
                    }
                });
    }

    private static boolean looksLikeOne(String text) {
        return text.length() >= SHORTEST
                && text.length() <= LONGEST
                && text.chars().anyMatch(c -> c >= '0' && c <= '9');
    }

    private static List<Form> candidates(String text) {
        List<Form> found = new ArrayList<>();
        for (Quantity.Kind kind : Quantity.Kind.values()) {
            if (kind.isCalendar()) {
                add(found, new Form(kind, null), text);
            }
        }
        DATES.forEach(date -> add(found, new Form(Quantity.Kind.DATE, date), text));
        TIMES.forEach(time -> add(found, new Form(Quantity.Kind.TIME, time), text));
        for (int at = text.length() - 1; at > 0; at--) {
            char between = text.charAt(at);
            if (between == ' ' || between == 'T') {
                String head = text.substring(0, at);
                for (String date : DATES) {
                    if (!Double.isNaN(new Form(Quantity.Kind.DATE, date).parse(head))) {
                        addTimestamps(found, date + (between == ' ' ? " " : "'T'"), text);
                    }
                }
            }
        }
        return found;
    }

    private static void addTimestamps(List<Form> found, String start, String text) {
        for (String time : TIMES) {
            for (String offset : OFFSETS) {
                add(found, new Form(Quantity.Kind.TIMESTAMP, start + time + offset), text);
            }
        }
    }

    private static void add(List<Form> found, Form form, String text) {
        if (!Double.isNaN(form.parse(text))) {
            found.add(form);
        }
    }

    /**
     * The form that the column has; null when it has none.
     *
     * @param cells how many there were, numbers included
     */
    @Nullable Form best(long cells) {
        return best(each -> (cells - each.getValue().read) * CELLS_PER_STRAY <= cells);
    }

    /** The form of a kind that most cells follow; null when none does. */
    @Nullable Form best(Quantity.Kind kind) {
        return best(each -> each.getKey().kind() == kind && each.getValue().read > 0);
    }

    private @Nullable Form best(Predicate<Map.Entry<Form, Count>> eligible) {
        return forms.entrySet().stream()
                .filter(eligible)
                .max(
                        Comparator.comparingLong(
                                        (Map.Entry<Form, Count> each) -> each.getValue().read)
                                .thenComparingLong(each -> each.getValue().exact)
                                .thenComparingInt(each -> -order(each.getKey())))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** Forms with earlier patterns are preferred; the ISO form comes first. */
    private static int order(Form form) {
        String pattern = form.pattern();
        if (pattern == null) {
            return -1;
        }
        for (int i = 0; i < DATES.size(); i++) {
            if (pattern.startsWith(DATES.get(i))) {
                return i;
            }
        }
        return TIMES.indexOf(pattern);
    }

    /** Another form that fits all cells as well and means other dates; null when there is none. */
    @Nullable Form rival(Form best) {
        Count count = forms.get(best);
        if (count == null) {
            return null;
        }
        return forms.entrySet().stream()
                .filter(each -> each.getValue().read == count.read)
                .filter(each -> each.getValue().exact == count.exact)
                .map(Map.Entry::getKey)
                .filter(form -> form.kind() == best.kind())
                .filter(form -> first.stream().anyMatch(text -> differ(form, best, text)))
                .findFirst()
                .orElse(null);
    }

    private static boolean differ(Form one, Form other, String text) {
        double a = one.parse(text);
        double b = other.parse(text);
        return !Double.isNaN(a) && !Double.isNaN(b) && a != b;
    }
}
