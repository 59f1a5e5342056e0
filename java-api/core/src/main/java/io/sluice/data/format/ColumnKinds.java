package io.sluice.data.format;

import io.sluice.data.Column;
import io.sluice.data.Numbers;
import io.sluice.data.Schema;
import io.sluice.data.format.TypedColumn.Kind;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;

/** Decides the types of columns that come from a source without types. */
final class ColumnKinds {
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final double LARGEST_EXACT = 1L << 53;

    private ColumnKinds() {}

    /** The columns of a schema. */
    static List<TypedColumn> of(Schema schema) {
        return schema.columns().stream()
                .map(column -> new TypedColumn(column.name(), kind(column)))
                .toList();
    }

    private static Kind kind(Column column) {
        @Nullable Numbers numbers = column.numbers();
        if (numbers != null) {
            return switch (numbers.quantity().kind()) {
                case REAL -> Kind.REAL;
                case WHOLE -> Kind.WHOLE;
                case DATE -> numbers.quantity().pattern() == null ? Kind.DATE : Kind.TEXT;
                case TIME -> numbers.quantity().pattern() == null ? Kind.TIME : Kind.TEXT;
                case TIMESTAMP -> numbers.quantity().pattern() == null ? Kind.TIMESTAMP : Kind.TEXT;
            };
        }
        if (!column.isCategorical()) {
            return Kind.REAL;
        }
        if (column.labels().isEmpty()) {
            return Kind.WHOLE;
        }
        Candidates labels = new Candidates('.');
        column.labels().forEach(labels::see);
        return labels.kind();
    }

    /**
     * The columns of a table with kept texts, as its cells and the labels of its variables suggest.
     */
    static List<TypedColumn> of(KeptRows kept, KeptRows.Texts texts, long rows, Schema schema) {
        TextTable table = texts.table();
        List<Candidates> candidates = new ArrayList<>();
        for (int column = 0; column < table.columns(); column++) {
            candidates.add(new Candidates(table.decimal()));
        }
        for (long row = 0; row < rows; row++) {
            List<TableCell> cells = kept.cells(row);
            for (int column = 0; column < Math.min(cells.size(), candidates.size()); column++) {
                String text = cells.get(column).text();
                if (!CellText.saysMissing(text)) {
                    candidates.get(column).see(text);
                }
            }
        }
        for (int v = 0; v < schema.variables(); v++) {
            int column = texts.columnOf()[v];
            if (column >= 0) {
                Column variable = schema.column(v);
                variable.labels().forEach(candidates.get(column)::seeLabel);
                if (candidates.get(column).unseen()) {
                    candidates.get(column).kind = kind(variable);
                }
            }
        }
        List<TypedColumn> columns = new ArrayList<>();
        for (int column = 0; column < candidates.size(); column++) {
            columns.add(new TypedColumn(table.columnName(column), candidates.get(column).kind()));
        }
        return columns;
    }

    /** The text of a value in a column of some kind; as it stands where it is not of this kind. */
    static TableCell cell(String text, Kind kind, char decimal) {
        if (!kind.isBare()) {
            return new TableCell(text, true);
        }
        double number = NumberText.parse(text, decimal);
        boolean plain = decimal == '.' && JsonLines.isBare(text);
        return new TableCell(
                plain || Double.isNaN(number) ? text : CellText.ofNumber(number), false);
    }

    /** The kinds that all values of a column can have. */
    private static final class Candidates {
        private static final List<Kind> ORDER =
                List.of(Kind.WHOLE, Kind.REAL, Kind.TRUTH, Kind.DATE, Kind.TIME, Kind.TIMESTAMP);

        private final char decimal;
        private final EnumSet<Kind> possible = EnumSet.allOf(Kind.class);
        private boolean seen;
        private @Nullable Kind kind;

        Candidates(char decimal) {
            this.decimal = decimal;
        }

        void see(String text) {
            seen = true;
            possible.removeIf(each -> !isPossible(text, each, decimal));
        }

        /** Takes notice of a label, whose numbers have a decimal point in every table. */
        void seeLabel(String label) {
            possible.removeIf(each -> !isPossible(label, each, '.'));
        }

        boolean unseen() {
            return !seen;
        }

        Kind kind() {
            if (kind != null) {
                return kind;
            }
            return seen
                    ? ORDER.stream().filter(possible::contains).findFirst().orElse(Kind.TEXT)
                    : Kind.TEXT;
        }

        private static boolean isPossible(String text, Kind kind, char decimal) {
            return switch (kind) {
                case TEXT -> true;
                case TRUTH -> text.equals("true") || text.equals("false");
                case WHOLE -> isWhole(text, decimal);
                case REAL -> isNumber(text, decimal);
                case DATE, TIME, TIMESTAMP -> isDate(text, kind);
            };
        }

        private static boolean isNumber(String text, char decimal) {
            double number = NumberText.parse(text, decimal);
            return !Double.isNaN(number) && !isCode(text);
        }

        private static boolean isWhole(String text, char decimal) {
            if (isCode(text) || text.indexOf(decimal) >= 0) {
                return false;
            }
            double number = NumberText.parse(text, decimal);
            return WHOLE.matcher(text).matches()
                    || (number == Math.rint(number) && Math.abs(number) <= LARGEST_EXACT);
        }

        private static boolean isCode(String text) {
            return NumberText.isCode(text.toCharArray(), 0, text.length());
        }

        private static boolean isDate(String text, Kind kind) {
            if (text.length() < 5 || text.charAt(0) > '9') {
                return false; // the usual case, without an exception
            }
            try {
                switch (kind) {
                    case DATE -> LocalDate.parse(text);
                    case TIME -> LocalTime.parse(text);
                    default -> LocalDateTime.parse(text);
                }
                return true;
            } catch (DateTimeException e) {
                return false;
            }
        }
    }
}
