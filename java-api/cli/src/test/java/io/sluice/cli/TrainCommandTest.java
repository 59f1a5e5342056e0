package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.data.Schema;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

class TrainCommandTest {
    @TempDir Path folder;
    private Path train = Path.of("");
    private Path valid = Path.of("");
    private Path test = Path.of("");

    @BeforeEach
    void write_tables() throws IOException {
        train = CliFixtures.table(folder.resolve("train.csv"), 60, 1);
        valid = CliFixtures.table(folder.resolve("valid.csv"), 20, 2);
        test = CliFixtures.table(folder.resolve("test.csv"), 20, 3);
    }

    private Cli.Result train(Object... more) {
        return train(new StopRequest(), more);
    }

    private Cli.Result train(StopRequest stop, Object... more) {
        return Cli.run(
                stop, "train --device reference --latents 4 --epochs 3 --batch-size 20", more);
    }

    @Test
    void training_writes_a_model_and_reports_every_epoch() throws IOException {
        Path out = folder.resolve("m.sluice");
        JsonNode report =
                train("--data", train, "--valid", valid, "--test", test, "--out", out, "--json")
                        .json();

        assertEquals(3, report.get("epochs").size());
        for (int i = 0; i < 3; i++) {
            JsonNode epoch = report.get("epochs").get(i);
            assertEquals(i + 1, epoch.get("epoch").asInt());
            assertTrue(epoch.get("train_log_likelihood").asDouble() < 0);
            assertTrue(epoch.get("valid_log_likelihood").asDouble() < 0);
            assertTrue(epoch.get("seconds").asDouble() > 0);
            assertTrue(epoch.get("samples_per_second").asDouble() > 0);
        }
        Model model = ModelFile.read(out);
        assertEquals(
                List.of("a", "b", "c"),
                model.schema().columns().stream().map(column -> column.name()).toList());
        assertEquals(model.circuit().properties().parameters(), report.get("parameters").asLong());
        assertEquals("reference", report.get("device").asString());
        double nats = report.get("test_log_likelihood").asDouble();
        assertEquals(
                -nats / (3 * Math.log(2)), report.get("test_bits_per_dimension").asDouble(), 1e-12);
        JsonNode again =
                Cli.run(
                                "evaluate",
                                "--model",
                                out,
                                "--data",
                                test,
                                "--json",
                                "--device",
                                "reference")
                        .json();
        assertEquals(nats, again.get("log_likelihood").asDouble(), 1e-6);
    }

    @Test
    void without_valid_and_test_rows_their_fields_are_null() {
        JsonNode report =
                train("--data", train, "--out", folder.resolve("m.sluice"), "--json").json();
        assertTrue(report.get("test_log_likelihood").isNull());
        assertTrue(report.get("test_bits_per_dimension").isNull());
        assertTrue(report.get("epochs").get(0).get("valid_log_likelihood").isNull());
    }

    @Test
    void parts_are_read_under_the_schema_of_the_training_rows() throws IOException {
        Path wide = Files.writeString(folder.resolve("wide.csv"), "a,b,c\n0,0,0\n0,5,0\n");
        Path out = folder.resolve("m.sluice");
        String message = train("--data", train, "--test", wide, "--out", out).failure(1);
        assertTrue(message.contains("row 1") && message.contains("'5'"), message);
        Cli.Result result =
                train("--unseen missing --json --data", train, "--test", wide, "--out", out);
        assertTrue(result.json().get("test_log_likelihood").isNumber());
        assertEquals(3, ModelFile.read(out).schema().column(1).categories());
    }

    @Test
    void a_folder_with_parts_needs_no_more_options() {
        JsonNode report =
                train("--data", folder, "--out", folder.resolve("m.sluice"), "--json").json();
        assertTrue(report.get("test_log_likelihood").isNumber());
        assertTrue(report.get("best_epoch").isNumber());
    }

    @Test
    void progress_goes_to_stderr_and_quiet_silences_it() {
        Cli.Result loud = train("--data", train, "--out", folder.resolve("m.sluice"));
        assertEquals(3, loud.err().lines().filter(line -> line.startsWith("epoch ")).count());
        assertTrue(loud.out().contains("m.sluice"), loud.out());
        Cli.Result quiet = train("--data", train, "--out", folder.resolve("m.sluice"), "--quiet");
        assertEquals("", quiet.err());
        assertFalse(quiet.out().isEmpty());
    }

