package io.sluice.cli;

import io.sluice.testing.RandomTable;
import io.sluice.testing.RandomTable.Kind;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Compares a file with the table whose holes it should have filled, to the byte. */
final class Completion {
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private final RandomTable holes;
    private final RandomTable learned;

    /**
     * @param learned the table that the model was trained on, of the same columns
     */
    Completion(RandomTable holes, RandomTable learned) {
        this.holes = holes;
        this.learned = learned;
    }

    /** What is wrong with a file; empty when nothing is. */
    String fault(byte[] completed) {
        String original = new String(holes.bytesWithoutBlankLines(), holes.charset);
        boolean plain = original.chars().allMatch(c -> c < 128);
        String text = new String(completed, plain ? StandardCharsets.UTF_8 : holes.charset);
        int at = 0;
        String mark = original.startsWith("\uFEFF") ? "\uFEFF" : "";
        String head = mark + (holes.header ? line(holes.names) : "");
        if (!text.startsWith(head)) {
            return "the head is not '" + head + "'";
        }
        at += head.length();
        for (int r = 0; r < holes.rows.size(); r++) {
            List<String> row = holes.rows.get(r);
            for (int v = 0; v < row.size(); v++) {
                String cell = row.get(v);
                String where = "row " + r + ", column " + v + " (" + holes.kinds.get(v) + "): ";
                String stood = holes.written(cell);
                boolean kept = text.startsWith(stood, at) && ends(text, at + stood.length());
                boolean open = RandomTable.isMissing(cell) || cell.equals(RandomTable.STRAY);
                if (!kept && !open) {
                    return where + "'" + stood + "' became '" + rest(text, at) + "'";
                }
                int end = kept ? at + stood.length() : end(text, at);
                if (!kept && !canHold(v, bare(text.substring(at, end)))) {
                    return where + "filled with '" + text.substring(at, end) + "'";
                }
                at = end;
                String between =
                        v + 1 < row.size() || holes.trailing ? String.valueOf(holes.separator) : "";
                between += v + 1 == row.size() ? holes.lineEnd : "";
                if (!text.startsWith(between, at)) {
                    return where + "followed by '" + rest(text, at) + "'";
                }
                at += between.length();
            }
        }
        return at == text.length() ? "" : "it ends with '" + rest(text, at) + "'";
    }

    private String line(List<String> cells) {
        String text =
                String.join(
                        String.valueOf(holes.separator),
                        cells.stream().map(holes::written).toList());
        return text + (holes.trailing ? String.valueOf(holes.separator) : "") + holes.lineEnd;
    }

    private static String rest(String text, int at) {
        return text.substring(at, Math.min(text.length(), at + 30));
    }

    private boolean ends(String text, int at) {
        return at == text.length() || isEnd(text.charAt(at));
    }

    private boolean isEnd(char c) {
        return c == holes.separator || c == '\n' || c == '\r';
    }

    private int end(String text, int at) {
        int end = at;
        boolean inQuotes = false;
        while (end < text.length() && (inQuotes || !isEnd(text.charAt(end)))) {
            inQuotes ^= text.charAt(end) == '"';
            end++;
        }
        return end;
    }

    private static String bare(String cell) {
        return cell.startsWith("\"")
                ? cell.substring(1, cell.length() - 1).replace("\"\"", "\"")
                : cell;
    }

    /** Whether a column may hold a text: one that occurs, or a number or date among those. */
    private boolean canHold(int column, String text) {
        Set<String> observed = new HashSet<>();
        for (List<String> row : learned.rows) {
            if (!RandomTable.isMissing(row.get(column))) {
                observed.add(row.get(column));
            }
        }
        Kind kind = learned.kinds.get(column);
        if (observed.contains(text)) {
            return true;
        }
        if (kind == Kind.DATE) {
            return DATE.matcher(text).matches()
                    && observed.stream().anyMatch(date -> date.compareTo(text) <= 0)
                    && observed.stream().anyMatch(date -> date.compareTo(text) >= 0);
        }
        if (kind == Kind.TRUTH) {
            return true; // the other truth value
        }
        observed.remove(RandomTable.STRAY);
        if (!kind.isNumber() && kind != Kind.STRAY_WORD) {
            return false;
        }
        double number = learned.number(text);
        return observed.stream().anyMatch(each -> learned.number(each) <= number)
                && observed.stream().anyMatch(each -> learned.number(each) >= number);
    }
}
