package io.sluice.data.format;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * How a column writes its numbers, found from some of its cells.
 *
 * @param decimals most digits after the decimal mark; -1 when a cell has an exponent
 * @param fixed whether every cell has that many
 * @param thousands mark between groups of three digits; empty for none
 */
record NumberStyle(
        char decimal, int decimals, boolean fixed, String thousands, String prefix, String suffix) {
    private static final int GROUP = 3;

    /**
     * Finds the style.
     *
     * @param cells observed numbers, without blanks around them
     */
    static NumberStyle of(List<String> cells, char decimal) {
        int most = 0;
        int fewest = Integer.MAX_VALUE;
        boolean exponent = cells.isEmpty();
        String thousands = "";
        String prefix = "";
        String suffix = "";
        for (String cell : cells) {
            int point = cell.indexOf(decimal);
            prefix = NumberText.prefix(cell);
            suffix = NumberText.suffix(cell);
            int digits = point < 0 ? 0 : cell.length() - suffix.length() - point - 1;
            most = Math.max(most, digits);
            fewest = Math.min(fewest, digits);
            exponent |= cell.indexOf('e') >= 0 || cell.indexOf('E') >= 0;
            String whole =
                    cell.substring(
                            prefix.length(), point < 0 ? cell.length() - suffix.length() : point);
            for (int i = 0; i < whole.length(); i++) {
                if (" ,.'\u00a0\u202f".indexOf(whole.charAt(i)) >= 0) {
                    thousands = whole.substring(i, i + 1);
                }
            }
        }
        return new NumberStyle(
                decimal, exponent ? -1 : most, most == fewest, thousands, prefix, suffix);
    }

    /** Whether cells were there to find the decimals from. */
    boolean isKnown() {
        return decimals >= 0;
    }

    /** A number in this style: rounded to its decimals. */
    String format(double number) {
        BigDecimal exact = new BigDecimal(Double.toString(number));
        if (decimals < 0) {
            return CellText.ofNumber(number).equals(Long.toString((long) number))
                    ? Long.toString((long) number)
                    : withDecimal(Double.toString(number));
        }
        BigDecimal rounded = exact.setScale(decimals, RoundingMode.HALF_EVEN);
        if (!fixed && rounded.scale() > 0) {
            rounded = rounded.stripTrailingZeros();
            rounded = rounded.scale() < 0 ? rounded.setScale(0) : rounded;
        }
        String text = rounded.abs().toPlainString();
        int point = text.indexOf('.') < 0 ? text.length() : text.indexOf('.');
        String whole = grouped(text.substring(0, point));
        String sign = rounded.signum() < 0 ? "-" : "";
        return sign + prefix + whole + withDecimal(text.substring(point)) + suffix;
    }

    private String withDecimal(String text) {
        return text.replace('.', decimal);
    }

    private String grouped(String whole) {
        if (thousands.isEmpty()) {
            return whole;
        }
        StringBuilder text = new StringBuilder(whole);
        for (int at = whole.length() - GROUP; at > 0; at -= GROUP) {
            text.insert(at, thousands);
        }
        return text.toString();
    }
}
