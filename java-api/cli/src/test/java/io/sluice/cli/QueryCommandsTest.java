package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.model.JsonInterchange;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Device;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

class QueryCommandsTest {
    private static final double NAN = Double.NaN;

    @TempDir Path folder;
    private Path model = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void write_files() throws IOException {
        model = CliFixtures.mixedModel(folder.resolve("m.sluice"));
        data =
                Files.writeString(
                        folder.resolve("d.csv"),
                        "size,count,colour\n0.5,1,red\n,2,blue\n-1.25,?,NA\n0,0,\n");
    }

    private static Dataset rows() {
        DatasetBuilder builder = Dataset.builder(CliFixtures.mixedModel().schema());
        builder.add(new double[] {1, 1, 0.5});
        builder.add(new double[] {2, 0, NAN});
        builder.add(new double[] {NAN, NAN, -1.25});
        builder.add(new double[] {0, NAN, 0});
        return builder.build();
    }

    private static Engine engine() {
        return Engine.compile(CliFixtures.mixedModel().circuit(), Device.reference());
    }

    private Cli.Result run(String command, Object... more) {
        return Cli.run(command, "--device reference --model", model, more);
    }

    @Test
    void evaluate_gives_the_mean_log_likelihood() {
        JsonNode report = run("evaluate", "--data", data, "--json").json();
        try (Engine engine = engine()) {
            assertEquals(4, report.get("samples").asInt());
            assertEquals(3, report.get("variables").asInt());
            assertEquals(
                    engine.logLikelihood(rows()).mean(), report.get("log_likelihood").asDouble());
            int observed = 3 * 4 - 4; // missing cells are no dimensions
            assertEquals(
                    -engine.logLikelihood(rows()).total() / (observed * Math.log(2)),
                    report.get("bits_per_dimension").asDouble(),
                    1e-12);
        }
        assertTrue(run("evaluate", "--data", data).out().contains("nats per sample"));
    }

