package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.testing.RandomTable;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** The commands on small random tables as people have them. */
class MixedTablesTest {
    private static final int MOST_ROWS = 60;

    @TempDir Path folder;

    /** What the cells of a column look like. */
    private enum Kind {
        LABEL,
        COUNT,
        REAL;

        String cell(SplittableRandom random) {
            return switch (this) {
                case LABEL -> List.of("red", "green", "dark blue").get(random.nextInt(3));
                case COUNT -> Integer.toString(random.nextInt(12));
                case REAL -> String.format(Locale.ROOT, "%.2f", 10 * random.nextGaussian());
            };
        }
    }

    private static void succeed(Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertEquals(0, result.code(), result.err());
    }

    /** How many lines end outside of quotes. */
    private static long lines(String text) {
        return text.replaceAll("\"[^\"]*\"", "").lines().count();
    }

    static LongStream tables() {
        return LongStream.range(0, Sweep.size(20, 500));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void every_command_ends_well_and_observed_cells_stay_as_they_are(long seed) throws IOException {
        RandomTable table = new RandomTable(seed, MOST_ROWS);
        Path data = Files.write(folder.resolve("data.csv"), table.bytes());
        Path model = folder.resolve("m.sluice");
        Path out = folder.resolve("out.csv");
        succeed("train --quiet --data", data, "--out", model);
        RandomTable holes = new RandomTable(seed, MOST_ROWS);
        SplittableRandom random = new SplittableRandom(seed);
        for (List<String> row : holes.rows) {
            for (int v = 1; v < row.size(); v++) {
                row.set(v, random.nextInt(3) == 0 ? "NA" : row.get(v));
            }
        }
        Path holed = Files.write(folder.resolve("holes.csv"), holes.bytes());
        Object[] dialect = {
            "--separator=" + (holes.separator == '\t' ? "tab" : holes.separator),
            "--header=" + (holes.header ? "yes" : "no"),
            "--decimal=" + (holes.decimal == '.' ? "point" : "comma")
        };
        Object[] query = {"--quiet --model", model, "--data", holed, dialect, "--out"};
        succeed("score", query, out);
        List<String> scores = Files.readAllLines(out);
        assertEquals(1 + holes.rows.size(), scores.size());
        for (String score : scores.subList(1, scores.size())) {
            double last = Double.parseDouble(score.substring(score.lastIndexOf(',') + 1));
            assertTrue(Double.isFinite(last), score);
        }
        List<String> methods = List.of("mean", "median", "mode", "mpe", "sample");
        for (int i = 0; i < 2; i++) {
            String method = methods.get((int) (seed / 2 + i) % methods.size());
            succeed("impute --method " + method, query, out);
            String fault = new Completion(holes, table).fault(Files.readAllBytes(out));
            assertEquals("", fault, method + "\n" + holes);
        }
        succeed("anomalies", query, out);
        succeed("condition", query, folder.resolve("out.json"));
        succeed("sample --quiet --count 5 --model", model, "--out", out);
        assertEquals(6, lines(Files.readString(out)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mean", "mpe", "sample"})
    void columns_are_matched_by_name_and_unknown_ones_kept(String method) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        Path model = folder.resolve("m.sluice");
        Path data = folder.resolve("data.csv");
        StringBuilder train = new StringBuilder("size,colour,count\n");
        for (int r = 0; r < 40; r++) {
            train.append(Kind.REAL.cell(random)).append(',').append(Kind.LABEL.cell(random));
            train.append(',').append(Kind.COUNT.cell(random)).append('\n');
        }
        Files.writeString(data, train);
        succeed("train --device reference --latents 3 --epochs 1 --data", data, "--out", model);
        Files.writeString(
                data,
                """
                note,colour,count,size
                "kept, as it is",red,3,
                also kept,,,1.50
                ,green,,-0.250
                """);
        Path out = folder.resolve("out.csv");
        succeed(
                "impute --device reference --method " + method + " --data",
                data,
                "--model",
                model,
                "--out",
                out);
        List<String> lines = Files.readAllLines(out);
        assertEquals("note,colour,count,size", lines.get(0));
        assertTrue(lines.get(1).matches("\"kept, as it is\",red,3,-?[0-9.]+"), lines.get(1));
        assertTrue(lines.get(2).matches("also kept,[a-z ]+,\\d+,1\\.50"), lines.get(2));
        assertTrue(lines.get(3).matches(",green,\\d+,-0\\.250"), lines.get(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"refuse", "missing", "impossible"})
    void what_training_did_not_have_is_treated_by_the_rule(String rule) throws IOException {
        Path model = folder.resolve("m.sluice");
        Path train = Files.writeString(folder.resolve("t.csv"), "kind,n\na,0\nb,1\na,1\nb,0\n");
        Path test = Files.writeString(folder.resolve("v.csv"), "kind,n\na,0\nc,1\n");
        Object[] files = {"--data", train, "--test", test, "--out", model};
        String line = "train --device reference --latents 2 --epochs 1 --json";
        String message = Cli.run(line, files).failure(1);
        assertTrue(message.contains("row 1") && message.contains("'c'"), message);

        Cli.Result trained = Cli.run(line, "--unseen", rule, files);
        Path scores = folder.resolve("s.csv");
        if (rule.equals("refuse")) {
            trained.failure(1);
            succeed(
                    "train --device reference --latents 2 --epochs 1 --data",
                    train,
                    "--out",
                    model);
            Cli.run("score --unseen refuse --model", model, "--data", test, "--out", scores)
                    .failure(1);
            return;
        }
        boolean impossible = rule.equals("impossible");
        assertEquals(
                impossible,
                trained.json().get("test_log_likelihood").asString().equals("-Infinity"));
        assertTrue(trained.err().contains("warning: "), trained.err());
        succeed("score --unseen", rule, "--model", model, "--data", test, "--out", scores);
        assertEquals(impossible, Files.readAllLines(scores).get(2).equals("-Infinity"));
    }
}
