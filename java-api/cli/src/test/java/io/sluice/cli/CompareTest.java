package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.model.Model;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class CompareTest {
    @TempDir Path folder;

    private JsonNode compare(Object... arguments) {
        return Cli.run("compare --json --device reference", arguments).json();
    }

    @Test
    void a_file_cannot_be_told_from_another_of_the_same_distribution() throws IOException {
        Path a = CliFixtures.table(folder.resolve("a.csv"), 1000, 1);
        Path b = CliFixtures.table(folder.resolve("b.csv"), 800, 2);
        JsonNode report = compare(a, b);
        assertEquals(1000, report.get("rows").get(0).asInt());
        assertTrue(report.get("c2st_trees").asDouble() > 0.9);
        assertTrue(report.get("c2st_logistic").asDouble() > 0.9);
        assertTrue(report.get("pair_trends").asDouble() > 0.95);
        assertEquals(3, report.get("columns").size());
        assertTrue(report.get("columns").get(0).get("distance").asDouble() < 0.1);
    }

    @Test
    void the_most_different_column_is_named_first() throws IOException {
        Path a = CliFixtures.table(folder.resolve("a.csv"), 300, 1);
        String text = Files.readString(a).replaceAll("(?m)^([012],[012]),[012]$", "$1,7");
        Path b = Files.writeString(folder.resolve("b.csv"), text);
        JsonNode report = compare(a, b);
        assertEquals("c", report.get("columns").get(0).get("column").asString());
        assertEquals(1, report.get("columns").get(0).get("distance").asDouble(), 1e-9);
        assertEquals(0, report.get("c2st_trees").asDouble(), 1e-9);
        String table = Cli.run("compare", a, b).out();
        assertTrue(table.contains("boosted trees") && table.contains("0.0000"), table);
    }

    @Test
    void columns_that_one_file_lacks_are_left_out_with_a_warning() throws IOException {
        Path a = Files.writeString(folder.resolve("a.csv"), "x,y\n1,2\n2,3\n1,4\n2,5\n");
        Path b = Files.writeString(folder.resolve("b.csv"), "z,x\n1,2\n2,1\n1,1\n2,2\n");
        Cli.Result result = Cli.run("compare", a, b);
        assertEquals(0, result.code(), result.err());
        assertTrue(result.err().contains("column 'y' is not in " + b), result.err());
        assertTrue(result.err().contains("column 'z' is not in " + a), result.err());
    }

    @Test
    void a_model_is_as_likely_as_itself() throws IOException {
        Path model = CliFixtures.mixedModel(folder.resolve("m.sluice"));
        Path data = folder.resolve("d.csv");
        Files.writeString(data, "count,colour,size\n1,red,0.5\n2,blue,\n0,red,-1\n");
        JsonNode report = compare(model, model, "--data", data);
        assertEquals(0, report.get("difference").asDouble());
        assertEquals(0, report.get("better_rows").get(0).asInt());
        Model known = CliFixtures.mixedModel();
        DatasetBuilder rows = Dataset.builder(known.schema());
        rows.add(new double[] {1, 1, 0.5});
        rows.add(new double[] {2, 0, Double.NaN});
        rows.add(new double[] {0, 1, -1});
        try (Engine engine = Engine.compile(known.circuit(), Device.reference())) {
            assertEquals(
                    engine.logLikelihood(rows.build()).mean(),
                    report.get("log_likelihood").get(0).asDouble(),
                    1e-9);
        }
        assertTrue(Cli.run("compare", model, model, "--data", data).out().contains("3 of 3 rows"));
    }

    @Test
    void wrong_pairs_are_refused_in_one_line() throws IOException {
        Path model = CliFixtures.mixedModel(folder.resolve("m.sluice"));
        Path image = CliFixtures.imageModel(folder.resolve("i.sluice"));
        Path data = CliFixtures.table(folder.resolve("a.csv"), 10, 1);
        assertTrue(Cli.run("compare", model, data).failure(2).contains("is a model and"));
        assertTrue(Cli.run("compare", model, model).failure(2).contains("--data"));
        assertTrue(Cli.run("compare", data, data, "--data", data).failure(2).contains("leave it"));
        String message = Cli.run("compare", model, image, "--data", data).failure(2);
        assertTrue(message.contains("column 'count' is in one of the models only"), message);
        assertTrue(Cli.run("compare", data, "none.csv").failure(2).contains("none.csv"));
    }
}
