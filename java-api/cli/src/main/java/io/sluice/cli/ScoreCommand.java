package io.sluice.cli;

import io.sluice.data.AtomicFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** {@code sluice score}. */
@Command(
        name = "score",
        description = {
            "Writes how likely each row is, and why.",
            "It is a log-likelihood in nats with all its digits. Missing cells are marginalised; an"
                    + " impossible row has -Infinity. If a source has a test part, that part is"
                    + " scored."
        })
final class ScoreCommand extends QueryCommand {
    private static final String CSV = ".csv";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = "Table with the column log_likelihood, or -.")
    Path out = Path.of("");

    @Option(
            names = "--explain",
            description = {
                "Add a column with the surprising cells of each row.",
                "Those are up to three that are improbable given the others (odds of 20 to 1 or"
                        + " more), with what was expected. Takes a query for each column."
            })
    boolean explain;

    @Override
    void check() {
        super.check();
        OutputFile.check("--out", out, CSV);
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    boolean keepsText() {
        return explain;
    }

    @Override
    Report run(Session session, Rows rows) throws IOException {
        RowScores found = RowScores.of(session, rows.engine(), rows.data(), reading);
        List<String> texts =
                explain ? ExplainedRows.of(session, rows.engine(), rows.data()) : List.of();
        OutputFile.write(
                session,
                out,
                file ->
                        AtomicFile.write(
                                file,
                                stream -> {
                                    Writer writer =
                                            new BufferedWriter(
                                                    new OutputStreamWriter(
                                                            stream, StandardCharsets.UTF_8));
                                    double[] values = found.rows().values();
                                    writer.write("log_likelihood");
                                    writer.write(explain ? ",surprising\n" : "\n");
                                    for (int r = 0; r < values.length; r++) {
                                        String cell =
                                                explain ? ExplainedRows.cell(texts.get(r)) : "";
                                        writer.write(
                                                values[r] + (explain ? "," + cell : "") + "\n");
                                    }
                                    writer.flush();
                                }));
        long count = rows.data().rows();
        Report report =
                new Report()
                        .field("samples", count)
                        .field("log_likelihood", found.mean())
                        .line(count + " samples scored in " + OutputFile.name(out))
                        .line(found.describe("log-likelihood"));
        found.impossible().report(session, report, count, "their log-likelihood is -Infinity");
        return report;
    }
}