    @Test
    void equal_seeds_give_equal_bytes_and_other_seeds_others() throws IOException {
        byte[] first = bytes("a.sluice", "--seed", 5);
        assertArrayEquals(first, bytes("b.sluice", "--seed", 5, "--threads", 1));
        assertNotEquals(-1, java.util.Arrays.mismatch(first, bytes("c.sluice", "--seed", 6)));
    }

    private byte[] bytes(String name, Object... more) throws IOException {
        Path out = folder.resolve(name);
        Cli.Result result = train("--data", train, "--out", out, more);
        assertEquals(0, result.code(), result.err());
        return Files.readAllBytes(out);
    }

    @Test
    void a_stopped_run_writes_its_model_and_resumes_to_the_bytes_of_an_uninterrupted_one()
            throws IOException {
        byte[] uninterrupted = bytes("whole.sluice");
        Path out = folder.resolve("m.sluice");
        Path checkpoints = folder.resolve("checkpoints");
        StopRequest stop = new StopRequest();
        stop.request(StopSignal.INT);
        String message =
                train(stop, "--data", train, "--out", out, "--checkpoint", checkpoints)
                        .failure(130);
        assertTrue(message.contains("epoch 1 is in " + out), message);
        assertTrue(message.contains("--resume"), message);
        assertEquals(3, ModelFile.read(out).circuit().variables());

        Object[] resume = {"--data", train, "--out", out, "--checkpoint", checkpoints, "--resume"};
        assertEquals(0, train(resume).code());
        assertArrayEquals(uninterrupted, Files.readAllBytes(out));
        assertEquals(3, train(resume, "--json").json().get("epochs").size());
    }

    @Test
    void an_earlier_checkpoint_is_not_overwritten() {
        Path out = folder.resolve("m.sluice");
        Path checkpoints = folder.resolve("checkpoints");
        assertEquals(0, train("--data", train, "--out", out, "--checkpoint", checkpoints).code());
        String message =
                train("--data", train, "--out", out, "--checkpoint", checkpoints).failure(2);
        assertTrue(message.contains("add --resume"), message);
    }

    @Test
    void training_goes_on_from_a_model() throws IOException {
        Path first = folder.resolve("first.sluice");
        Path second = folder.resolve("second.sluice");
        train("--data", train, "--out", first);
        Cli.Result result = goOn(first, train, second, "--epochs 1 --optimizer full-em --json");
        double before =
                Cli.run("evaluate --device reference --json --model", first, "--data", train)
                        .json()
                        .get("log_likelihood")
                        .asDouble();
        assertEquals(
                before,
                result.json().get("epochs").get(0).get("train_log_likelihood").asDouble(),
                1e-9);
        assertEquals(ModelFile.read(first).schema(), ModelFile.read(second).schema());
    }

    private static Cli.Result goOn(Path from, Path data, Path out, Object... more) {
        return Cli.run(
                "train --device reference --structure", from, "--data", data, "--out", out, more);
    }

    @Test
    void training_on_impossible_rows_names_them() throws IOException {
        Path json =
                Files.writeString(
                        folder.resolve("zero.json"),
                        """
                        {"name":"zero","nodes":[
                        {"kind":"input","var":0,"nodes":1,
                         "dist":{"type":"bernoulli"},"params":[0.0]}]}
                        """);
        Path some = Files.writeString(folder.resolve("some.csv"), "0\n1\n0\n1\n");
        Path out = folder.resolve("m.sluice");
        Cli.Result warned = goOn(json, some, out, "--epochs 1");
        assertEquals(0, warned.code(), warned.err());
        assertTrue(warned.err().contains("2 of 4 rows have probability zero"), warned.err());
        assertTrue(warned.err().contains("rows 1, 3"), warned.err());

        Path all = Files.writeString(folder.resolve("all.csv"), "1\n1\n");
        String message = goOn(json, all, folder.resolve("n.sluice")).failure(1);
        assertTrue(message.contains("all 2 training rows") && message.contains("rows 0, 1"));
        assertFalse(Files.exists(folder.resolve("n.sluice")));
    }