    @Test
    void score_keeps_row_order_and_all_digits() throws IOException {
        Path out = folder.resolve("s.csv");
        JsonNode report = run("score", "--data", data, "--out", out, "--json").json();
        List<String> lines = Files.readAllLines(out);
        assertEquals("log_likelihood", lines.get(0));
        try (Engine engine = engine()) {
            double[] expected = engine.logLikelihood(rows()).values();
            assertEquals(expected.length + 1, lines.size());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], Double.parseDouble(lines.get(i + 1)));
            }
            assertEquals(4, report.get("samples").asInt());
            assertEquals(
                    engine.logLikelihood(rows()).mean(), report.get("log_likelihood").asDouble());
        }
    }

    @Test
    void condition_gives_each_missing_cell_its_distribution() throws IOException {
        Path out = folder.resolve("c.json");
        JsonNode report = run("condition", "--data", data, "--out", out, "--json").json();
        JsonNode cells = JsonMapper.shared().readTree(Files.readString(out));
        assertEquals(4, report.get("samples").asInt());
        assertEquals(4, cells.size());
        try (Engine engine = engine()) {
            Conditionals expected = engine.conditionals(rows());
            for (int i = 0; i < expected.cells(); i++) {
                JsonNode cell = cells.get(i);
                assertEquals(expected.row(i), cell.get("row").asInt());
                assertEquals(expected.variable(i), cell.get("variable").asInt());
                if (expected.finite(i)) {
                    double[] probabilities = expected.probabilities(i);
                    assertEquals(probabilities.length, cell.get("probabilities").size());
                    for (int k = 0; k < probabilities.length; k++) {
                        assertEquals(probabilities[k], cell.get("probabilities").get(k).asDouble());
                    }
                } else {
                    assertEquals(expected.mean(i), cell.get("mean").asDouble());
                    assertEquals(
                            expected.standardDeviation(i),
                            cell.get("standard_deviation").asDouble());
                }
            }
        }
    }

    @Test
    void condition_on_complete_rows_gives_an_empty_list() throws IOException {
        Path complete = Files.writeString(folder.resolve("f.csv"), "count,colour,size\n1,red,2\n");
        Path out = folder.resolve("c.json");
        assertEquals(0, run("condition", "--data", complete, "--out", out).code());
        assertEquals(0, JsonMapper.shared().readTree(Files.readString(out)).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mpe", "mean", "sample"})
    void impute_fills_missing_cells_and_keeps_the_others(String method) throws IOException {
        Path out = folder.resolve("i.csv");
        JsonNode report =
                run("impute", "--data", data, "--method", method, "--out", out, "--json").json();
        assertEquals(4, report.get("samples").asInt());
        assertEquals(4, report.get("filled").asInt());
        List<String> lines = Files.readAllLines(out);
        assertEquals("size,count,colour", lines.get(0));
        assertEquals("0.5,1,red", lines.get(1));
        assertTrue(lines.get(2).matches("-?\\d+\\.\\d+(E-?\\d+)?,2,blue"), lines.get(2));
        assertTrue(lines.get(3).matches("-1.25,[012],(red|blue)"), lines.get(3));
        assertTrue(lines.get(4).matches("0,0,(red|blue)"), lines.get(4));
    }

    @Test
    void imputing_the_mean_takes_the_conditional_mean_the_nearest_code_or_the_likeliest_label()
            throws IOException {
        Path out = folder.resolve("i.csv");
        run("impute", "--data", data, "--method", "mean", "--out", out);
        List<String> lines = Files.readAllLines(out);
        try (Engine engine = engine()) {
            Conditionals expected = engine.conditionals(rows());
            assertEquals(
                    (float) expected.mean(0),
                    Float.parseFloat(lines.get(2).split(",", -1)[0]),
                    0.005); // two decimals, as its column has
            String count = Long.toString(Math.round(expected.mean(1)));
            String colour = expected.probabilities(2)[1] > 0.5 ? "red" : "blue";
            assertEquals("-1.25," + count + "," + colour, lines.get(3));
        }
    }

    @Test
    void samples_are_reproducible_and_follow_the_schema() throws IOException {
        Path out = folder.resolve("a.csv");
        assertEquals(
                10,
                run("sample", "--count", 10, "--seed", 3, "--out", out, "--json")
                        .json()
                        .get("samples")
                        .asInt());
        List<String> first = Files.readAllLines(out);
        assertEquals("count,colour,size", first.get(0));
        assertEquals(11, first.size());
        run("sample", "--count", 10, "--seed", 3, "--out", out);
        assertEquals(first, Files.readAllLines(out));
        run("sample", "--count", 10, "--seed", 4, "--out", out);
        assertNotEquals(first, Files.readAllLines(out));
        Cli.Result read = run("evaluate", "--data", out, "--json");
        assertEquals(10, read.json().get("samples").asInt());
    }

    @Test
    void samples_given_evidence_keep_what_is_observed() throws IOException {
        Path out = folder.resolve("a.csv");
        JsonNode report =
                run("sample", "--count", 3, "--evidence", data, "--out", out, "--json").json();
        assertEquals(12, report.get("samples").asInt());
        List<String> lines = Files.readAllLines(out);
        for (int i = 0; i < 3; i++) {
            assertEquals("0.5,1,red", lines.get(1 + i));
            assertTrue(lines.get(4 + i).endsWith(",2,blue"));
            assertTrue(lines.get(7 + i).startsWith("-1.25,"));
        }
    }

    @Test
    void images_can_be_sampled_into_a_png() throws IOException {
        Path images = CliFixtures.imageModel(folder.resolve("images.sluice"));
        Path out = folder.resolve("a.png");
        Cli.Result result =
                Cli.run("sample --device reference --count 5 --model", images, "--out", out);
        assertEquals(0, result.code(), result.err());
        assertTrue(Files.size(out) > 0);
        String message = run("sample", "--count", 5, "--out", folder.resolve("b.png")).failure(2);
        assertTrue(message.contains("model of images"), message);
        assertFalse(Files.exists(folder.resolve("b.png")));
    }

    @Test
    void a_count_below_one_is_wrong_usage() {
        String message = run("sample", "--count", 0, "--out", folder.resolve("a.csv")).failure(2);
        assertTrue(message.contains("--count is 0"), message);
    }

    @Test
    void inspect_reports_sizes_and_properties() throws IOException {
        Path dot = folder.resolve("g.dot");
        JsonNode report = run("inspect", "--dot", dot, "--json").json();
        Circuit circuit = CliFixtures.mixedModel().circuit();
        assertEquals(circuit.properties().nodes(), report.get("nodes").asLong());
        assertEquals(circuit.properties().edges(), report.get("edges").asLong());
        assertEquals(circuit.properties().parameters(), report.get("parameters").asLong());
        assertEquals(3, report.get("variables").asInt());
        assertEquals(circuit.properties().depth(), report.get("depth").asInt());
        for (String property : List.of("smooth", "decomposable", "structured_decomposable")) {
            assertTrue(report.get(property).asBoolean(), property);
        }
        assertTrue(Files.readString(dot).startsWith("digraph"));
        assertTrue(run("inspect").out().contains("decomposable"));
    }

    @Test
    void convert_goes_to_json_and_back_with_the_same_parameters() throws IOException {
        Path json = folder.resolve("m.json");
        Path back = folder.resolve("back.sluice");
        Circuit circuit = CliFixtures.mixedModel().circuit();
        assertEquals(
                circuit.properties().parameters(),
                run("convert", "--out", json, "--json").json().get("parameters").asLong());
        assertEquals(circuit.properties(), JsonInterchange.read(json).properties());
        assertEquals(0, Cli.run("convert", "--model", json, "--out", back).code());
        Model read = ModelFile.read(back);
        assertEquals(
                -1, circuit.parameters().segment().mismatch(read.circuit().parameters().segment()));
        assertEquals("x0", read.schema().column(0).name());
    }

    @Test
    void convert_writes_parameters_as_safetensors_and_takes_them_back() throws IOException {
        Path tensors = folder.resolve("m.safetensors");
        Path back = folder.resolve("back.sluice");
        Circuit circuit = CliFixtures.mixedModel().circuit();
        assertEquals(0, run("convert", "--out", tensors).code());
        assertEquals(0, run("convert", "--parameters", tensors, "--out", back).code());
        Parameters read = ModelFile.read(back).circuit().parameters();
        assertEquals(-1, circuit.parameters().segment().mismatch(read.segment()));
        run("convert", "--parameters", folder.resolve("none"), "--out", back).failure(2);
    }

    @Test
    void convert_reads_a_psdd_with_the_vtree_beside_it() throws IOException {
        Path psdd =
                Files.writeString(
                        folder.resolve("coin.psdd"),
                        "psdd 4\nT 0 0 1 -0.5\nT 1 1 2 -1.5\nD 2 2 1 0 1 0.0\n");
        Path out = folder.resolve("coin.sluice");
        String message = Cli.run("convert", "--model", psdd, "--out", out).failure(2);
        assertTrue(message.contains("coin.vtree"), message);
        Files.writeString(folder.resolve("coin.vtree"), "vtree 3\nL 0 1\nL 1 2\nI 2 0 1\n");
        assertEquals(0, Cli.run("convert", "--model", psdd, "--out", out).code());
        assertEquals(2, ModelFile.read(out).circuit().variables());
        run("convert", "--vtree", psdd, "--out", out).failure(2);
    }

    @Test
    void convert_refuses_a_pickle_of_something_else() throws IOException {
        Path jpc = Files.write(folder.resolve("m.jpc"), new byte[] {(byte) 0x80, 4, ']', '.'});
        String message =
                Cli.run("convert", "--model", jpc, "--out", folder.resolve("m.json")).failure(1);
        assertTrue(message.contains("m.jpc"), message);
    }

    @Test
    void a_value_that_the_model_cannot_represent_names_row_column_and_value() throws IOException {
        Path bad =
                Files.writeString(
                        folder.resolve("bad.csv"), "count,colour,size\n1,red,0\n1,green,0\n");
        Path out = folder.resolve("s.csv");
        String message = run("score", "--unseen refuse --data", bad, "--out", out).failure(1);
        assertTrue(message.contains("row 1"), message);
        assertTrue(message.contains("colour"), message);
        assertTrue(message.contains("green"), message);
        assertFalse(Files.exists(out));
    }

    @Test
    void the_result_and_the_data_can_be_standard_output_and_input() throws IOException {
        Path out = folder.resolve("s.csv");
        run("score", "--data", data, "--out", out);
        InputStream before = System.in;
        System.setIn(Files.newInputStream(data));
        try {
            Cli.Result result = run("score", "--data - --out -");
            assertEquals(Files.readString(out), result.out());
            assertTrue(result.err().contains("4 samples scored"), result.err());
        } finally {
            System.setIn(before);
        }
        String message = run("score", "--json --out - --data", data).failure(2);
        assertTrue(message.contains("both take standard output"), message);
    }

    @Test
    void a_result_does_not_replace_the_data_that_it_is_computed_from() throws IOException {
        String before = Files.readString(data);
        for (String command :
                List.of("impute --method mean --data", "sample --count 1 --evidence")) {
            String message = Cli.run(command, data, "--model", model, "--out", data).failure(2);
            assertTrue(message.contains("would replace"), message);
        }
        assertEquals(before, Files.readString(data));
    }

    @Test
    void the_mean_of_numbered_categories_is_one_that_can_occur() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 20; i++) {
            int categories = 2 + random.nextInt(6);
            double[] p = new double[categories];
            p[random.nextInt(categories)] = 0.5;
            p[random.nextInt(categories)] += 0.5;
            Path json =
                    Files.writeString(
                            folder.resolve("hole.json"),
                            """
                            {"name":"hole","nodes":[{"kind":"input","var":0,"nodes":1,
                             "dist":{"type":"categorical","categories":%d},"params":[%s]}]}
                            """
                                    .formatted(categories, Arrays.toString(p)));
            Path hole = Files.writeString(folder.resolve("hole.csv"), "x0\nNA\n");
            Path out = folder.resolve("full.csv");
            Cli.Result result =
                    Cli.run(
                            "impute --device reference --method mean --model",
                            json,
                            "--data",
                            hole,
                            "--out",
                            out);
            assertEquals(0, result.code(), result.err());
            assertTrue(p[Integer.parseInt(Files.readAllLines(out).get(1))] > 0);
        }
    }
}
