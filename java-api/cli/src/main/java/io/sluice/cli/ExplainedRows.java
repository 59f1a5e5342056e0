package io.sluice.cli;

import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;
import io.sluice.tables.Surprises;
import io.sluice.tables.Surprises.Surprise;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is surprising about each row of a data set, as a text. */
final class ExplainedRows {
    /** Odds of 20 to 1 against a cell. */
    private static final double LEAST_NATS = Math.log(20);

    private static final int MOST = 3;

    private ExplainedRows() {}

    static List<String> of(Session session, Engine engine, Dataset rows) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Progress progress = session.progress("explain", rows.rows())) {
            Portions.each(
                    rows,
                    progress,
                    (portion, firstRow) ->
                            Surprises.of(engine, portion, LEAST_NATS, MOST)
                                    .forEach(found -> texts.add(text(found))));
        }
        return texts;
    }

    private static String text(List<Surprise> found) {
        return found.stream().map(Surprise::toString).collect(Collectors.joining("; "));
    }

    /** A text as a cell of a CSV file. */
    static String cell(String text) {
        return text.isEmpty() ? "" : '"' + text.replace("\"", "\"\"") + '"';
    }
}
