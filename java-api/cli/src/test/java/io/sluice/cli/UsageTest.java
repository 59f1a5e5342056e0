package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class UsageTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train",
                "evaluate",
                "score",
                "condition",
                "impute",
                "sample",
                "synthesize",
                "compare",
                "inspect",
                "convert",
                "devices"
            })
    void every_command_has_help_with_the_common_options(String command) {
        Cli.Result result = Cli.run(command, "--help");
        assertEquals(0, result.code());
        assertEquals("", result.err());
        for (String option :
                List.of("--json", "--quiet", "--debug", "--device", "--precision", "--threads")) {
            assertTrue(result.out().contains(option), option);
        }
    }

    @Test
    void help_lists_the_commands() {
        Cli.Result result = Cli.run("--help");
        assertEquals(0, result.code());
        assertTrue(result.out().contains("condition") && result.out().contains("devices"));
    }

    @Test
    void version_is_printed() {
        Cli.Result result = Cli.run("--version");
        assertEquals(0, result.code());
        assertTrue(result.out().startsWith("sluice "), result.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                         | unmatched argument",
                "trian                                      | did you mean train?",
                "--frobnicate                               | unknown option '--frobnicate'",
                "devices --epochs 3                         | '--epochs'",
                "evaluate                                   | '--model=MODEL', '--data=DATA'",
                "evaluate --model none --data builtin:digits| --model none does not exist",
                "train --data none.csv                      | --data none.csv does not exist",
                "train --data builtin:nothing               | --data builtin:nothing",
                "train --valid none.csv                     | --valid none.csv does not exist",
                "train --test none.csv                      | --test none.csv does not exist",
                "train --schema none.json                   | --schema none.json does not exist",
                "train --length 5                           | --length 5",
                "train --tokens word --length 0             | 0",
                "train --tokens line                        | 'line'",
                "train --epochs 0                           | epochs is 0",
                "train --epochs many                        | 'many'",
                "train --batch-size -4                      | batch size is -4",
                "train --step-size 0                        | step size is 0.0",
                "train --step-size 0.5:2                    | step size is 2.0",
                "train --step-size slow                     | --step-size slow",
                "train --pseudocount -1                     | pseudocount is -1.0",
                "train --optimizer newton                   | --optimizer newton",
                "train --optimizer adam --pseudocount 1     | --pseudocount 1.0 does not go with",
                "train --optimizer adam --viterbi           | --viterbi does not go with",
                "train --optimizer anemone --viterbi        | Viterbi EM of anemone",
                "train --optimizer sgd --momentum -1        | momentum is -1.0",
                "train --momentum 0.5                       | momentum 0.5 of mini-batch EM",
                "train --optimizer anemone --momentum 1     | momentum is 1.0",
                "train --batches-per-step 0                 | batches per step is 0",
                "train --structure chow-liu --latents 3     | --latents 3",
                "train --structure pd --roots 2             | --roots 2 does not go with",
                "train --roots 0                            | --roots is 0",
                "train --structure rat-spn --tied true      | --tied true does not go with",
                "train --structure pd --edges monarch       | --edges monarch does not go with",
                "train --edges star                         | --edges star is no pattern",
                "train --edges random:0                     | --edges random:0 is no pattern",
                "train --structure pd --distill clusters    | --distill clusters does not go with",
                "train --distill none.csv                   | --distill none.csv does not exist",
                "train --prune-share 0.5                    | --prune-share 0.5 is for pruning",
                "train --prune-blocks                       | --prune-blocks is for pruning",
                "train --prune-grow 0                       | cycles is 0",
                "train --prune-grow 1 --prune-share 1       | share to prune is 1.0",
                "train --patience 0                         | patience is 0",
                "train --resume                             | --resume needs a folder",
                "train --checkpoint-every 3                 | --checkpoint-every 3 needs a folder",
                "train --structure factorized --latents 3   | --latents 3",
                "train --structure pyramid                  | --structure pyramid is no structure",
                "train --depth 3                            | --depth 3 does not go with --struct",
                "train --structure pd --depth 0             | --depth is 0",
                "train --structure pd --pieces 3            | --pieces 3 does not go with",
                "train --structure pd --split-interval 4,0  | --split-interval is 0",
                "train --structure pd --split-interval x    | 'x'",
                "train --structure pd --products 0          | --products is 0",
                "train --structure rat-spn --products 2     | --products 2 does not go with",
                "train --structure rat-spn --repetitions 0  | --repetitions is 0",
                "train --structure rat-spn --pieces 1       | --pieces is 1",
                "train --structure quad-tree --depth 3      | leave it out, or take pd or pd-hclt"
                        + " or rat-spn",
                "train --latents 0                          | --latents is 0",
                "train --latents 6 --block-size 4           | --block-size 4",
                "train --out model.txt                      | --out model.txt",
                "train --out none/model.sluice              | none/model.sluice does not exist",
                "train --samples s.gif                      | --samples s.gif",
                "train --device gpu                         | 'gpu' is no device",
                "train --precision half                     | 'half'",
                "train --threads 0                          | threads is 0",
                "train --seed x                             | 'x'",
            })
    void wrong_usage_has_exit_code_2_and_one_line_with_the_value(String line, String expected) {
        String message = Cli.run(line.strip()).failure(2);
        assertTrue(message.contains(expected.strip()), message);
    }

    @Test
    void the_command_alone_and_help_show_what_it_can_do() {
        String help = Cli.run("--help").out();
        for (Cli.Result result : List.of(Cli.run(new Object[0]), Cli.run("help"))) {
            assertEquals(0, result.code());
            assertEquals(help, result.out());
        }
        assertEquals(Cli.run("train --help").out(), Cli.run("help train").out());
        assertTrue(Cli.run("help trian").failure(2).contains("did you mean train?"));
    }

    @Test
    void an_error_is_a_json_object_where_json_was_asked_for() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.sluice"), "nonsense");
        for (Cli.Result result :
                List.of(
                        Cli.run("--json trian"),
                        Cli.run("train --json --epochs 0"),
                        Cli.run("inspect --json --model", bad))) {
            String message = result.failure(result.code());
            JsonNode report = JsonMapper.shared().readTree(result.out());
            assertEquals(message, report.get("error").asString());
            assertEquals(result.code(), report.get("exit_code").asInt());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train --epoch 3                | --epochs",
                "train --structure hctl         | hclt",
                "train --structure chow-lui     | chow-liu",
                "train --optimizer min-em       | mini-em",
                "train --edges monarc           | monarch",
                "train --data builtin:digit     | builtin:digits",
                "train --device refrence        | reference",
                "train --latent=4               | --latents",
                "imput                          | impute",
            })
    void a_misspelt_word_gets_the_nearest_right_one(String line, String meant) {
        String message = Cli.run(line.strip()).failure(2);
        assertTrue(message.contains("did you mean " + meant.strip() + "?"), message);
    }

    @Test
    void a_file_without_an_option_is_taken_for_data() throws IOException {
        Path table = CliFixtures.table(folder.resolve("t.csv"), 5, 1);
        String message = Cli.run("train", table).failure(2);
        assertTrue(message.contains("did you mean --data " + table + "?"), message);
    }

    @Test
    void a_device_that_cannot_be_used_is_found_before_any_work() {
        String message = Cli.run("train --device cuda:9999").failure(2);
        assertTrue(message.contains("cuda:9999 cannot be used"), message);
    }

    @Test
    void outputs_are_checked_before_any_work() throws IOException {
        Path model = CliFixtures.imageModel(folder.resolve("m.sluice"));
        Object[] sample = {"sample", "--model", model, "--count", 1, "--out"};
        assertTrue(run(sample, folder).failure(2).contains("is a folder"));
        assertTrue(run(sample, folder.resolve("x/y.csv")).failure(2).contains("does not exist"));
        assertTrue(run(sample, folder.resolve("y.pdf")).failure(2).contains(".npy or .png"));
        String long255 = "x".repeat(256) + ".csv";
        assertTrue(run(sample, folder.resolve(long255)).failure(2).contains("cannot be written"));
        for (String ending : List.of("png", "npy", "tsv", "csv.gz", "parquet")) {
            Path other = folder.resolve("o." + ending);
            String message =
                    Cli.run("score --data builtin:digits --model", model, "--out", other)
                            .failure(2);
            assertTrue(message.contains("give a name that ends in .csv"), message);
        }
        assertEquals(List.of("m.sluice"), Cli.names(folder));
    }

    private static Cli.Result run(Object[] arguments, Path last) {
        return Cli.run(arguments, last);
    }

    @Test
    void a_stack_trace_is_printed_with_debug_only() throws IOException {
        Path bad = Files.writeString(folder.resolve("bad.sluice"), "nonsense");
        Cli.Result plain = Cli.run("inspect", "--model", bad);
        plain.failure(1);
        assertFalse(plain.err().contains("\tat "));
        Cli.Result debug = Cli.run("inspect", "--model", bad, "--debug");
        debug.failure(1);
        assertTrue(debug.err().contains("\tat "));
        assertTrue(Cli.run("--debug", "trian").err().contains("\tat "));
    }

    @Test
    void common_options_may_come_before_the_command() {
        assertTrue(Cli.run("--json", "devices").json().has("devices"));
    }

    @Test
    void devices_says_which_can_be_used_and_why_not() {
        JsonNode report = Cli.run("devices", "--json").json();
        assertTrue(report.get("devices").size() >= 3);
        for (JsonNode device : report.get("devices")) {
            assertTrue(device.get("usable").isBoolean());
            assertFalse(device.get("description").asString().isEmpty());
        }
        assertTrue(Cli.run("devices").out().contains("reference: "));
    }

    @Test
    void a_damaged_model_is_a_failure_that_names_the_file() throws IOException {
        Path model = CliFixtures.imageModel(folder.resolve("m.sluice"));
        byte[] bytes = Files.readAllBytes(model);
        bytes[bytes.length - 1] ^= 1;
        Files.write(model, bytes);
        String message = Cli.run("inspect", "--model", model).failure(1);
        assertTrue(message.startsWith(model.toString()) && message.contains("damaged"), message);
    }
}
