package io.sluice.cli;

import io.sluice.data.Column;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.data.format.ScaledCoding;
import io.sluice.data.format.TableWriter;
import io.sluice.data.format.UnseenRule;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;
import io.sluice.tables.BinCoding;
import io.sluice.tables.measure.SyntheticReport;
import io.sluice.tables.measure.Table;
import io.sluice.tables.measure.Usefulness;
import io.sluice.tables.synthesis.CodedRows;
import io.sluice.tables.synthesis.DrawingModel;
import io.sluice.tables.synthesis.MissingCells;
import io.sluice.tables.synthesis.SyntheticRows;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** {@code sluice synthesize}. */
@Command(
        name = "synthesize",
        description = {
            "Draws a table like an original, and judges it.",
            "It has the same columns, and missing cells where the original has them. Prints how"
                    + " faithful, useful and private it is, by rows that are held out: a test part,"
                    + " or else a fifth, at most 5000 rows."
        })
final class SynthesizeCommand extends Subcommand {
    private static final int ROWS_AT_ONCE = 4096;
    private static final int HELD_OUT_PART = 5;
    private static final int MOST_HELD_OUT = 5000;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "The original: a file, folder or - (standard input).")
    String data = "";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = {
                "A model of the original (default: learnt from it).",
                "One is learnt from the rows that are not held out."
            })
    @Nullable Path model;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "F",
            description = "The synthetic table; - for standard output.")
    Path out = Path.of("");

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "Rows to draw (default: as many as the original).")
    @Nullable Integer rows;

    @Option(
            names = "--given",
            paramLabel = "COLUMN=VALUE[,...]",
            description = "Draw rows with these cells.")
    List<String> given = List.of();

    @Option(names = "--complete", description = "Leave no cell missing.")
    boolean complete;

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description = "Column to judge usefulness by (default: the last).")
    @Nullable String target;

    @Mixin final DataReading reading = new DataReading(UnseenRule.MISSING);

    @Override
    void check() {
        if (model != null) {
            ModelOption.check("--model", model);
        }
        DataReading.checkSource("--data", data);
        reading.check();
        OutputFile.checkTable("--out", out);
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
        DataParts parts = reading.open(data, null, null, null, new ScaledCoding(), session);
        Original original = Original.of(parts, session.seed());
        List<String> names = original.table().names();
        if (target != null && !names.contains(target)) {
            throw new UsageException(
                    "--target "
                            + target
                            + " is no column"
                            + NearestWord.hint(target, names)
                            + "give one of "
                            + String.join(", ", names));
        }
        GivenCells cells = GivenCells.of(given);
        Model known = model == null ? learn(session, original.learning()) : ModelOption.read(model);
        tellColumns(session, known.schema(), parts.schema());
        int count = rows == null ? Math.toIntExact(parts.train().rows()) : rows;
        Dataset drawn;
        try (Engine engine = session.compile(known)) {
            drawn = draw(session, engine, known.schema(), cells, count);
        }
        long seed = session.seed();
        Dataset whole =
                SyntheticRows.like(
                        MissingCells.unmarked(drawn, complete),
                        parts.schema(),
                        cells.numbers(known.schema()),
                        seed);
        Dataset synthetic =
                complete || model == null
                        ? whole
                        : SyntheticRows.withHoles(
                                whole, parts.train(), cells.byColumn().keySet(), seed);
        OutputFile.write(session, out, file -> TableWriter.of(out).write(synthetic, file));
        Report report =
                new Report()
                        .field("rows", count)
                        .field("columns", synthetic.variables())
                        .line(count + " rows in " + OutputFile.name(out));
        Original like =
                cells.isEmpty() ? original : original.with(cells, cells.numbers(known.schema()));
        measure(session, report, like, Table.of(synthetic));
        return report;
    }

    /**
     * The original table.
     *
     * @param table all rows
     * @param train numbers of those to compare with
     * @param heldOut numbers of those that are fresh
     * @param learning the training rows
     * @param hasTestPart whether the source says which rows are fresh
     */
    private record Original(
            Table table, int[] train, int[] heldOut, Dataset learning, boolean hasTestPart) {
        static Original of(DataParts parts, long seed) {
            Table train = Table.of(parts.train());
            Dataset test = parts.test();
            if (test != null) {
                Table all = new Table.Pair(train, Table.of(test)).joined();
                return new Original(
                        all,
                        range(0, train.rows()),
                        range(train.rows(), all.rows()),
                        parts.train(),
                        true);
            }
            int heldOut = Math.min(train.rows() / HELD_OUT_PART, MOST_HELD_OUT);
            heldOut = heldOut < SyntheticReport.LEAST_ROWS ? 0 : heldOut;
            int[] order = Table.shuffled(train.rows(), seed);
            int[] learning = Arrays.copyOfRange(order, heldOut, order.length);
            return new Original(
                    train,
                    learning,
                    Arrays.copyOf(order, heldOut),
                    parts.train().rows(learning),
                    false);
        }

        private static int[] range(int from, int to) {
            return IntStream.range(from, to).toArray();
        }

        /** Only the rows with some cells. */
        Original with(GivenCells cells, Map<String, Double> numbers) {
            int[] matching = cells.matching(table, numbers);
            return new Original(
                    table,
                    common(train, matching),
                    common(heldOut, matching),
                    learning,
                    hasTestPart);
        }

        private static int[] common(int[] rows, int[] sorted) {
            return Arrays.stream(rows)
                    .filter(row -> Arrays.binarySearch(sorted, row) >= 0)
                    .toArray();
        }
    }

    /** Finds a model that also says which cells are missing. */
    private static Model learn(Session session, Dataset rows) {
        Dataset marked = MissingCells.marked(CodedRows.of(rows, new BinCoding()));
        UserUnits units = UserUnits.of(new DataParts(marked, null, null));
        try (TrainingProgress progress = new TrainingProgress(session, units, true)) {
            return new Model(
                    DrawingModel.fit(marked, session::compile, session.seed(), progress),
                    marked.schema());
        }
    }

    private void tellColumns(Session session, Schema modelled, Schema original) {
        List<String> known = modelled.columns().stream().map(Column::name).toList();
        List<String> names = original.columns().stream().map(Column::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                session.remark(
                        "warning: column '" + name + "' is not in the model: it is left out");
            }
        }
        for (String name : known) {
            if (model != null && !names.contains(name)) {
                session.remark("warning: column '" + name + "' is not in the data: it is left out");
            }
        }
    }

    private static Dataset draw(
            Session session, Engine engine, Schema schema, GivenCells cells, int count) {
        Dataset evidence = cells.isEmpty() ? null : MissingCells.present(cells.row(schema));
        if (evidence != null) {
            cells.requirePossible(engine, evidence);
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

    private void measure(Session session, Report report, Original original, Table synthetic) {
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
        try (Progress progress = session.progress("measure", SyntheticReport.STEPS)) {
            SyntheticFigures.add(
                    report,
                    SyntheticReport.of(
                            new Table.Pair(train, pair.second()),
                            heldOut,
                            can ? predicted : null,
                            session.seed(),
                            () -> progress.step(1)));
        }
        if (model != null && !original.hasTestPart()) {
            report.line(
                    "The model may have learnt from the held-out rows: judge privacy by a test"
                            + " part.");
        }
    }
}
