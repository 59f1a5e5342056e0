package io.sluice.data.format;

import io.sluice.data.Column;

import java.util.HashMap;
import java.util.Map;

/** Turns the texts and numbers of one column into what its cells store. */
final class CellCodec {
    private final Column column;
    private final Map<String, Integer> codes = new HashMap<>();

    CellCodec(Column column) {
        this.column = column;
        for (int code = 0; code < column.labels().size(); code++) {
            codes.put(column.labels().get(code), code);
        }
    }

    Column column() {
        return column;
    }

    /** What stores a text; NaN when nothing can. */
    double encode(String text) {
        Integer code = codes.get(text);
        if (code != null) {
            return code;
        }
        char[] characters = text.toCharArray();
        return encodeNumber(NumberText.parse(characters, 0, characters.length));
    }

    /** What stores a cell's text, which is not said to be missing; NaN when nothing can. */
    double encode(char[] text, int offset, int length) {
        if (codes.isEmpty()) {
            return encodeNumber(NumberText.parse(text, offset, length));
        }
        return encode(new String(text, offset, length));
    }

    /** What stores a number; NaN when nothing can. */
    double encodeNumber(double number) {
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

    /** Whether a text that usually says "missing" is one of this column's categories. */
    boolean hasLabel(String text) {
        return codes.containsKey(text);
    }
}
