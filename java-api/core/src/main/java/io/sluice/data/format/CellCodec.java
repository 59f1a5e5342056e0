package io.sluice.data.format;

import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.Quantity;
import io.sluice.data.Schema;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Turns the texts and numbers of one column into what its cells store. */
final class CellCodec {
    private final Column column;
    private final Map<String, Integer> codes;
    private final @Nullable Quantity calendar; // of dates and times

    private CellCodec(Column column, Map<String, Integer> codes) {
        this.column = column;
        this.codes = codes;
        Numbers numbers = column.numbers();
        this.calendar =
                numbers != null && numbers.quantity().kind().isCalendar()
                        ? numbers.quantity()
                        : null;
    }

    /** A codec for each column; columns that share their list of labels share its codes. */
    static List<CellCodec> of(Schema schema) {
        IdentityHashMap<List<String>, Map<String, Integer>> known = new IdentityHashMap<>();
        return schema.columns().stream()
                .map(
                        column ->
                                new CellCodec(
                                        column,
                                        known.computeIfAbsent(column.labels(), CellCodec::codes)))
                .toList();
    }

    private static Map<String, Integer> codes(List<String> labels) {
        Map<String, Integer> codes = new HashMap<>();
        for (int code = 0; code < labels.size(); code++) {
            codes.put(labels.get(code), code);
        }
        return codes;
    }

    Column column() {
        return column;
    }

    /** What stores a text; NaN when nothing can. */
    double encode(String text, char decimal) {
        if (calendar != null) {
            return encodeNumber(calendar.parse(text));
        }
        Integer code = codes.get(text);
        return code == null ? encodeNumber(NumberText.parse(text, decimal)) : code;
    }

    /** What stores a cell's text, which is not said to be missing; NaN when nothing can. */
    double encode(char[] text, int offset, int length, char decimal) {
        if (codes.isEmpty() && calendar == null) {
            return encodeNumber(NumberText.parse(text, offset, length, decimal));
        }
        return encode(new String(text, offset, length), decimal);
    }

    /** What stores a number; NaN when nothing can. */
    double encodeNumber(double number) {
        Numbers numbers = column.numbers();
        if (numbers != null) {
            double cell = Math.abs(number) <= Double.MAX_VALUE ? numbers.cell(number) : Double.NaN;
            return Math.abs(cell) <= Float.MAX_VALUE ? cell : Double.NaN;
        }
        if (!column.isCategorical()) {
            return Math.abs(number) <= Float.MAX_VALUE ? number : Double.NaN;
        }
        if (!codes.isEmpty()) {
            Integer code = codes.get(CellText.ofNumber(number)); // the label 3 also reads 3.0
            return code == null ? Double.NaN : code;
        }
        boolean isCode = number == Math.rint(number) && number >= 0 && number < column.categories();
        return isCode ? number : Double.NaN;
    }

    /** Whether cells are dates or times. */
    boolean isCalendar() {
        return calendar != null;
    }

    /** Whether a text that usually says "missing" is one of this column's categories. */
    boolean hasLabel(String text) {
        return codes.containsKey(text);
    }
}
