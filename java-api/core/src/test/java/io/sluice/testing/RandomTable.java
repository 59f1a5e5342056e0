package io.sluice.testing;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A random text table as people have them: mixed columns, holes, separators, quotes, byte order
 * marks, line ends, character sets, headers, duplicate names, trailing separators, decimal commas,
 * thousands marks and blank lines.
 */
public final class RandomTable {
    /** A word among numbers: missing where the numbers are many, otherwise a category. */
    public static final String STRAY = "unknown";

    private static final List<String> MISSING =
            List.of("", "?", "NA", "N/A", "NULL", "None", "nan", "NaN", "null");
    private static final List<String> WORDS =
            List.of("red", "blue", "Köln", "São Paulo", "a b", "x-1", "über", "No", "été");
    private static final List<String> AWKWARD =
            List.of("a, b", "5\" pipe", "one\ntwo", "p;q", "\"\"");
    private static final List<List<String>> TRUTHS =
            List.of(
                    List.of("true", "false"),
                    List.of("True", "False"),
                    List.of("yes", "no"),
                    List.of("0", "1"));
    private static final Set<Character> THOUSANDS = Set.of('\'', ' ', '.', ',');

    /** What the cells of a column look like. */
    public enum Kind {
        REAL,
        DISTANT_REAL,
        SCALED_REAL,
        ZERO_INFLATED,
        CONSTANT_REAL,
        FEW_WHOLE,
        MANY_WHOLE,
        CONSTANT_WHOLE,
        THOUSANDS,
        PERCENT,
        DOLLAR,
        STRAY_WORD,
        CODE,
        WORD,
        CONSTANT_WORD,
        AWKWARD,
        TRUTH,
        IDENTIFIER,
        DATE,
        MISSING;

        /** Whether cells are read as numbers. */
        public boolean isNumber() {
            return compareTo(STRAY_WORD) < 0;
        }
    }

    /** Kind of each column. */
    public final List<Kind> kinds = new ArrayList<>();

    /** Names of the columns, which may recur. */
    public final List<String> names = new ArrayList<>();

    /** The text of each cell. */
    public final List<List<String>> rows = new ArrayList<>();

    /** What separates cells. */
    public final char separator;

    /** The mark before decimals. */
    public final char decimal;

    /** Whether the first line has the names. */
    public final boolean header;

    /** Whether each line ends with a separator. */
    public final boolean trailing;

    /** What ends a line. */
    public final String lineEnd;

    /** The character set of the file. */
    public final Charset charset;

    private final Random random;
    private final boolean quoteAll;
    private final boolean bom;
    private final int blankLines; // one after each so many rows; 0 for none

    /**
     * Makes the table of a seed.
     *
     * @param mostRows at least 5
     */
    public RandomTable(long seed, int mostRows) {
        random = new Random(seed);
        int columns = 1 + random.nextInt(6);
        separator = columns == 1 ? ',' : pick(',', ',', ';', '\t', '|');
        decimal = separator != ',' && random.nextInt(3) == 0 ? ',' : '.';
        header = random.nextBoolean();
        quoteAll = random.nextInt(4) == 0;
        trailing = random.nextInt(6) == 0;
        lineEnd = random.nextInt(3) == 0 ? "\r\n" : "\n";
        boolean latin = random.nextInt(4) == 0;
        bom = !latin && random.nextInt(4) == 0;
        charset = latin ? Charset.forName("windows-1252") : StandardCharsets.UTF_8;
        int rowCount = 5 + random.nextInt(mostRows - 4);
        blankLines = columns > 1 && random.nextInt(6) == 0 ? 1 + random.nextInt(7) : 0;
        double missing = random.nextInt(3) == 0 ? 0 : 0.3 * random.nextDouble();
        String word = MISSING.get(random.nextInt(MISSING.size()));
        for (int r = 0; r < rowCount; r++) {
            rows.add(new ArrayList<>());
        }
        for (int c = 0; c < columns; c++) {
            names.add(random.nextInt(8) == 0 && c > 0 ? names.get(c - 1) : "name " + c);
            // the first column is one of numbers: a table of texts alone does not tell its header
            Kind kind = c == 0 ? Kind.REAL : Kind.values()[random.nextInt(Kind.values().length)];
            kinds.add(kind);
            Supplier<String> cell = cell(kind);
            int stray = kind == Kind.STRAY_WORD ? random.nextInt(rowCount) : -1;
            for (int r = 0; r < rowCount; r++) {
                boolean hole = kind == Kind.MISSING || (c > 0 && random.nextDouble() < missing);
                String text = r == stray ? STRAY : cell.get();
                rows.get(r).add(hole ? word : text);
            }
        }
    }

