package io.sluice.data.format;

/** Numbers as they are written in tables. */
final class NumberText {
    /** Longer digit strings may not be exact in a double. */
    private static final int EXACT_DIGITS = 15;

    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private NumberText() {}

    /**
     * The number that a text says; NaN when it says none. {@code inf} and {@code infinity}, with or
     * without a sign, are infinite.
     */
    static double parse(char[] text, int offset, int length) {
        int end = offset + length;
        int at = offset;
        boolean negative = false;
        if (at < end && (text[at] == '-' || text[at] == '+')) {
            negative = text[at] == '-';
            at++;
        }
        // digits with at most one point: mantissa and power of ten are exact, so is the quotient
        long mantissa = 0;
        int digits = 0;
        int fraction = -1;
        for (; at < end; at++) {
            char c = text[at];
            if (c >= '0' && c <= '9') {
                mantissa = mantissa * 10 + (c - '0');
                digits++;
                if (fraction >= 0) {
                    fraction++;
                }
                if (digits > EXACT_DIGITS) {
                    return parseSlowly(text, offset, length);
                }
            } else if (c == '.' && fraction < 0) {
                fraction = 0;
            } else {
                return parseSlowly(text, offset, length);
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        double value = fraction > 0 ? mantissa / POWERS_OF_TEN[fraction] : mantissa;
        return negative ? -value : value;
    }

    private static double parseSlowly(char[] text, int offset, int length) {
        String word = new String(text, offset, length);
        boolean signed = word.startsWith("-") || word.startsWith("+");
        String bare = signed ? word.substring(1) : word;
        if (bare.equalsIgnoreCase("inf") || bare.equalsIgnoreCase("infinity")) {
            return word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        for (int i = 0; i < bare.length(); i++) {
            // keeps out what Java reads but tables do not mean: 1d, 0x1p3, NaN
            if ("0123456789.eE+-".indexOf(bare.charAt(i)) < 0) {
                return Double.NaN;
            }
        }
        try {
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
