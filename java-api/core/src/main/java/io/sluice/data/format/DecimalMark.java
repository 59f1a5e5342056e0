package io.sluice.data.format;

import java.util.List;
import java.util.regex.Pattern;

/** Decides whether the numbers of a table have a decimal point or a decimal comma. */
final class DecimalMark {
    private static final String SIGN = "[+-]?[$€£¥]? ?";
    private static final String END = "([eE][+-]?[0-9]+)? ?[$€£¥%]?";

    private final Pattern certain;
    private final Pattern possible;

    private DecimalMark(String decimal, String thousands) {
        // 1.234,5 and 0,123 and 1,5 can mean one thing, 1,234 can mean two
        this.certain =
                Pattern.compile(
                        SIGN
                                + "([0-9]{1,3}(["
                                + thousands
                                + "][0-9]{3})+["
                                + decimal
                                + "][0-9]+|[0-9]*["
                                + decimal
                                + "]([0-9]{1,2}|[0-9]{4,})|(0|[0-9]{4,})["
                                + decimal
                                + "][0-9]{3})"
                                + END);
        this.possible = Pattern.compile(SIGN + "[0-9]{1,3}([" + decimal + "][0-9]{3})+" + END);
    }

    private static final DecimalMark POINT = new DecimalMark(".", ",");
    private static final DecimalMark COMMA = new DecimalMark(",", ".");

    /**
     * The mark.
     *
     * @param head the first rows
     */
    static char of(SourceFile file, List<List<String>> head, char separator, Notes notes) {
        long points = POINT.count(head, POINT.certain);
        long commas = COMMA.count(head, COMMA.certain);
        if (commas > 0 && points > 0) {
            notes.add(
                    file
                            + " has numbers with a decimal point and others with a comma: the point"
                            + " is taken as decimal (--decimal)");
            return '.';
        }
        if (commas > 0) {
            return ',';
        }
        boolean doubtful = points == 0 && COMMA.count(head, COMMA.possible) > 0;
        if (!doubtful) {
            return '.';
        }
        char chosen = separator == ',' ? '.' : ',';
        notes.add(
                file
                        + " has numbers such as 1,234 and no other decimals: the comma is taken as "
                        + (chosen == ',' ? "a decimal comma" : "a thousands mark")
                        + " (--decimal)");
        return chosen;
    }

    private long count(List<List<String>> head, Pattern pattern) {
        return head.stream()
                .flatMap(List::stream)
                .filter(cell -> pattern.matcher(cell).matches())
                .count();
    }
}
