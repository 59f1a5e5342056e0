package io.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/** A table of mixed columns with holes, in one of the dialects that people write. */
final class RandomTableFile {
    private static final List<String> MISSING = List.of("", "NA", "?", "nan", "N/A", "NULL");
    private static final LocalDate DAY = LocalDate.of(2019, 11, 3);

    /** What the cells of a column hold. */
    private enum Kind {
        LABEL,
        LABEL_WITH_SEPARATORS,
        MANY_LABELS,
        FEW_INTEGERS,
        INTEGERS,
        ROW_NUMBER,
        AMOUNT,
        REAL,
        FAR_REAL,
        TINY_REAL,
        ZERO_INFLATED,
        CODE,
        TRUTH,
        DATE,
        TIMESTAMP,
        CONSTANT,
        CONSTANT_REAL,
        NOTHING;

        /** Whether holes are filled with something between the ends of what was observed. */
        boolean isNumber() {
            return switch (this) {
                case FEW_INTEGERS, INTEGERS, ROW_NUMBER, AMOUNT, REAL -> true;
                case FAR_REAL, TINY_REAL, ZERO_INFLATED, CONSTANT_REAL -> true;
                default -> false;
            };
        }
    }

    private final SplittableRandom random;
    private final char separator;
    private final char decimal;
    private final boolean grouped;
    private final boolean byteOrderMark;
    private final Charset charset;
    private final String lineEnd;
    private final boolean trailing;
    private final boolean lastLineEnds;
    private final String missing;
    private final boolean hasHeader;
    private final List<Kind> kinds = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>(); // cells as they stand

    RandomTableFile(long seed) {
        random = new SplittableRandom(seed);
        separator = ",;\t|".charAt(random.nextInt(4));
        decimal = separator != ',' && random.nextInt(3) == 0 ? ',' : '.';
        grouped = separator != ',' && random.nextInt(3) == 0;
        charset = random.nextInt(4) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
        byteOrderMark = charset.equals(StandardCharsets.UTF_8) && random.nextInt(4) == 0;
        lineEnd = random.nextInt(3) == 0 ? "\r\n" : "\n";
        trailing = random.nextInt(8) == 0;
        lastLineEnds = random.nextInt(4) > 0;
        missing = MISSING.get(random.nextInt(MISSING.size()));
        hasHeader = random.nextInt(5) > 0;
        int columns = 2 + random.nextInt(5);
        for (int v = 0; v < columns; v++) {
            kinds.add(Kind.values()[random.nextInt(Kind.values().length)]);
            names.add(List.of("column", "größe", "x y", "n").get(random.nextInt(4)) + v);
        }
        kinds.set(random.nextInt(columns), random.nextBoolean() ? Kind.LABEL : Kind.REAL);
        int count = 4 + random.nextInt(56);
        for (int r = 0; r < count; r++) {
            List<String> row = new ArrayList<>();
            for (Kind kind : kinds) {
                row.add(kind == Kind.NOTHING ? missing : quoted(cell(kind, r)));
            }
            rows.add(row);
        }
    }

    private String cell(Kind kind, int row) {
        return switch (kind) {
            case LABEL -> List.of("red", "green", "dark blue", "Köln").get(random.nextInt(4));
            case LABEL_WITH_SEPARATORS ->
                    List.of("a" + separator + "b", "said \"no\"", "two\nlines", "plain")
                            .get(random.nextInt(4));
            case MANY_LABELS -> "name " + random.nextInt(40);
            case FEW_INTEGERS -> Integer.toString(random.nextInt(9) - 3);
            case INTEGERS -> number("0", random.nextInt(5000));
            case ROW_NUMBER -> Integer.toString(row + 1);
            case AMOUNT -> number("0.00", 1e5 * random.nextDouble() * random.nextDouble());
            case REAL -> number("0.###", 10 * random.nextGaussian());
            case FAR_REAL -> number("0.0", 1e9 + 20 * random.nextGaussian());
            case TINY_REAL -> number("0.000000000", 1e-6 * random.nextDouble());
            case ZERO_INFLATED ->
                    random.nextInt(4) > 0 ? "0" : number("0.0", 900 * random.nextDouble());
            case CODE -> "0" + (2000 + random.nextInt(3));
            case TRUTH -> random.nextBoolean() ? "True" : "False";
            case DATE ->
                    DateTimeFormatter.ofPattern("dd.MM.uuuu")
                            .format(DAY.plusDays(random.nextInt(500)));
            case TIMESTAMP ->
                    LocalDateTime.of(2024, 2, 28, 12, 0).plusMinutes(random.nextInt(9000)) + ":07";
            case CONSTANT -> "only";
            case CONSTANT_REAL -> number("0.00", 7.25);
            case NOTHING -> missing;
        };
    }

    private String number(String pattern, double number) {
        DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        symbols.setDecimalSeparator(decimal);
        symbols.setGroupingSeparator(decimal == '.' ? ',' : '.');
        String shown = grouped ? "#,##" + pattern : pattern;
        return new DecimalFormat(shown, symbols).format(number);
    }

