package io.sluice.cli;

import picocli.CommandLine.Command;

import java.io.IOException;

/** {@code sluice evaluate}. */
@Command(
        name = "evaluate",
        description = {
            "Prints the mean log-likelihood of data under a model.",
            "Missing cells are marginalised and do not count as dimensions. If a source has a test"
                    + " part, that part is evaluated."
        })
final class EvaluateCommand extends QueryCommand {

    @Override
    Report run(Session session, Rows rows) throws IOException {
        RowScores found = RowScores.of(session, rows.engine(), rows.data(), reading);
        long count = rows.data().rows();
        int variables = rows.data().variables();
        Report report =
                new Report()
                        .field("samples", count)
                        .field("variables", variables)
                        .field("log_likelihood", found.mean())
                        .field("bits_per_dimension", found.bitsPerDimension())
                        .field("device", rows.engine().device().name())
                        .line(count + " samples of " + variables + " variables")
                        .line(found.describe("log-likelihood"));
        found.impossible().report(session, report, count, "the mean is -Infinity");
        TextFigures.add(report, "", reading.tokens, found);
        return report;
    }
}
