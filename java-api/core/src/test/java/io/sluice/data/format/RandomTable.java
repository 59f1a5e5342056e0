package io.sluice.data.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A random text table as people have them: mixed columns, holes, separators, quotes, byte order
 * marks, line ends, character sets, headers, duplicate names, trailing separators, decimal commas.
 */
final class RandomTable {
    private static final List<String> MISSING =
            List.of("", "?", "NA", "N/A", "NULL", "None", "nan", "NaN", "null");
    private static final List<String> WORDS =
            List.of("red", "blue", "Köln", "São Paulo", "a b", "x-1", "über", "No", "été");
    private static final List<String> AWKWARD =
            List.of("a, b", "5\" pipe", "one\ntwo", "p;q", "\"\"");

    private final Random random;
    final char separator;
    final char decimal;
    final boolean header;
    final boolean trailing;
    final boolean quoteAll;
    final boolean bom;
    final String lineEnd;
    final Charset charset;
    final List<String> names = new ArrayList<>();
    final List<List<String>> rows = new ArrayList<>(); // the text of each cell
    final Set<Integer> numbers = new HashSet<>(); // columns of numbers

    RandomTable(long seed) {
        random = new Random(seed);
        separator = pick(',', ',', ';', '\t', '|');
        decimal = separator != ',' && random.nextInt(3) == 0 ? ',' : '.';
        header = random.nextBoolean();
        quoteAll = random.nextInt(4) == 0;
        trailing = random.nextInt(6) == 0;
        lineEnd = random.nextInt(3) == 0 ? "\r\n" : "\n";
        boolean latin = random.nextInt(4) == 0;
        bom = !latin && random.nextInt(4) == 0;
        charset = latin ? Charset.forName("windows-1252") : StandardCharsets.UTF_8;
        int rowCount = 3 + random.nextInt(120);
        int columns = 2 + random.nextInt(6);
        double missing = random.nextInt(3) == 0 ? 0 : 0.3 * random.nextDouble();
        String word = MISSING.get(random.nextInt(MISSING.size()));
        for (int r = 0; r < rowCount; r++) {
            rows.add(new ArrayList<>());
        }
        for (int c = 0; c < columns; c++) {
            names.add(random.nextInt(8) == 0 && c > 0 ? names.get(c - 1) : "name " + c);
            // the first column is one of numbers: a table of texts alone does not tell its header
            int kind = c == 0 ? 0 : random.nextInt(9);
            Supplier<String> cell = cell(kind);
            if (kind <= 4) {
                numbers.add(c);
            }
            for (List<String> row : rows) {
                boolean hole = kind == 8 || (c > 0 && random.nextDouble() < missing);
                row.add(hole ? word : cell.get());
            }
        }
    }

    private Supplier<String> cell(int kind) {
        int digits = 1 + random.nextInt(12);
        long offset = random.nextBoolean() ? 0 : 1_000_000_000L;
        return switch (kind) {
            case 0, 1 -> () -> real(random.nextGaussian(), digits);
            case 2 -> () -> String.valueOf(offset + random.nextInt(10_000));
            case 3 -> () -> real(random.nextDouble() * 100, 2) + "%";
            case 4 -> () -> "$" + real(random.nextDouble() * 100, 2);
            case 5 -> () -> String.format(Locale.ROOT, "%05d", random.nextInt(900));
            case 6 -> () -> WORDS.get(random.nextInt(WORDS.size()));
            case 7 -> () -> AWKWARD.get(random.nextInt(AWKWARD.size()));
            default -> () -> "";
        };
    }

    private String real(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value).replace('.', decimal);
    }

    private char pick(char... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** The file. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder(bom ? "\uFEFF" : "");
        if (header) {
            append(text, names);
        }
        rows.forEach(row -> append(text, row));
        return text.toString().getBytes(charset);
    }

    private void append(StringBuilder text, List<String> cells) {
        for (int c = 0; c < cells.size(); c++) {
            text.append(c > 0 ? String.valueOf(separator) : "").append(written(cells.get(c)));
        }
        text.append(trailing ? String.valueOf(separator) : "").append(lineEnd);
    }

    private String written(String cell) {
        boolean needed =
                cell.indexOf(separator) >= 0
                        || cell.indexOf('"') >= 0
                        || cell.indexOf('\n') >= 0
                        || cell.indexOf('\r') >= 0;
        return quoteAll || needed ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    }

    static boolean isMissing(String cell) {
        return MISSING.contains(cell);
    }

    @Override
    public String toString() {
        return new String(bytes(), charset)
                + Arrays.asList(separator, decimal, header, trailing, quoteAll, charset);
    }
}
