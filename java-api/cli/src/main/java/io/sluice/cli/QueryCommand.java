package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.data.format.UnseenRule;
import io.sluice.model.Model;
import io.sluice.runtime.Engine;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;

/** A command that asks a model about the rows of a data set. */
abstract class QueryCommand extends Subcommand {
    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description = "A file, folder, builtin:NAME or - (standard input).")
    String data = "";

    @Mixin final DataReading reading = new DataReading(UnseenRule.MISSING);

    /** What a query works on. */
    record Rows(Model model, Dataset data, Engine engine) {}

    /** What happens to the rows of a portion. */
    @FunctionalInterface
    interface Work {
        /**
         * Does it.
         *
         * @param portion consecutive rows, the impossible ones included
         * @param firstRow number of the portion's first row in the data
         * @param possible numbers in the portion of the rows that have a probability over zero
         * @param asked these rows
         */
        void on(Dataset portion, long firstRow, int[] possible, Dataset asked) throws IOException;
    }

    @Override
    void check() {
        model.check();
        DataReading.checkSource("--data", data);
        reading.check();
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        Dataset rows = reading.open(data, known.schema(), session, keepsText()).testOrAll();
        try (Engine engine = session.compile(known)) {
            return run(session, new Rows(known, rows, engine));
        }
    }

    /** Whether the rows are to be written again as they stand. */
    boolean keepsText() {
        return false;
    }

    /** Answers. */
    abstract Report run(Session session, Rows rows) throws IOException;

    /** Walks through the rows in portions and tells possible from impossible ones. */
    ImpossibleRows each(Session session, Rows rows, String task, Work work) throws IOException {
        ImpossibleRows impossible = new ImpossibleRows(reading);
        try (Progress progress = session.progress(task, rows.data().rows())) {
            Portions.eachByMissing(
                    rows.data(),
                    rows.model().circuit(),
                    progress,
                    (portion, firstRow) -> {
                        int[] possible = impossible.possible(rows.engine(), portion, firstRow);
                        boolean all = possible.length == portion.rows();
                        work.on(
                                portion,
                                firstRow,
                                possible,
                                all ? portion : portion.rows(possible));
                    });
        }
        return impossible;
    }
}
