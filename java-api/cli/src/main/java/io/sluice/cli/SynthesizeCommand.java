package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.TableWriter;
import io.sluice.data.format.UnseenRule;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.tables.measure.SyntheticReport;
import io.sluice.tables.measure.Table;
import io.sluice.tables.measure.Usefulness;
import io.sluice.tables.synthesis.SyntheticRows;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** {@code sluice synthesize}. */
@Command(
        name = "synthesize",
        description = {
            "Draws a table like the original: the same columns in the same order, and cells missing"
                    + " as often and together. Prints how faithful, useful and private it is, by"
                    + " rows that are held out: a test part, or else a fifth, at most 5000 rows."
        })
final class SynthesizeCommand extends Subcommand {
    private static final String CSV = ".csv";
    private static final int ROWS_AT_ONCE = 4096;
    private static final int HELD_OUT_PART = 5;
    private static final int MOST_HELD_OUT = 5000;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "The original: file, folder or - for standard input.")
    String data = "";

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F.csv",
            description = "The synthetic table; - for standard output.")
    Path out = Path.of("");

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "How many rows to draw (default: as many as the original has).")
    @Nullable Integer rows;

    @Option(
            names = "--given",
            paramLabel = "COLUMN=VALUE",
            description = "Draw rows with this cell. Can be repeated.")
    List<String> given = List.of();

    @Option(names = "--complete", description = "Leave no cell missing.")
    boolean complete;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description = "The column that usefulness is judged by (default: the last).")
    @Nullable String target;

    @Mixin final DataReading reading = new DataReading(UnseenRule.MISSING);

    @Override
    void check() {
        model.check();
        DataReading.checkSource("--data", data);
        reading.check();
        OutputFile.check("--out", out, CSV);
        OutputFile.requireOther("--out", out, "--data", data);
        if (rows != null && rows < 1) {
            throw new UsageException("--rows is " + rows + ": give at least 1");
        }
        GivenCells.of(given);
    }

    @Override
    Path output() {
        return out;
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        DataParts parts = reading.open(data, null, session, false);
        Original original = Original.of(parts, session.seed());
        if (target != null) {
            original.table().indexOf(target);
        }
        GivenCells cells = GivenCells.of(given);
        tellColumns(session, known.schema(), parts.schema());
        int count = rows == null ? Math.toIntExact(parts.train().rows()) : rows;
        Dataset drawn;
        try (Engine engine = session.compile(known)) {
            drawn = draw(session, engine, known.schema(), cells, count);
        }
        long seed = session.seed();
        Dataset whole =
                SyntheticRows.like(drawn, parts.schema(), cells.numbers(known.schema()), seed);
        Dataset synthetic =
                complete
                        ? whole
                        : SyntheticRows.withHoles(
                                whole, parts.train(), cells.byColumn().keySet(), seed);
        OutputFile.write(session, out, file -> TableWriter.of(out).write(synthetic, file));
        Report report =
                new Report()
                        .field("rows", count)
                        .field("columns", synthetic.variables())
                        .line(count + " rows in " + OutputFile.name(out));
        measure(session, report, original, Table.of(synthetic), cells);
        return report;
    }

    /**
     * The original table.
     *
     * @param table all rows
     * @param train numbers of those to compare with
     * @param heldOut numbers of those that are fresh
     * @param hasTestPart whether the source says which these are
     */
    private record Original(Table table, int[] train, int[] heldOut, boolean hasTestPart) {
        static Original of(DataParts parts, long seed) {
            Table train = Table.of(parts.train());
            Dataset test = parts.test();
            if (test != null) {
                Table all = new Table.Pair(train, Table.of(test)).joined();
                return new Original(
                        all, range(0, train.rows()), range(train.rows(), all.rows()), true);
            }
            int heldOut = Math.min(train.rows() / HELD_OUT_PART, MOST_HELD_OUT);
            int[] order = Table.shuffled(train.rows(), seed);
            return new Original(
                    train,
                    Arrays.copyOfRange(order, heldOut, order.length),
                    Arrays.copyOf(order, heldOut),
                    false);
        }

        private static int[] range(int from, int to) {
            return IntStream.range(from, to).toArray();
        }

        /** Only the rows with some cells. */
        Original with(GivenCells cells) {
            int[] matching = cells.matching(table);
            return new Original(
                    table, common(train, matching), common(heldOut, matching), hasTestPart);
        }

        private static int[] common(int[] rows, int[] sorted) {
            return Arrays.stream(rows)
                    .filter(row -> Arrays.binarySearch(sorted, row) >= 0)
                    .toArray();
        }
    }

    private static void tellColumns(Session session, Schema model, Schema original) {
        List<String> modelled = model.columns().stream().map(Column::name).toList();
        List<String> names = original.columns().stream().map(Column::name).toList();
        for (String name : names) {
            if (!modelled.contains(name)) {
                session.remark(
                        "warning: column '" + name + "' is not in the model: it is left out");
            }
        }
        for (String name : modelled) {
            if (!names.contains(name)) {
                session.remark("warning: column '" + name + "' is not in the data: it is left out");
            }
        }
    }

    private static Dataset draw(
            Session session, Engine engine, Schema schema, GivenCells cells, int count) {
        Dataset evidence = cells.isEmpty() ? null : cells.row(schema);
        if (evidence != null
                && engine.logLikelihood(evidence).values()[0] == Double.NEGATIVE_INFINITY) {
            throw new UsageException(
                    "--given "
                            + cells.describe()
                            + " has probability zero under the model: give cells that occur"
                            + " together");
        }
        DatasetBuilder drawn = Dataset.builder(schema);
        try (Progress progress = session.progress("draw", count)) {
            for (int from = 0; from < count; from += ROWS_AT_ONCE) {
                int rows = Math.min(ROWS_AT_ONCE, count - from);
                long seed = PortionSeed.of(session.seed(), from);
                SampleCommand.append(
                        drawn,
                        evidence == null
                                ? engine.sample(rows, seed)
                                : engine.sample(evidence, rows, seed));
                progress.step(rows);
            }
        }
        return drawn.build();
    }

    private void measure(
            Session session, Report report, Original all, Table synthetic, GivenCells cells) {
        Original original = cells.isEmpty() ? all : all.with(cells);
        int least =
                Math.min(
                        Math.min(original.train().length, original.heldOut().length),
                        synthetic.rows());
        if (least < SyntheticReport.LEAST_ROWS) {
            report.line(
                    "not measured: that takes "
                            + SyntheticReport.LEAST_ROWS
                            + " training, held-out and drawn rows each, there are "
                            + original.train().length
                            + ", "
                            + original.heldOut().length
                            + " and "
                            + synthetic.rows());
            return;
        }
        Table.Pair pair = original.table().with(synthetic);
        Table train = pair.first().rows(original.train());
        Table heldOut = pair.first().rows(original.heldOut());
        int predicted = target == null ? train.columns().size() - 1 : pair.first().indexOf(target);
        boolean can = Usefulness.canPredict(train, predicted);
        if (!can) {
            session.remark(
                    "warning: usefulness is not measured: column '"
                            + train.columns().get(predicted).name()
                            + "' has neither 2 to "
                            + Usefulness.MOST_CLASSES
                            + " categories nor differing numbers: choose another with --target");
        }
        SyntheticFigures.add(
                report,
                SyntheticReport.of(
                        new Table.Pair(train, pair.second()),
                        heldOut,
                        can ? predicted : null,
                        session.seed()));
        if (!original.hasTestPart()) {
            report.line(
                    "the model may have learnt from the held-out rows: privacy is judged by a test"
                            + " part that it did not see");
        }
    }
}
