package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** {@code condition --given ... --of ...}: questions about one row. */
class WhatIfTest {
    @TempDir Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void write_a_model() throws IOException {
        model = CliFixtures.mixedModel(folder.resolve("m.sluice"));
    }

    private Cli.Result ask(Object... options) {
        return Cli.run("condition --device reference --model", model, options);
    }

    private static Conditionals given(double... cells) {
        DatasetBuilder row = Dataset.builder(CliFixtures.mixedModel().schema());
        row.add(cells);
        try (Engine engine =
                Engine.compile(CliFixtures.mixedModel().circuit(), Device.reference())) {
            return engine.conditionals(row.build());
        }
    }

    private static String figure(double probability) {
        return String.format(Locale.ROOT, "%.4f", probability);
    }

    @Test
    void categories_are_listed_in_the_order_of_their_labels() {
        double[] colours = given(2, Double.NaN, 0.5).probabilities(0);
        Cli.Result result = ask("--given size=0.5,count=2 --of colour");
        assertEquals(0, result.code(), result.err());
        assertEquals(
                List.of(
                        "given size=0.5, count=2:",
                        "colour",
                        "  blue  " + figure(colours[0]),
                        "  red   " + figure(colours[1])),
                result.out().lines().toList());
        assertEquals(result.out(), ask("--given size=0.5 --given count=2 --of colour").out());
    }

    @Test
    void scripts_get_the_same_by_name() {
        double[] counts = given(Double.NaN, 1, Double.NaN).probabilities(0);
        Conditionals found = given(Double.NaN, 1, Double.NaN);
        JsonNode report = ask("--json --given colour=red --of count,size").json();
        assertEquals("red", report.get("given").get("colour").asString());
        JsonNode columns = report.get("columns");
        assertEquals(2, columns.size());
        for (int code = 0; code < counts.length; code++) {
            JsonNode probability = columns.get("count").get("probabilities").get("" + code);
            assertEquals(counts[code], probability.asDouble(), 1e-12);
        }
        JsonNode size = columns.get("size");
        assertEquals(found.mean(1), size.get("mean").asDouble(), 1e-12);
        assertEquals(0.5, found.cumulative(1, size.get("median").asDouble()), 1e-9);
        assertEquals(0.95, found.cumulative(1, size.get("quantiles").get("0.95").asDouble()), 1e-9);
        assertFalse(report.toString().contains("variable"));
    }

    @Test
    void without_given_cells_there_are_marginals_and_without_columns_all_others() {
        double[] colours = given(Double.NaN, Double.NaN, Double.NaN).probabilities(1);
        JsonNode marginals = ask("--json --of colour").json().get("columns");
        assertEquals(
                colours[1],
                marginals.get("colour").get("probabilities").get("red").asDouble(),
                1e-12);
        JsonNode others = ask("--json --given count=1").json().get("columns");
        assertEquals(2, others.size());
        assertTrue(others.has("colour") && others.has("size"));
    }

    @Test
    void numbers_and_dates_are_in_the_words_of_the_user() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        StringBuilder text = new StringBuilder("age,born,place\n");
        for (int row = 0; row < 300; row++) {
            int age = 20 + random.nextInt(50);
            text.append(String.format(Locale.ROOT, "%d,%d-0%d-15,", age, 2020 - age, 1 + age % 9));
            text.append(random.nextInt(4) == 0 ? "\"Bonn, Rhine\"\n" : "Ulm\n");
        }
        Path table = Files.writeString(folder.resolve("t.csv"), text);
        model = folder.resolve("trained.sluice");
        assertEquals(0, Cli.run("train --quiet", table, "--out", model).code());
        Cli.Result result = Cli.run("condition --model", model, "--of age,born");
        assertEquals(0, result.code(), result.err());
        List<String> lines = result.out().lines().toList();
        assertTrue(lines.get(1).matches("  mean +4\\d\\.\\d+"), result.out());
        assertTrue(
                lines.stream().anyMatch(line -> line.matches("  median +[34]\\d")), result.out());
        assertTrue(
                lines.stream().anyMatch(line -> line.matches("  median +19\\d\\d-0\\d-\\d\\d")),
                result.out());
        Object[] cell = {"--given", Path.of("place=Bonn, Rhine,born=1990-04-15"), "--of age"};
        Cli.Result given = Cli.run("condition --model", model, cell);
        assertEquals(0, given.code(), given.err());
        assertTrue(given.out().matches("(?s).*median +(2[89]|3[0-2])\n.*"), given.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--of color                    | --of color is no column of the model: did you mean"
                        + " colour?",
                "--given color=red             | --given color is no column of the model: did you"
                        + " mean colour?",
                "--given colour=rde            | --given colour=rde is no value of the column: did"
                        + " you mean red?",
                "--given size=big              | --given size=big is no number: give one",
                "--given count=7               | --given count=7 is no value of the column",
                "--given colour                | --given colour names no column",
                "--given count=1,count=2       | --given names column 'count' twice",
                "--given count=1 --of count    | --of count is given",
                "--given count=1,colour=red,size=1 | --given has all columns",
                "--of size --out o.json        | --out o.json is for rows of data",
                "--of size --data builtin:digits | --data builtin:digits is for rows of data",
                "--out o.json                  | there is nothing to ask about: give DATA",
                "--data builtin:digits         | need a file: give --out"
            })
    void wrong_questions_are_refused(String options, String expected) {
        String message = ask(options.strip()).failure(2);
        assertTrue(message.contains(expected.strip()), message);
    }
}
