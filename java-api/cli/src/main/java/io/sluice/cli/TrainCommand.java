package io.sluice.cli;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.data.format.ContactSheet;
import io.sluice.data.format.NumberCoding;
import io.sluice.data.format.ScaledCoding;
import io.sluice.data.format.UnseenRule;
import io.sluice.learning.Learner;
import io.sluice.learning.PruneAndGrow;
import io.sluice.learning.TrainingHistory;
import io.sluice.learning.TrainingHistory.Ending;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.report.ReportPage;
import io.sluice.runtime.Engine;
import io.sluice.structure.SharedAlphabet;
import io.sluice.tables.BinCoding;
import io.sluice.tables.HeldOutRows;
import io.sluice.tables.TableFit;
import io.sluice.tables.TableTrainer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** {@code sluice train}. */
@Command(
        name = "train",
        description = {
            "Builds and trains a model of data.",
            "Without DATA it trains on digits that it draws itself, and writes model.sluice and"
                    + " samples.png. Ctrl-C keeps the best model so far."
        })
final class TrainCommand extends Subcommand {
    private static final String DEFAULT_DATA = "builtin:digits";

    /** The digits are many: after five epochs the test rows are as likely as the training rows. */
    private static final int EPOCHS_OF_DIGITS = 5;

    private static final Path DEFAULT_OUT = Path.of("model" + ModelFile.EXTENSION);
    private static final Path DEFAULT_SAMPLES = Path.of("samples.png");
    private static final String PNG = ".png";
    private static final int SAMPLES = 64;