    private Supplier<String> cell(Kind kind) {
        int digits = 1 + random.nextInt(12);
        long offset = random.nextBoolean() ? 0 : 1_000_000_000L;
        double scale = Math.pow(10, random.nextInt(13) - 6);
        int values = 1 + random.nextInt(12);
        String constant = WORDS.get(random.nextInt(WORDS.size()));
        List<String> truths = TRUTHS.get(random.nextInt(TRUTHS.size()));
        int[] next = {random.nextInt(1000)};
        return switch (kind) {
            case REAL, STRAY_WORD -> () -> real(random.nextGaussian(), digits);
            case DISTANT_REAL -> () -> real(1e9 + 10 * random.nextGaussian(), digits % 4);
            case SCALED_REAL -> () -> real(scale * random.nextGaussian(), digits);
            case ZERO_INFLATED ->
                    () -> random.nextInt(3) > 0 ? "0" : real(Math.exp(random.nextGaussian()), 2);
            case CONSTANT_REAL -> () -> real(7.25, 2);
            case FEW_WHOLE -> () -> String.valueOf(random.nextInt(values) - values / 3);
            case MANY_WHOLE -> () -> String.valueOf(offset + random.nextInt(10_000));
            case CONSTANT_WHOLE -> () -> String.valueOf(values - 1);
            case THOUSANDS -> () -> thousands(1000 + random.nextInt(9_000_000));
            case PERCENT -> () -> real(random.nextDouble() * 100, 2) + "%";
            case DOLLAR -> () -> "$" + real(random.nextDouble() * 100, 2);
            case CODE -> () -> String.format(Locale.ROOT, "%05d", random.nextInt(900));
            case WORD -> () -> WORDS.get(random.nextInt(WORDS.size()));
            case CONSTANT_WORD -> () -> constant;
            case AWKWARD -> () -> AWKWARD.get(random.nextInt(AWKWARD.size()));
            case TRUTH -> () -> truths.get(random.nextInt(2));
            case IDENTIFIER -> () -> "id-" + next[0]++;
            case DATE ->
                    () -> LocalDate.ofEpochDay(11_000L + random.nextInt(50 * values)).toString();
            case MISSING -> () -> "";
        };
    }

    private String real(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value).replace('.', decimal);
    }

    private String thousands(int number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', decimal == ',' ? '.' : '\'');
    }

    private char pick(char... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** The number that a cell of a column of numbers says. */
    public double number(String cell) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (c == decimal) {
                plain.append('.');
            } else if (!THOUSANDS.contains(c) && c != '%' && c != '$') {
                plain.append(c);
            }
        }
        return Double.parseDouble(plain.toString());
    }

    /** The names of the columns as they are after reading: all different. */
    public List<String> readNames() {
        List<String> unique = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            String name = header ? names.get(c) : "x" + c;
            int number = 2;
            String candidate = name;
            while (unique.contains(candidate)) {
                candidate = name + "." + number++;
            }
            unique.add(candidate);
        }
        return unique;
    }

    /** The file. */
    public byte[] bytes() {
        return bytes(blankLines);
    }

    /** The file as it is written again: blank lines of several columns are left out. */
    public byte[] bytesWithoutBlankLines() {
        return bytes(0);
    }

    private byte[] bytes(int blankLines) {
        StringBuilder text = new StringBuilder(bom ? "\uFEFF" : "");
        if (header) {
            append(text, names);
        }
        for (int r = 0; r < rows.size(); r++) {
            append(text, rows.get(r));
            text.append(blankLines > 0 && r % blankLines == 0 ? lineEnd : "");
        }
        return text.toString().getBytes(charset);
    }

    private void append(StringBuilder text, List<String> cells) {
        for (int c = 0; c < cells.size(); c++) {
            text.append(c > 0 ? String.valueOf(separator) : "").append(written(cells.get(c)));
        }
        text.append(trailing ? String.valueOf(separator) : "").append(lineEnd);
    }

    /** A cell as it stands in the file. */
    public String written(String cell) {
        boolean needed =
                cell.indexOf(separator) >= 0
                        || cell.indexOf('"') >= 0
                        || cell.indexOf('\n') >= 0
                        || cell.indexOf('\r') >= 0;
        return quoteAll || needed ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    /** Whether a cell says that it is missing. */
    public static boolean isMissing(String cell) {
        return MISSING.contains(cell);
    }

    @Override
    public String toString() {
        return new String(bytes(), charset)
                + Arrays.asList(separator, decimal, header, trailing, quoteAll, charset)
                + kinds;
    }
}
