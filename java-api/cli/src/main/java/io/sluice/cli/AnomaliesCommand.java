package io.sluice.cli;

import io.sluice.data.AtomicFile;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.tables.AnomalyScale;
import io.sluice.tables.Surprises;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** {@code sluice anomalies}. */
@Command(
        name = "anomalies",
        description = {
            "Lists unusual rows, the most unusual first.",
            "Such a row has a cell that is more surprising, given the other cells, than such cells"
                    + " usually are in its column. What is usual is calibrated on a reference; rows"
                    + " that were not trained on give an honest one."
        })
final class AnomaliesCommand extends QueryCommand {
    private static final String CSV = ".csv";
    private static final int SHOWN = 10;

    @Option(
            names = "--reference",
            paramLabel = "DATA",
            description = "Usual rows, which set the threshold (default: DATA).")
    @Nullable String reference;

    @Option(
            names = "--rate",
            defaultValue = "0.01",
            paramLabel = "X",
            description = {
                "Share of unusual rows (default: ${DEFAULT-VALUE}).",
                "It is the share of the reference that may be over the threshold."
            })
    double rate = 0.01;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = {
                "Table of the unusual rows, or - for standard output.",
                "Its columns are row (counted from 0), score (nats over what is usual), tail (share"
                        + " of the reference that is as unusual), log_likelihood and surprising."
            })
    Path out = Path.of("");

    @Override
    void check() {
        super.check();
        if (reference != null) {
            DataReading.checkSource("--reference", reference);
        }
        if (!(rate > 0 && rate < 1)) {
            throw new UsageException("--rate is " + rate + ": give a share over 0 and below 1");
        }
        OutputFile.check("--out", out, CSV);
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    boolean keepsText() {
        return true;
    }

    /** A row over the threshold. */
    private record Anomaly(
            int row, double score, double tail, double logLikelihood, String surprising) {}

    @Override
    Report run(Session session, Rows rows) throws IOException {
        double[] logs = RowScores.of(session, rows.engine(), rows.data(), reading).rows().values();
        double[][] found = surprises(session, rows.engine(), rows.data());
        double[][] usual =
                reference == null
                        ? found
                        : surprises(
                                session,
                                rows.engine(),
                                reading.open(reference, rows.model().schema(), session, false)
                                        .validOrAll());
        AnomalyScale scale = new AnomalyScale(usual, rate);
        double[] scores = new double[found.length];
        for (int r = 0; r < scores.length; r++) {
            boolean impossible = logs[r] == Double.NEGATIVE_INFINITY;
            scores[r] = impossible ? Double.POSITIVE_INFINITY : scale.score(found[r]);
        }
        int[] over =
                IntStream.range(0, scores.length)
                        .filter(r -> scores[r] > scale.threshold())
                        .boxed()
                        .sorted(Comparator.comparingDouble(r -> -scores[r]))
                        .mapToInt(r -> r)
                        .toArray();
        List<String> texts = ExplainedRows.of(session, rows.engine(), rows.data().rows(over));
        List<Anomaly> anomalies =
                IntStream.range(0, over.length)
                        .mapToObj(
                                i ->
                                        new Anomaly(
                                                over[i],
                                                scores[over[i]],
                                                scale.tail(scores[over[i]]),
                                                logs[over[i]],
                                                texts.get(i)))
                        .toList();
        OutputFile.write(session, out, file -> write(file, anomalies));
        return report(found.length, scale.threshold(), anomalies);
    }

    private static double[][] surprises(Session session, Engine engine, Dataset rows)
            throws IOException {
        double[][] nats = new double[Math.toIntExact(rows.rows())][];
        try (Progress progress = session.progress("surprises", rows.rows())) {
            Portions.each(
                    rows,
                    progress,
                    (portion, firstRow) -> {
                        double[][] part = Surprises.nats(engine, portion);
                        System.arraycopy(part, 0, nats, (int) firstRow, part.length);
                    });
        }
        return nats;
    }

    private static void write(Path file, List<Anomaly> anomalies) throws IOException {
        AtomicFile.write(
                file,
                stream -> {
                    Writer writer =
                            new BufferedWriter(
                                    new OutputStreamWriter(stream, StandardCharsets.UTF_8));
                    writer.write("row,score,tail,log_likelihood,surprising\n");
                    for (Anomaly each : anomalies) {
                        writer.write(
                                each.row()
                                        + ","
                                        + each.score()
                                        + ","
                                        + each.tail()
                                        + ","
                                        + each.logLikelihood()
                                        + ","
                                        + ExplainedRows.cell(each.surprising())
                                        + "\n");
                    }
                    writer.flush();
                });
    }

    private Report report(int rows, double threshold, List<Anomaly> anomalies) {
        Report report =
                new Report()
                        .field("rows", rows)
                        .field("threshold", threshold)
                        .field("anomalies", anomalies.size())
                        .line(
                                String.format(
                                        Locale.ROOT,
                                        "%d of %d rows are more unusual than the threshold of %.2f"
                                                + " nats, in %s",
                                        anomalies.size(),
                                        rows,
                                        threshold,
                                        OutputFile.name(out)));
        for (Anomaly each : anomalies.subList(0, Math.min(SHOWN, anomalies.size()))) {
            report.line(
                    String.format(
                            Locale.ROOT,
                            "  row %d: %.1f  %s",
                            each.row(),
                            each.score(),
                            each.surprising()));
        }
        return report;
    }
}