    /** Nodes in a block, of which pruning takes whole ones. */
    private static final int MOST_NODES_TO_PRUNE = 8;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "A file, folder, builtin:NAME or - (standard input).")
    @Nullable String data;

    @Option(
            names = "--valid",
            paramLabel = "DATA",
            description = {
                "Rows to choose the best epoch with.",
                "By default those of the data, if any."
            })
    @Nullable String valid;

    @Option(
            names = "--test",
            paramLabel = "DATA",
            description = {
                "Rows to judge the result with.",
                "By default those of the data, if any."
            })
    @Nullable String test;

    @Mixin final DataReading reading = new DataReading(UnseenRule.REFUSE);
    @Mixin final StructureOption structure = new StructureOption();
    @Mixin final DistillOption distill = new DistillOption();
    @Mixin final OptimizerOptions optimizer = new OptimizerOptions();
    @Mixin final PruneAndGrowOptions pruneAndGrow = new PruneAndGrowOptions();

    @Option(
            names = "--out",
            paramLabel = "MODEL",
            description = "Model to write, or - (default: model.sluice).")
    @Nullable Path out;

    @Option(
            names = "--samples",
            paramLabel = "F.png",
            description = {
                "Picture of drawn rows, if rows are images.",
                "By default samples.png without --data and --out, otherwise none."
            })
    @Nullable Path samples;

    @Mixin final RunPage page = new RunPage();

    /** Options that leave open what to build and how to learn. */
    private static final Set<String> WITHOUT_MODEL =
            Set.of(
                    "--data",
                    "--valid",
                    "--test",
                    "--out",
                    "--samples",
                    "--report",
                    "--schema",
                    "--column",
                    "--unseen",
                    "--separator",
                    "--header",
                    "--decimal",
                    "--json",
                    "--quiet",
                    "--debug",
                    "--device",
                    "--precision",
                    "--threads",
                    "--seed");

    private Path outFile() {
        return out == null ? DEFAULT_OUT : out;
    }

    private @Nullable Path samplesFile() {
        return samples == null && data == null && out == null ? DEFAULT_SAMPLES : samples;
    }

    @Override
    void check() {
        DataReading.checkSource("--data", data == null ? DEFAULT_DATA : data);
        if (valid != null) {
            DataReading.checkSource("--valid", valid);
        }
        if (test != null) {
            DataReading.checkSource("--test", test);
        }
        reading.check();
        structure.check();
        distill.check(structure.structure);
        optimizer.check();
        pruneAndGrow.check();
        OutputFile.check("--out", outFile(), ModelFile.EXTENSION);
        Path sheet = samplesFile();
        if (sheet != null) {
            OutputFile.check("--samples", sheet, PNG);
        }
        page.check();
    }

    @Override
    Path output() {
        return outFile();
    }

    @Override
    Report run(Session session) throws IOException {
        Model begun = structure.model();
        boolean chooses = choosesByItself();
        DataParts parts = open(session, begun == null ? null : begun.schema(), chooses);
        checkParts(parts);
        session.remark(
                parts.train().rows() + " rows of " + parts.train().variables() + " variables");
        if (chooses && parts.schema().image() == null) {
            return choose(session, parts);
        }
        if (pruneAndGrow.blocks) {
            structure.limitBlocks(MOST_NODES_TO_PRUNE);
        }
        Circuit circuit =
                begun == null ? structure.build(parts.train(), session.seed()) : begun.circuit();
        circuit = distill.start(session, circuit, structure, parts.train());
        Report report = new Report();
        Engine engine = session.compile(circuit);
        try {
            session.remark(circuit + ", on " + engine.device().name());
            if (begun != null) {
                requirePossible(session, engine, parts.train());
            }
            @Nullable TrainingHistory history = learn(session, engine, parts);
            if (pruneAndGrow.cycles != null && !session.stop().requested()) {
                Circuit trained = engine.circuit();
                engine.close();
                engine = session.compile(pruneAndGrow(session, trained, parts, report));
            }
            Model trained = new Model(engine.circuit(), parts.schema());
            write(session, trained, describeStopped(history));
            describe(report, engine, trained.circuit(), history, UserUnits.of(parts));
            judge(report, session, engine, parts.test());
            Path sheet = samplesFile();
            if (sheet != null && parts.schema().image() != null) {
                ContactSheet.write(
                        SampleCommand.draw(session, engine, trained.schema(), SAMPLES), sheet);
                report.line(SAMPLES + " samples in " + sheet);
            }
            if (page.isWanted()) {
                Dataset fresh = parts.test() == null ? parts.valid() : parts.test();
                ReportPage written = begin(session, parts, report);
                RunPage.addModel(written, trained.circuit());
                if (history != null) {
                    RunPage.addCurve(written, history.epochs(), UserUnits.of(parts));
                }
                page.write(session, written, engine, parts.train(), fresh, report);
            }
            return report;
        } finally {
            engine.close();
        }
    }

    /** Whether no option says what to build or how to learn, and the data may be a table. */
    private boolean choosesByItself() {
        List<String> given =
                typed().matchedOptions().stream()
                        .map(OptionSpec::longestName)
                        .filter(name -> !WITHOUT_MODEL.contains(name))
                        .toList();
        return given.isEmpty() && data != null && reading.isFileOfValues(data);
    }

    /** Trains the model that suits a table best. */
    private Report choose(Session session, DataParts parts) throws IOException {
        session.stop().keepWork();
        TableFit fit;
        EpochLog log;
        try (TrainingProgress progress = new TrainingProgress(session, UserUnits.of(parts), true)) {
            log = new EpochLog(progress);
            TableTrainer trainer =
                    TableTrainer.create()
                            .seed(session.seed())
                            .listener(log)
                            .stopWhen(session.stop()::requested);
            Dataset validation = parts.valid();
            trainer = validation == null ? trainer : trainer.validation(validation);
            fit = trainer.fit(parts.train(), session::compile);
        }
        Model trained = new Model(fit.circuit(), parts.schema());
        write(session, trained, "the best model so far, " + name(fit.chosen()) + ",");
        Report report = new Report();
        try (Engine engine = session.compile(trained)) {
            describe(report, engine, fit);
            judge(report, session, engine, parts.test());
            if (page.isWanted()) {
                write(session, engine, parts, fit, log, report);
            }
        }
        return report;
    }

    /** Writes the page of a model that was chosen. */
    private void write(
            Session session,
            Engine engine,
            DataParts parts,
            TableFit fit,
            EpochLog log,
            Report report)
            throws IOException {
        Dataset validation = parts.valid();
        HeldOutRows rows =
                validation == null
                        ? HeldOutRows.of(parts.train(), session.seed())
                        : new HeldOutRows(parts.train(), validation);
        Dataset fresh = parts.test();
        ReportPage written = begin(session, parts, report);
        RunPage.addChoice(written, fit);
        RunPage.addCurve(
                written,
                log.of(fit),
                UserUnits.of(new DataParts(rows.train(), rows.valid(), null)));
        page.write(
                session,
                written,
                engine,
                rows.train(),
                fresh == null ? rows.valid() : fresh,
                report);
    }

    private ReportPage begin(Session session, DataParts parts, Report report) throws IOException {
        String source = data == null ? DEFAULT_DATA : data;
        ReportPage begun = RunPage.begin(source, report);
        RunPage.addColumns(
                begun,
                parts,
                reading.isFileOfValues(source) && parts.schema().image() == null
                        ? reading.infer(source, session)
                        : null);
        return begun;
    }

    private void describe(Report report, Engine engine, TableFit fit) {
        TableFit.Tried chosen = fit.chosen();
        long parameters = fit.circuit().properties().parameters();
        report.field("model", outFile().toString())
                .field("device", engine.device().name())
                .field("parameters", parameters)
                .field("structure", chosen.structure())
                .field("best_epoch", chosen.bestEpoch() == 0 ? null : chosen.bestEpoch())
                .field("train_rows", fit.trainRows())
                .field("valid_rows", fit.validRows())
                .field("train_log_likelihood", chosen.trainLogLikelihood())
                .field("valid_log_likelihood", chosen.validLogLikelihood())
                .field("tried", fit.tried().stream().map(TrainCommand::fields).toList())
                .line(parameters + " parameters in " + OutputFile.name(outFile()))
                .line("chosen: " + name(chosen))
                .line(
                        String.format(
                                Locale.ROOT,
                                "%d rows to learn from: %.4f nats a row; %d held out: %.4f",
                                fit.trainRows(),
                                chosen.trainLogLikelihood(),
                                fit.validRows(),
                                chosen.validLogLikelihood()));
        for (TableFit.Tried baseline : fit.baselines()) {
            if (!baseline.equals(chosen)) {
                report.line(
                        String.format(
                                Locale.ROOT,
                                "  %s: %.4f held out",
                                baseline.structure(),
                                baseline.validLogLikelihood()));
            }
        }
    }

    private static String name(TableFit.Tried model) {
        return model.structure()
                + (model.epochs() == 0
                        ? ""
                        : ", epoch " + model.bestEpoch() + " of " + model.epochs());
    }

    /**
     * Writes the model, with which a run ends that was asked to stop.
     *
     * @param what the model is then
     */
    private void write(Session session, Model trained, String what) throws IOException {
        OutputFile.write(session, outFile(), file -> ModelFile.write(trained, file));
        session.stop().saved(outFile(), what + " is in " + OutputFile.name(outFile()) + resuming());
        session.stop().check();
    }

    private String resuming() {
        return optimizer.checkpoint == null ? "" : "; continue with the same options and --resume";
    }

    private static Map<String, @Nullable Object> fields(TableFit.Tried tried) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("structure", tried.structure());
        fields.put("epochs", tried.epochs());
        fields.put("best_epoch", tried.bestEpoch());
        fields.put("train_log_likelihood", tried.trainLogLikelihood());
        fields.put("valid_log_likelihood", tried.validLogLikelihood());
        return fields;
    }

    private void judge(Report report, Session session, Engine engine, @Nullable Dataset test)
            throws IOException {
        RowScores found = test == null ? null : RowScores.of(session, engine, test, reading);
        report.field("test_log_likelihood", found == null ? null : found.mean())
                .field("test_bits_per_dimension", found == null ? null : found.bitsPerDimension());
        if (found != null) {
            report.line(found.describe("test"));
            found.impossible()
                    .warn(
                            session,
                            found.rows().values().length,
                            "the test log-likelihood is -Infinity");
        }
        TextFigures.add(report, "test_", reading.tokens, found);
    }

    /** Rows that a model to go on from holds impossible teach it nothing. */
    private void requirePossible(Session session, Engine engine, Dataset train) throws IOException {
        ImpossibleRows impossible = RowScores.of(session, engine, train, reading).impossible();
        if (impossible.count() == train.rows()) {
            throw new InvalidArgumentException(
                    "all "
                            + train.rows()
                            + " training rows have probability zero under the model to go on from, "
                            + impossible.names()
                            + ": nothing can be learned from them; correct them, or train a new"
                            + " structure");
        }
        impossible.warn(session, train.rows(), "they teach the model nothing");
    }

    private DataParts open(Session session, @Nullable Schema known, boolean chooses)
            throws IOException {
        String source = data == null ? DEFAULT_DATA : data;
        @Nullable NumberCoding coding = coding(chooses);
        DataParts parts = reading.open(source, valid, test, known, coding, session);
        if (structure.sharesInputs()) {
            structure.requireOneKind(parts.schema());
        }
        Schema shared =
                structure.sharesInputs() ? SharedAlphabet.of(parts.schema()) : parts.schema();
        if (!shared.equals(parts.schema())) {
            parts = reading.open(source, valid, test, shared, coding, session);
        }
        Dataset validation = parts.valid();
        return new DataParts(
                reading.possible(parts.train()),
                validation == null ? null : reading.possible(validation),
                parts.test());
    }

    /** Columns that share their inputs keep their numbers, as one unit serves all of them. */
    private @Nullable NumberCoding coding(boolean chooses) {
        if (chooses) {
            return new BinCoding();
        }
        return structure.sharesInputs() ? null : new ScaledCoding();
    }

    private void checkParts(DataParts parts) {
        if (optimizer.patience != null && parts.valid() == null) {
            throw new UsageException(
                    "--patience "
                            + optimizer.patience
                            + " needs validation rows, which the data do not have: give --valid");
        }
        if (samples != null && parts.schema().image() == null) {
            throw new UsageException(
                    "--samples " + samples + " needs rows that are images: leave it out");
        }
    }

    /** Runs the epochs; null when there is nothing to learn. */
    private @Nullable TrainingHistory learn(Session session, Engine engine, DataParts parts) {
        if (structure.isEstimated() && optimizer.epochs == null) {
            return null;
        }
        Learner<?> learner = learning(session, parts);
        session.stop().keepWork();
        try (TrainingProgress progress = new TrainingProgress(session, UserUnits.of(parts))) {
            TrainingHistory history = learner.listener(progress).fit(engine, parts.train());
            if (parts.valid() != null && history.epochs().isEmpty()) {
                session.stop().lost("no epoch was complete, no model was written" + resuming());
                session.stop().check();
            }
            return history;
        }
    }

    private Learner<?> learning(Session session, DataParts parts) {
        Learner<?> learner =
                optimizer.configured(session.seed()).stopWhen(session.stop()::requested);
        if (optimizer.epochs == null && (data == null || data.equals(DEFAULT_DATA))) {
            learner = learner.epochs(EPOCHS_OF_DIGITS);
        }
        Dataset validation = parts.valid();
        return validation == null ? learner : learner.validation(validation);
    }

    private static String describeStopped(@Nullable TrainingHistory history) {
        if (history == null) {
            return "the model";
        }
        int best = history.bestEpoch().orElse(-1);
        if (best == 0) {
            return "the model that it began with, which no epoch was better than,";
        }
        return best > 0
                ? "the best model so far, that of epoch " + best + ","
                : "the model as it was in epoch "
                        + (history.epochs().size() + (history.ending() == Ending.STOPPED ? 1 : 0));
    }

    /** Runs the cycles after the training. */
    private Circuit pruneAndGrow(Session session, Circuit trained, DataParts parts, Report report) {
        try (TrainingProgress progress = new TrainingProgress(session, UserUnits.of(parts))) {
            PruneAndGrow config =
                    pruneAndGrow.configured(
                            learning(session, parts).listener(progress), session.seed());
            if (config == null) {
                return trained;
            }
            PruneAndGrow.Result result = config.fit(trained, session::compile, parts.train());
            UserUnits units = UserUnits.of(parts);
            report.field(
                    "cycles", result.cycles().stream().map(cycle -> fields(cycle, units)).toList());
            return result.circuit();
        }
    }

    private static Map<String, @Nullable Object> fields(PruneAndGrow.Cycle cycle, UserUnits units) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("pruned_edges", cycle.pruned());
        fields.put("grown_edges", cycle.grown());
        fields.put(
                "epochs",
                cycle.history().epochs().stream()
                        .map(units::of)
                        .map(TrainCommand::fields)
                        .toList());
        return fields;
    }

    private void describe(
            Report report,
            Engine engine,
            Circuit circuit,
            @Nullable TrainingHistory history,
            UserUnits units) {
        List<TrainingHistory.Epoch> epochs =
                history == null ? List.of() : history.epochs().stream().map(units::of).toList();
        OptionalInt best = history == null ? OptionalInt.empty() : history.bestEpoch();
        long parameters = circuit.properties().parameters();
        report.field("model", outFile().toString())
                .field("device", engine.device().name())
                .field("parameters", parameters)
                .field("epochs", epochs.stream().map(TrainCommand::fields).toList())
                .field("best_epoch", best.isPresent() ? best.getAsInt() : null)
                .line(parameters + " parameters in " + OutputFile.name(outFile()));
        if (!epochs.isEmpty()) {
            TrainingHistory.Epoch last = epochs.get(epochs.size() - 1);
            report.line(
                    String.format(
                            Locale.ROOT,
                            "train: %.4f nats per sample in epoch %d",
                            last.trainLogLikelihood(),
                            last.epoch()));
        }
        if (best.isPresent()) {
            report.line("the best epoch was " + best.getAsInt());
        }
    }

    private static Map<String, @Nullable Object> fields(TrainingHistory.Epoch epoch) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("epoch", epoch.epoch());
        fields.put("train_log_likelihood", epoch.trainLogLikelihood());
        fields.put(
                "valid_log_likelihood",
                epoch.validLogLikelihood().isPresent()
                        ? epoch.validLogLikelihood().getAsDouble()
                        : null);
        fields.put("seconds", epoch.seconds());
        fields.put("samples_per_second", epoch.rowsPerSecond());
        return fields;
    }
}
