package io.sluice.data.format;

import org.jspecify.annotations.Nullable;

/**
 * Numbers as they are written in tables: with a decimal point or comma, thousands marks, and one
 * currency sign or percent sign, which does not change the value ({@code 6.7%} is 6.7).
 */
final class NumberText {
    /** Longer digit strings may not be exact in a double. */
    private static final int EXACT_DIGITS = 15;

    private static final int GROUP = 3;
    private static final String AFFIXES = "$€£¥%";

    private static final double[] POWERS_OF_TEN = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private NumberText() {}

    /**
     * The number that a text says; NaN when it says none. {@code inf} and {@code infinity}, with or
     * without a sign, are infinite.
     *
     * @param decimal point or comma
     */
    static double parse(char[] text, int offset, int length, char decimal) {
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
                    return parseSlowly(new String(text, offset, length), decimal);
                }
            } else if (c == decimal && fraction < 0) {
                fraction = 0;
            } else {
                return parseSlowly(new String(text, offset, length), decimal);
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        double value = fraction > 0 ? mantissa / POWERS_OF_TEN[fraction] : mantissa;
        return negative ? -value : value;
    }

    /** {@link #parse(char[], int, int, char)} of a whole text. */
    static double parse(String text, char decimal) {
        return parse(text.toCharArray(), 0, text.length(), decimal);
    }

    /**
     * What stands before the first digit of a number without its sign: a currency sign, or nothing.
     */
    static String prefix(String number) {
        String bare =
                number.isEmpty() || "+-".indexOf(number.charAt(0)) < 0
                        ? number
                        : number.substring(1);
        return isAffix(bare, 0)
                ? bare.substring(0, bare.length() > 1 && bare.charAt(1) == ' ' ? 2 : 1)
                : "";
    }

    /** What stands after the last digit of a number: a percent or currency sign, or nothing. */
    static String suffix(String number) {
        int last = number.length() - 1;
        if (last < 1 || !isAffix(number, last)) {
            return "";
        }
        char before = number.charAt(last - 1);
        return number.substring(before == ' ' || before == '\u00a0' ? last - 1 : last);
    }

    /**
     * Whether a text is an integer with zeros before it, which makes it a code and not a number.
     */
    static boolean isCode(char[] text, int offset, int length) {
        if (length < 2 || text[offset] != '0') {
            return false;
        }
        for (int i = 1; i < length; i++) {
            if (text[offset + i] < '0' || text[offset + i] > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAffix(String text, int at) {
        return at < text.length() && AFFIXES.indexOf(text.charAt(at)) >= 0;
    }

    private static double parseSlowly(String text, char decimal) {
        boolean negative = text.startsWith("-");
        String bare = negative || text.startsWith("+") ? text.substring(1) : text;
        if (bare.equalsIgnoreCase("inf") || bare.equalsIgnoreCase("infinity")) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        String prefix = prefix(bare);
        String suffix = suffix(bare);
        if (!prefix.isEmpty() && !suffix.isEmpty()) {
            return Double.NaN;
        }
        bare = bare.substring(prefix.length(), bare.length() - suffix.length());
        @Nullable String plain = plain(bare, decimal);
        if (plain == null) {
            return Double.NaN;
        }
        double value = Double.parseDouble(plain);
        return negative ? -value : value;
    }

    /** The number as Java reads it; null when the text is no number. */
    private static @Nullable String plain(String text, char decimal) {
        StringBuilder plain = new StringBuilder();
        int sinceMark = -1; // digits since the last thousands mark; -1 before the first
        int digits = 0;
        boolean point = false;
        char mark = 0;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9') {
                plain.append(c);
                digits++;
                sinceMark += !point && sinceMark >= 0 ? 1 : 0;
            } else if (c == decimal && !point) {
                point = true;
                plain.append('.');
            } else if (!point && isThousandsMark(c, decimal) && (mark == 0 || mark == c)) {
                boolean fits = mark == 0 ? digits >= 1 && digits <= GROUP : sinceMark == GROUP;
                if (!fits) {
                    return null;
                }
                mark = c;
                sinceMark = 0;
            } else {
                break;
            }
        }
        boolean wholeGroups = mark == 0 || sinceMark == GROUP;
        if (digits == 0 || !wholeGroups || !isExponent(text, i)) {
            return null;
        }
        return plain.append(text, i, text.length()).toString();
    }

    private static boolean isThousandsMark(char c, char decimal) {
        return c == (decimal == '.' ? ',' : '.')
                || c == ' '
                || c == '\''
                || c == '\u00a0'
                || c == '\u202f';
    }

    /** Whether a text from an index on is empty or {@code e}, a sign or none, and digits. */
    private static boolean isExponent(String text, int from) {
        if (from == text.length()) {
            return true;
        }
        if (text.charAt(from) != 'e' && text.charAt(from) != 'E') {
            return false;
        }
        int at = from + 1;
        if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
            at++;
        }
        if (at == text.length()) {
            return false;
        }
        for (; at < text.length(); at++) {
            if (text.charAt(at) < '0' || text.charAt(at) > '9') {
                return false;
            }
        }
        return true;
    }
}