    @Test
    void the_columns_of_a_sequence_share_one_alphabet() throws IOException {
        Path out = folder.resolve("m.sluice");
        for (String rows : List.of("0,1\n1,5\n0,2\n", "a,b\nb,a\na,f\n")) {
            Path sequences = Files.writeString(folder.resolve("s.csv"), "t0,t1\n" + rows);
            Cli.Result result = train("--structure hmm --data", sequences, "--out", out);
            assertEquals(0, result.code(), result.err());
            Schema schema = ModelFile.read(out).schema();
            assertEquals(schema.column(0).withName("t1"), schema.column(1));
        }
        Path mixed = Files.writeString(folder.resolve("x.csv"), "t0,t1\n0.5,a\n1.5,b\n0.25,a\n");
        String message = train("--structure hmm --data", mixed, "--out", out).failure(2);
        assertTrue(message.contains("--tied false"), message);
        assertEquals(0, train("--structure hmm --tied false --data", mixed, "--out", out).code());
    }

    @Test
    void data_that_the_model_to_go_on_from_cannot_represent_are_refused() throws IOException {
        Path first = folder.resolve("first.sluice");
        train("--data", train, "--out", first);
        Path strange = Files.writeString(folder.resolve("strange.csv"), "a,b,c\n0,0,0\n0,9,0\n");
        Path out = folder.resolve("m.sluice");
        String message = goOn(first, strange, out).failure(1);
        assertTrue(message.contains("row 1") && message.contains("b"), message);
        assertTrue(message.contains("9"), message);
        assertFalse(Files.exists(out));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pd --block-size 2",
                "pd --split-interval 2 --products 1 --depth 3",
                "pd --split-interval 2,4",
                "pd-hclt --split-interval 2",
                "rat-spn",
                "rat-spn --depth 2 --repetitions 3 --pieces 4",
                "quad-tree",
                "quad-graph --block-size 4"
            })
    void structures_for_images_are_trained(String structure) throws IOException {
        Path images = CliFixtures.images(folder.resolve("images-idx3-ubyte"), 60, 4);
        Path out = folder.resolve("m.sluice");
        Object[] fixed = {"--data", images, "--out", out, "--json", "--structure"};
        JsonNode report = train(fixed, structure).json();
        JsonNode epochs = report.get("epochs");
        assertTrue(
                epochs.get(2).get("train_log_likelihood").asDouble()
                        > epochs.get(0).get("train_log_likelihood").asDouble());
        assertEquals(16, ModelFile.read(out).circuit().variables());
    }

    @Test
    void images_are_needed_where_pixels_have_neighbours_only() {
        String message =
                train(
                                "--data",
                                train,
                                "--structure",
                                "quad-tree",
                                "--out",
                                folder.resolve("m.sluice"))
                        .failure(1);
        assertTrue(message.contains("3 columns that are no images"), message);
    }

    @ParameterizedTest
    @CsvSource({"factorized, -3.3", "chow-liu, -2.2"}) // two of three columns are equal
    void structures_that_are_counted_are_not_trained(String structure, double expected) {
        Path out = folder.resolve("m.sluice");
        JsonNode report =
                Cli.run(
                                "train --device reference --json --structure",
                                structure,
                                "--data",
                                train,
                                "--test",
                                test,
                                "--out",
                                out)
                        .json();
        assertEquals(0, report.get("epochs").size());
        assertEquals(expected, report.get("test_log_likelihood").asDouble(), 0.2);
    }

    @Test
    void hidden_markov_models_and_full_em_are_possible() {
        Path out = folder.resolve("m.sluice");
        Cli.Result result =
                train("--structure hmm --optimizer full-em --json --data", train, "--out", out);
        assertEquals(3, result.json().get("epochs").size());
    }

    @Test
    void anemone_takes_momentum_and_steps_of_several_batches() {
        Path out = folder.resolve("m.sluice");
        Cli.Result result =
                train(
                        "--optimizer anemone --momentum 0.5 --batches-per-step 2 --json --data",
                        train,
                        "--out",
                        out);
        assertEquals(3, result.json().get("epochs").size());
    }

    @ParameterizedTest
    @CsvSource({
        "hclt, --roots 3",
        "hclt, --tied true",
        "hclt, --block-size 2 --edges block-diagonal",
        "hclt, --block-size 1 --edges random:2",
        "hmm, --tied false",
        "hmm, --block-size 2 --edges block-diagonal"
    })
    void structures_take_what_they_share_and_which_blocks_they_connect(
            String structure, String options) {
        Path plain = folder.resolve("plain.sluice");
        Path out = folder.resolve("m.sluice");
        JsonNode without =
                train("--structure", structure, "--data", train, "--out", plain, "--json").json();
        JsonNode report =
                train("--structure", structure, options, "--json --data", train, "--out", out)
                        .json();
        assertEquals(3, report.get("epochs").size());
        assertNotEquals(without.get("parameters").asLong(), report.get("parameters").asLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hclt", "hmm"})
    void training_starts_from_clusters_or_from_given_states(String structure) throws IOException {
        Path out = folder.resolve("m.sluice");
        Path states = folder.resolve("states.csv");
        int columns = Files.readAllLines(train).get(0).split(",").length;
        String row = "3" + ",1".repeat(columns - 1);
        Files.write(states, Collections.nCopies(60, row));
        for (Object source : List.of("clusters", states)) {
            JsonNode report =
                    train(
                                    "--json --structure",
                                    structure,
                                    "--distill",
                                    source,
                                    "--data",
                                    train,
                                    "--out",
                                    out)
                            .json();
            assertEquals(3, report.get("epochs").size());
        }
        Files.write(states, Collections.nCopies(59, row));
        Cli.Result refused =
                train("--structure", structure, "--distill", states, "--data", train, "--out", out);
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("59"), refused.err());
    }

    @Test
    void viterbi_em_reports_the_values_of_the_most_probable_sub_circuits() {
        Path out = folder.resolve("m.sluice");
        Cli.Result result =
                train("--optimizer full-em --viterbi --json --data", train, "--out", out);
        JsonNode epochs = result.json().get("epochs");
        assertEquals(3, epochs.size());
        double first = epochs.get(0).get("train_log_likelihood").asDouble();
        double last = epochs.get(2).get("train_log_likelihood").asDouble();
        assertTrue(last > first);
    }

    @Test
    void pruning_and_growing_follow_the_training() throws IOException {
        Path out = folder.resolve("m.sluice");
        JsonNode report =
                train(
                                "--prune-grow",
                                2,
                                "--prune-share",
                                0.5,
                                "--data",
                                train,
                                "--valid",
                                valid,
                                "--test",
                                test,
                                "--out",
                                out,
                                "--json")
                        .json();
        assertEquals(2, report.get("cycles").size());
        JsonNode cycle = report.get("cycles").get(0);
        assertTrue(cycle.get("pruned_edges").asLong() < cycle.get("grown_edges").asLong());
        assertEquals(3, cycle.get("epochs").size());
        assertEquals(
                ModelFile.read(out).circuit().properties().parameters(),
                report.get("parameters").asLong());
        assertTrue(report.get("test_log_likelihood").asDouble() < 0);
    }

    @Test
    void samples_of_images_are_a_png() throws IOException {
        Path images = CliFixtures.images(folder.resolve("some-ubyte"), 20, 1);
        Path sheet = folder.resolve("s.png");
        Cli.Result result =
                train("--data", images, "--out", folder.resolve("m.sluice"), "--samples", sheet);
        assertEquals(0, result.code(), result.err());
        byte[] bytes = Files.readAllBytes(sheet);
        assertEquals("PNG", new String(bytes, 1, 3, java.nio.charset.StandardCharsets.US_ASCII));
    }

    @Test
    void samples_of_what_is_no_image_are_refused_before_training() throws IOException {
        Path out = folder.resolve("m.sluice");
        String message =
                train("--data", train, "--out", out, "--samples", folder.resolve("s.png"))
                        .failure(2);
        assertTrue(message.contains("images"), message);
        assertFalse(Files.exists(out));
    }

    @Test
    void patience_needs_validation_rows() {
        Path out = folder.resolve("m.sluice");
        String message = train("--data", train, "--out", out, "--patience", 2).failure(2);
        assertTrue(message.contains("--valid"), message);
    }

    @Test
    void a_failed_run_leaves_no_files() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.csv"), "a,b\n1,2\n3\n");
        List<String> before = Cli.names(folder);
        train("--data", bad, "--out", folder.resolve("m.sluice")).failure(1);
        assertEquals(before, Cli.names(folder));
    }
}
