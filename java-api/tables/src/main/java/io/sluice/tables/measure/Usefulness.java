package io.sluice.tables.measure;

import io.sluice.InvalidArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well gradient-boosted trees that learnt from synthetic rows predict a column of real rows,
 * beside trees that learnt from real rows (train on synthetic, test on real). Trees have XGBoost's
 * default settings.
 *
 * @param target the column that is predicted
 * @param figures for categories AUC (for more than two the mean of each against the others) and
 *     accuracy, for numbers R2 (1 minus the squared error over the variance) and RMSE
 */
public record Usefulness(String target, List<Figure> figures) {

    /** Most categories of a target: each costs as much time as a whole target of two. */
    public static final int MOST_CLASSES = 20;

    /**
     * One figure of both predictors.
     *
     * @param name of the figure
     * @param real after learning from real rows
     * @param synthetic after learning from synthetic rows
     */
    public record Figure(String name, double real, double synthetic) {}

    /** Copies the figures. */
    public Usefulness {
        figures = List.copyOf(figures);
    }

    /** Whether a column can be predicted: it has two to 20 categories, or differing numbers. */
    public static boolean canPredict(Table table, int target) {
        if (table.columns().size() < 2) {
            return false;
        }
        return switch (table.columns().get(target)) {
            case TableColumn.OfNumbers numbers ->
                    Arrays.stream(numbers.sorted()).distinct().limit(2).count() == 2;
            case TableColumn.OfCategories categories -> {
                long present =
                        Arrays.stream(categories.codes()).filter(c -> c >= 0).distinct().count();
                yield present >= 2 && present <= MOST_CLASSES;
            }
        };
    }

    /**
     * Learns twice, and judges on held-out rows.
     *
     * @param tables real rows, then synthetic ones
     * @param heldOut real rows to judge by, under the same columns
     * @param target position of the column to predict
     * @throws InvalidArgumentException when the column cannot be predicted, or a table has no row
     *     with it
     */
    public static Usefulness of(Table.Pair tables, Table heldOut, int target) {
        String name = heldOut.columns().get(target).name();
        if (!canPredict(tables.first(), target)) {
            throw new InvalidArgumentException(
                    "column '"
                            + name
                            + "' cannot be the target: give a column with 2 to "
                            + MOST_CLASSES
                            + " categories or with differing numbers, beside other columns");
        }
        Table real = observed(tables.first(), target);
        Table synthetic = observed(tables.second(), target);
        Table test = observed(heldOut, target);
        double[] ofReal = figures(real, test, target);
        double[] ofSynthetic = figures(synthetic, test, target);
        boolean numbers = test.columns().get(target) instanceof TableColumn.OfNumbers;
        List<Figure> figures = new ArrayList<>();
        for (int k = 0; k < ofReal.length; k++) {
            String figure = numbers ? k == 0 ? "R2" : "RMSE" : k == 0 ? "AUC" : "accuracy";
            figures.add(new Figure(figure, ofReal[k], ofSynthetic[k]));
        }
        return new Usefulness(name, figures);
    }

    private static Table observed(Table table, int target) {
        TableColumn column = table.columns().get(target);
        int[] rows =
                IntStream.range(0, table.rows()).filter(row -> !column.isMissing(row)).toArray();
        if (rows.length == 0) {
            throw new InvalidArgumentException(
                    "column '"
                            + column.name()
                            + "' is missing in every row of a table: give another target");
        }
        return table.rows(rows);
    }

    private static double[] figures(Table train, Table test, int target) {
        Table features = train.without(target);
        Table testFeatures = test.without(target);
        if (train.columns().get(target) instanceof TableColumn.OfNumbers known
                && test.columns().get(target) instanceof TableColumn.OfNumbers asked) {
            double[] predicted =
                    BoostedTrees.fitNumbers(features, known.values()).scores(testFeatures)[0];
            return ofNumbers(asked.values(), predicted);
        }
        TableColumn.OfCategories known = (TableColumn.OfCategories) train.columns().get(target);
        TableColumn.OfCategories asked = (TableColumn.OfCategories) test.columns().get(target);
        int[] classes = Arrays.stream(known.codes()).sorted().distinct().toArray();
        return ofClasses(asked.codes(), classes, scores(features, known, classes, testFeatures));
    }

    /** Scores of each class that the training rows have. */
    private static double[][] scores(
            Table features, TableColumn.OfCategories known, int[] classes, Table testFeatures) {
        if (classes.length > 2) {
            int[] compact =
                    Arrays.stream(known.codes())
                            .map(code -> Arrays.binarySearch(classes, code))
                            .toArray();
            return BoostedTrees.fitClasses(features, compact, classes.length).scores(testFeatures);
        }
        boolean[] positive = new boolean[features.rows()];
        for (int row = 0; row < positive.length; row++) {
            positive[row] = known.codes()[row] == classes[classes.length - 1];
        }
        double[] logOdds = BoostedTrees.fitBinary(features, positive).scores(testFeatures)[0];
        return classes.length == 1
                ? new double[][] {logOdds}
                : new double[][] {Arrays.stream(logOdds).map(odds -> -odds).toArray(), logOdds};
    }

    private static double[] ofClasses(int[] asked, int[] classes, double[][] scores) {
        double areas = 0;
        int counted = 0;
        double right = 0;
        for (int k = 0; k < classes.length; k++) {
            boolean[] positive = new boolean[asked.length];
            int positives = 0;
            for (int row = 0; row < asked.length; row++) {
                positive[row] = asked[row] == classes[k];
                positives += positive[row] ? 1 : 0;
                right += positive[row] && isHighest(scores, k, row) ? 1 : 0;
            }
            if (positives > 0 && positives < asked.length) {
                areas += Ranking.area(scores[k], positive);
                counted++;
            }
        }
        return new double[] {counted == 0 ? 0.5 : areas / counted, right / asked.length};
    }

    private static boolean isHighest(double[][] scores, int k, int row) {
        for (int other = 0; other < scores.length; other++) {
            boolean beaten = scores[other][row] > scores[k][row];
            if (beaten || (other < k && scores[other][row] == scores[k][row])) {
                return false;
            }
        }
        return true;
    }

    private static double[] ofNumbers(double[] asked, double[] predicted) {
        double mean = Arrays.stream(asked).average().orElseThrow();
        double errors = 0;
        double variation = 0;
        for (int row = 0; row < asked.length; row++) {
            errors += (asked[row] - predicted[row]) * (asked[row] - predicted[row]);
            variation += (asked[row] - mean) * (asked[row] - mean);
        }
        return new double[] {
            variation > 0 ? 1 - errors / variation : 0, Math.sqrt(errors / asked.length)
        };
    }
}
