package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

class SynthesizeTest {
    @TempDir Path folder;
    private Path data = Path.of("");
    private Path model = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void write_files() throws IOException {
        model = CliFixtures.mixedModel(folder.resolve("m.sluice"));
        out = folder.resolve("out.csv");
        StringBuilder text = new StringBuilder("size,id,colour,count\n");
        Random random = new Random(3);
        for (int row = 0; row < 300; row++) {
            boolean hole = random.nextInt(4) == 0;
            text.append(hole ? "" : String.format(Locale.ROOT, "%.3f", random.nextGaussian()));
            text.append(",r").append(row).append(random.nextBoolean() ? ",red," : ",blue,");
            text.append(hole ? "" : random.nextInt(3)).append('\n');
        }
        data = Files.writeString(folder.resolve("d.csv"), text);
    }

    private Cli.Result synthesize(Object... more) {
        return Cli.run(
                "synthesize --device reference --model", model, "--data", data, "--out", out, more);
    }

    @Test
    void the_table_has_the_columns_and_holes_of_the_original() throws IOException {
        JsonNode report = synthesize("--json", "--rows", "400").json();
        assertEquals(400, report.get("rows").asInt());
        List<String> lines = Files.readAllLines(out);
        assertEquals("size,colour,count", lines.get(0)); // id tells rows apart
        assertEquals(401, lines.size());
        long holes = lines.stream().filter(line -> line.startsWith(",")).count();
        assertEquals(0.25, holes / 400.0, 0.08);
        assertTrue(
                lines.stream().filter(line -> line.startsWith(",")).allMatch(l -> l.endsWith(",")));
        for (String figure :
                List.of("c2st_trees", "alpha_precision", "usefulness", "privacy", "pair_trends")) {
            assertTrue(report.has(figure), figure);
        }
    }

    @Test
    void without_a_number_of_rows_there_are_as_many_and_complete_leaves_none_missing()
            throws IOException {
        synthesize("--complete --json").json();
        List<String> lines = Files.readAllLines(out);
        assertEquals(301, lines.size());
        assertFalse(lines.stream().anyMatch(line -> line.startsWith(",") || line.endsWith(",")));
    }

    @Test
    void given_cells_are_in_every_row() throws IOException {
        synthesize("--given colour=red --given size=0.5 --complete --json --rows 50").json();
        List<String> lines = Files.readAllLines(out);
        assertTrue(lines.stream().skip(1).allMatch(line -> line.startsWith("0.5,red,")));
    }

    @Test
    void a_seed_gives_the_same_bytes() throws IOException {
        synthesize("--seed 5");
        byte[] first = Files.readAllBytes(out);
        synthesize("--seed 5");
        assertArrayEquals(first, Files.readAllBytes(out));
        synthesize("--seed 6");
        assertFalse(Arrays.equals(first, Files.readAllBytes(out)));
    }

    @Test
    void measures_are_explained_a_line_each() {
        Cli.Result result = synthesize("--target colour");
        assertEquals(0, result.code(), result.err());
        for (String line : List.of("C2ST, trees", "beta-recall", "predicting 'colour'", "copies")) {
            assertTrue(result.out().contains(line), result.out());
        }
        assertTrue(
                result.out().lines().skip(1).allMatch(line -> line.length() <= 80), result.out());
        assertTrue(result.err().matches("(?s).*column 'id'.* left out.*"), result.err());
    }

    /** Work, its sector, an age group and a size: the sector is missing without work. */
    private Path people(int rows) throws IOException {
        StringBuilder text = new StringBuilder("work,sector,group,size\n");
        Random random = new Random(8);
        for (int row = 0; row < rows; row++) {
            int group = random.nextInt(3);
            boolean works = random.nextInt(3) > 0;
            String sector = random.nextInt(4) > group ? "farm" : "office";
            text.append(works ? "yes," + sector : "no,").append(",g").append(group).append(',');
            text.append(Math.round(1000 * random.nextGaussian())).append('\n');
        }
        return Files.writeString(folder.resolve("people.csv"), text);
    }

    @Test
    void without_a_model_one_is_learnt_that_knows_where_cells_are_missing() throws IOException {
        Path people = people(1000);
        JsonNode report =
                Cli.run("synthesize --json --rows 600 --data", people, "--out", out).json();
        List<String> lines = Files.readAllLines(out);
        assertEquals("work,sector,group,size", lines.get(0));
        int without = 0;
        int wrong = 0;
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            without += cells[1].isEmpty() ? 1 : 0;
            wrong += cells[0].equals("no") == cells[1].isEmpty() ? 0 : 1;
        }
        assertEquals(1 / 3.0, without / 600.0, 0.1);
        assertTrue(wrong < 26, wrong + " of 600"); // 266 if cells were missing at random
        assertTrue(report.get("c2st_trees").asDouble() > 0.85, report.toString());
        assertTrue(report.get("column_shapes").asDouble() > 0.9, report.toString());
    }

    @Test
    void given_cells_steer_a_learnt_model() throws IOException {
        Path people = people(400);
        Cli.Result result =
                Cli.run("synthesize --given sector=farm --rows 50 --data", people, "--out", out);
        assertEquals(0, result.code(), result.err());
        int working = 0;
        for (String line : Files.readAllLines(out).subList(1, 51)) {
            assertEquals("farm", line.split(",", -1)[1], line);
            working += line.startsWith("yes,") ? 1 : 0;
        }
        assertTrue(working > 45, working + " of 50"); // two thirds of all rows
    }

    @Test
    void too_few_rows_are_drawn_without_measures() throws IOException {
        String text = String.join("\n", Files.readAllLines(data).subList(0, 11)) + "\n";
        Files.writeString(data, text);
        Cli.Result result = synthesize();
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("not measured"), result.out());
        assertEquals(11, Files.readAllLines(out).size());
    }

    @Test
    void wrong_options_are_refused_before_anything_is_written() {
        for (List<String> wrong :
                List.of(
                        List.of("--rows 0", "--rows is 0"),
                        List.of("--given colour", "give column=value"),
                        List.of("--given color=red", "did you mean colour?"),
                        List.of("--given colour=rde", "did you mean red?"),
                        List.of("--given size=big", "is no number"),
                        List.of("--given colour=red --given colour=blue", "twice"))) {
            String message = synthesize(wrong.get(0)).failure(2);
            assertTrue(message.contains(wrong.get(1)), message);
            assertFalse(Files.exists(out));
        }
        assertTrue(synthesize("--target kolour").failure(2).contains("did you mean colour?"));
    }

    @Test
    void the_original_is_not_replaced() {
        out = data;
        assertTrue(synthesize().failure(2).contains("give another name"));
    }
}
