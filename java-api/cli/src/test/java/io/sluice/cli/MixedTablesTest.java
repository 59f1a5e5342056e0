package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** The commands on small random tables as people have them. */
class MixedTablesTest {
    /** Of each seed. The Maven profile thorough sets the property. */
    private static final int TABLES = Boolean.getBoolean("sluice.thorough") ? 12 : 2;

    @TempDir Path folder;

    /** What the cells of a column look like. */
    private enum Kind {
        LABEL,
        COUNT,
        REAL,
        LONG_REAL,
        ZIP_CODE,
        TRUTH,
        CONSTANT,
        CONSTANT_REAL;

        String cell(SplittableRandom random) {
            return switch (this) {
                case LABEL -> List.of("red", "green", "dark blue").get(random.nextInt(3));
                case COUNT -> Integer.toString(random.nextInt(12));
                case REAL -> String.format(Locale.ROOT, "%.2f", 10 * random.nextGaussian());
                case LONG_REAL -> String.format(Locale.ROOT, "%.12f", random.nextDouble());
                case ZIP_CODE -> "0" + (2000 + random.nextInt(3));
                case TRUTH -> random.nextBoolean() ? "True" : "False";
                case CONSTANT -> "only";
                case CONSTANT_REAL -> "7.25";
            };
        }
    }

    /**
     * Rows of cells, the names of the columns first. Cells of the first column are all there, so
     * that no line is blank.
     */
    private static List<List<String>> table(SplittableRandom random, boolean holes) {
        int columns = 2 + random.nextInt(5);
        List<Kind> kinds = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int v = 0; v < columns; v++) {
            kinds.add(Kind.values()[random.nextInt(Kind.values().length)]);
            names.add("column " + v);
        }
        List<List<String>> table = new ArrayList<>(List.of(names));
        int rows = 3 + random.nextInt(60);
        for (int r = 0; r < rows; r++) {
            List<String> row = new ArrayList<>();
            for (int v = 0; v < columns; v++) {
                boolean missing = holes && v > 0 && random.nextInt(5) == 0;
                row.add(missing ? "" : kinds.get(v).cell(random));
            }
            table.add(row);
        }
        return table;
    }

    private static String text(List<List<String>> table) {
        StringBuilder text = new StringBuilder();
        table.forEach(row -> text.append(String.join(",", row)).append('\n'));
        return text.toString();
    }

    private static List<List<String>> withHoles(List<List<String>> table, SplittableRandom random) {
        List<List<String>> holes = new ArrayList<>(List.of(table.get(0)));
        for (List<String> row : table.subList(1, table.size())) {
            List<String> copy = new ArrayList<>(row);
            for (int v = 1; v < copy.size(); v++) {
                copy.set(v, random.nextInt(3) == 0 ? "" : copy.get(v));
            }
            holes.add(copy);
        }
        return holes;
    }

    private static void succeed(Object... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertEquals(0, result.code(), result.err());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void every_command_ends_well_and_observed_cells_stay_as_they_are(int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path model = folder.resolve("m.sluice");
        Path data = folder.resolve("data.csv");
        Path out = folder.resolve("out.csv");
        for (int i = 0; i < TABLES; i++) {
            List<List<String>> table = table(random, random.nextBoolean());
            Files.writeString(data, text(table));
            String structure = List.of("hclt", "rat-spn", "pd", "factorized").get(i % 4);
            String sizes = structure.equals("factorized") ? "" : " --latents 3 --epochs 1";
            succeed(
                    "train --device reference --header yes --structure " + structure + sizes,
                    "--data",
                    data,
                    "--out",
                    model);
            List<List<String>> holes = withHoles(table, random);
            Files.writeString(data, text(holes));
            Object[] query = {"--device reference --header yes --model", model, "--out", out};
            succeed("score --data", data, query);
            assertEquals(table.size(), Files.readAllLines(out).size());
            for (String line :
                    List.of(
                            "impute --method mean --data",
                            "impute --method mpe --data",
                            "impute --method sample --data",
                            "sample --count 2 --evidence")) {
                succeed(line, data, query);
                int times = line.startsWith("sample") ? 2 : 1;
                assertFilled(holes, Files.readAllLines(out), times, line);
            }
            succeed("sample --count 5", query);
            Path distributions = folder.resolve("c.json");
            succeed(
                    "condition --device reference --header yes --data",
                    data,
                    "--model",
                    model,
                    "--out",
                    distributions);
            long missing = holes.stream().flatMap(List::stream).filter(String::isEmpty).count();
            assertEquals(
                    missing, JsonMapper.shared().readTree(Files.readString(distributions)).size());
        }
    }

    private static void assertFilled(
            List<List<String>> holes, List<String> lines, int times, String what) {
        assertEquals(String.join(",", holes.get(0)), lines.get(0), what);
        assertEquals(1 + times * (holes.size() - 1), lines.size(), what);
        for (int line = 1; line < lines.size(); line++) {
            List<String> row = holes.get(1 + (line - 1) / times);
            List<String> filled = List.of(lines.get(line).split(",", -1));
            for (int v = 0; v < row.size(); v++) {
                if (row.get(v).isEmpty()) {
                    assertTrue(!filled.get(v).isEmpty(), what + ": " + lines.get(line));
                } else {
                    assertEquals(row.get(v), filled.get(v), what);
                }
            }
        }
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
