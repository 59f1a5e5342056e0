package io.sluice.cli;

import io.sluice.tables.measure.Privacy;
import io.sluice.tables.measure.SyntheticReport;
import io.sluice.tables.measure.Usefulness;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The measures of a synthetic table in a report: a line of explanation for each. */
final class SyntheticFigures {
    private SyntheticFigures() {}

    /** Adds them. */
    static void add(Report report, SyntheticReport found) {
        Privacy privacy = found.privacy();
        report.field("c2st_trees", found.trees().score())
                .field("c2st_logistic", found.logistic().score())
                .field("alpha_precision", found.overlap().alphaPrecision())
                .field("beta_recall", found.overlap().betaRecall())
                .field("column_shapes", found.columnSimilarity())
                .field("pair_trends", found.pairs().similarity());
        AlignedTable table =
                new AlignedTable("lrrl")
                        .row("fidelity", "", "best", "")
                        .row(
                                "  C2ST, trees",
                                figure(found.trees().score()),
                                "1",
                                "trees cannot tell drawn from real rows")
                        .row(
                                "  C2ST, logistic",
                                figure(found.logistic().score()),
                                "1",
                                "nor can logistic regression")
                        .row(
                                "  alpha-precision",
                                figure(found.overlap().alphaPrecision()),
                                "1",
                                "drawn rows lie where real rows lie")
                        .row(
                                "  beta-recall",
                                figure(found.overlap().betaRecall()),
                                "0.5",
                                "drawn rows reach where real rows reach")
                        .row(
                                "  columns",
                                figure(found.columnSimilarity()),
                                "1",
                                "columns have the same distributions")
                        .row(
                                "  pairs of columns",
                                figure(found.pairs().similarity()),
                                "1",
                                "pairs of columns depend in the same way");
        Usefulness usefulness = found.usefulness();
        if (usefulness != null) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("target", usefulness.target());
            table.row(
                    "usefulness",
                    "",
                    "real",
                    "predicting '" + usefulness.target() + "' of real rows");
            for (Usefulness.Figure each : usefulness.figures()) {
                String key = each.name().toLowerCase(Locale.ROOT);
                fields.put(key, Map.of("real", each.real(), "synthetic", each.synthetic()));
                table.row(
                        "  " + each.name(),
                        figure(each.synthetic()),
                        figure(each.real()),
                        "learnt from drawn rows, from real rows");
            }
            report.field("usefulness", fields);
        }
        report.field(
                "privacy",
                Map.of(
                        "nearer_than_held_out", privacy.nearerThanHeldOut(),
                        "nearer_to_training", privacy.nearerToTraining(),
                        "median_distance", privacy.syntheticMedian(),
                        "held_out_median_distance", privacy.heldOutMedian(),
                        "copies", privacy.syntheticCopies(),
                        "held_out_copies", privacy.heldOutCopies()));
        table.row("privacy", "", "held out", "")
                .row(
                        "  nearer",
                        figure(privacy.nearerThanHeldOut()),
                        "0.5",
                        "as near to training rows as fresh rows")
                .row(
                        "  nearer to training",
                        figure(privacy.nearerToTraining()),
                        "0.5",
                        "as near to training as to fresh rows")
                .row(
                        "  median distance",
                        figure(privacy.syntheticMedian()),
                        figure(privacy.heldOutMedian()),
                        "to the closest training row")
                .row(
                        "  copies",
                        CompareCommand.percent(privacy.syntheticCopies()),
                        CompareCommand.percent(privacy.heldOutCopies()),
                        "of the rows equal a training row");
        table.lines().forEach(report::line);
    }

    private static String figure(double value) {
        return CompareCommand.figure(value);
    }
}