    private String quoted(String cell) {
        boolean needs = cell.indexOf(separator) >= 0 || cell.contains("\"") || cell.contains("\n");
        return needs || (random.nextInt(20) == 0 && !cell.isEmpty())
                ? '"' + cell.replace("\"", "\"\"") + '"'
                : cell;
    }

    /** Makes some cells missing; those of the first column stay, so that no line is blank. */
    void makeHoles(int oneOf) {
        for (List<String> row : rows) {
            for (int v = 1; v < row.size(); v++) {
                if (random.nextInt(oneOf) == 0) {
                    row.set(v, missing);
                }
            }
        }
    }

    int size() {
        return rows.size();
    }

    /** Options that say what cannot be guessed from so few rows. */
    List<String> options() {
        return List.of(
                "--separator=" + (separator == '\t' ? "tab" : separator),
                "--header=" + (hasHeader ? "yes" : "no"),
                "--decimal=" + (decimal == '.' ? "point" : "comma"));
    }

    /** The bytes of the file. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder();
        if (hasHeader) {
            line(text, names);
        }
        rows.forEach(row -> line(text, row));
        if (!lastLineEnds) {
            text.setLength(text.length() - lineEnd.length());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (byteOrderMark) {
            out.writeBytes(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF});
        }
        out.writeBytes(text.toString().getBytes(charset));
        return out.toByteArray();
    }

    private void line(StringBuilder text, List<String> cells) {
        text.append(String.join(String.valueOf(separator), cells));
        text.append(trailing ? separator : "").append(lineEnd);
    }

    /**
     * What is wrong with a file that should hold this table with its holes filled; empty when
     * nothing is.
     *
     * @param learned the table that the model was trained on, of the same columns
     */
    String fault(byte[] completed, RandomTableFile learned) {
        boolean plain = new String(bytes(), charset).chars().allMatch(c -> c < 128);
        String text = new String(completed, plain ? StandardCharsets.UTF_8 : charset);
        StringBuilder head = new StringBuilder(byteOrderMark ? "\uFEFF" : "");
        if (hasHeader) {
            line(head, names);
        }
        if (!text.startsWith(head.toString())) {
            return "the head is not '" + head + "'";
        }
        int at = head.length();
        for (int r = 0; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            for (int v = 0; v < row.size(); v++) {
                String cell = row.get(v);
                String where = "row " + r + ", column " + v + " (" + kinds.get(v) + "): ";
                if (!cell.equals(missing)) {
                    if (!text.startsWith(cell, at)) {
                        return where + "'" + cell + "' became '" + rest(text, at) + "'";
                    }
                    at += cell.length();
                } else {
                    int end = end(text, at);
                    String filled = text.substring(at, end);
                    if (!filled.equals(missing) && !learned.canHold(v, filled)) {
                        return where + "filled with '" + filled + "'";
                    }
                    at = end;
                }
                String between =
                        v + 1 < row.size()
                                ? String.valueOf(separator)
                                : (trailing ? separator : "") + (isLast(r) ? "" : lineEnd);
                if (!text.startsWith(between, at)) {
                    return where + "followed by '" + rest(text, at) + "'";
                }
                at += between.length();
            }
        }
        boolean ended = at == text.length() || text.substring(at).equals(lineEnd);
        return ended ? "" : "it ends with '" + rest(text, at) + "'";
    }

    private boolean isLast(int row) {
        return row == rows.size() - 1;
    }

    private static String rest(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 30));
    }

    private int end(String text, int at) {
        int end = at;
        boolean inQuotes = false;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == '"') {
                inQuotes = !inQuotes;
            } else if (!inQuotes && (c == separator || c == '\n' || c == '\r')) {
                break;
            }
            end++;
        }
        return end;
    }

    /** Whether a cell of a column may hold a text that stands in the file so. */
    private boolean canHold(int column, String cell) {
        Set<String> observed = new HashSet<>();
        rows.forEach(row -> observed.add(bare(row.get(column))));
        observed.remove(missing);
        String text = bare(cell);
        if (observed.contains(text)) {
            return true;
        }
        Kind kind = kinds.get(column);
        return switch (kind) {
            case TRUTH -> text.equals("True") || text.equals("False");
            case FEW_INTEGERS -> isBetween(observed, text) && !text.contains(".");
            case DATE, TIMESTAMP -> text.length() == observed.iterator().next().length();
            default -> kind.isNumber() && isBetween(observed, text);
        };
    }

    private boolean isBetween(Set<String> observed, String text) {
        double number = parse(text);
        double lowest = observed.stream().mapToDouble(this::parse).min().orElse(Double.NaN);
        double highest = observed.stream().mapToDouble(this::parse).max().orElse(Double.NaN);
        return number >= lowest && number <= highest;
    }

    private double parse(String text) {
        String plain =
                decimal == '.' ? text.replace(",", "") : text.replace(".", "").replace(',', '.');
        try {
            return Double.parseDouble(plain);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static String bare(String cell) {
        return cell.startsWith("\"")
                ? cell.substring(1, cell.length() - 1).replace("\"\"", "\"")
                : cell;
    }
}
