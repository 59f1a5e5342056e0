package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class UsageTest {
    @TempDir Path folder;

    /** The names of all commands, as the help lists them. */
    private static List<String> commands() {
        List<String> lines = Cli.run("--help").out().lines().toList();
        int first = lines.indexOf("Commands:") + 1;
        int end = first + lines.subList(first, lines.size()).indexOf("");
        return lines.subList(first, end).stream()
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
    }

    @Test
    void each_help_fits_a_screen_and_the_whole_one_has_every_option() {
        Cli.Result top = Cli.run("--help");
        requireScreen(top.out());
        assertTrue(commands().containsAll(List.of("train", "impute", "completion", "help")));
        for (String command : commands()) {
            Cli.Result brief = Cli.run(command, "--help");
            assertEquals(0, brief.code(), command);
            assertEquals("", brief.err());
            requireScreen(brief.out());
            assertEquals(brief.out(), Cli.run("help", command).out());

            Cli.Result whole = Cli.run("help", command, "all");
            assertEquals(0, whole.code(), command);
            for (String option :
                    List.of("--json", "--quiet", "--debug", "--device", "--precision", "--seed")) {
                assertTrue(whole.out().contains(option), command + " " + option);
            }
            assertTrue(whole.out().lines().allMatch(line -> line.length() <= 80), command);
            assertTrue(whole.out().length() > brief.out().length(), command);
        }
        String train = Cli.run("help train all").out();
        assertTrue(
                train.contains("--viterbi") && !Cli.run("help train").out().contains("--viterbi"));
    }

    private static void requireScreen(String help) {
        assertTrue(help.lines().count() <= 24, help);
        assertTrue(help.lines().allMatch(line -> line.length() <= 80), help);
        assertTrue(help.endsWith("\n"), help);
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
                "''                                         | there is no command ''",
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
                "train --precision fats         | fast",
                "train --unseen mising          | missing",
                "train --tokens wrod            | word",
                "imput                          | impute",
            })
    void a_misspelt_word_gets_the_nearest_right_one(String line, String meant) {
        String message = Cli.run(line.strip()).failure(2);
        assertTrue(message.contains("did you mean " + meant.strip() + "?"), message);
    }

    @Test
    void what_a_command_works_on_needs_no_option() throws IOException {
        Path table = CliFixtures.table(folder.resolve("t.csv"), 40, 1);
        Path model = folder.resolve("m.sluice");
        Path out = folder.resolve("o.csv");
        String train = "train --structure factorized --out";
        byte[] named = written(model, train, model, "--data", table);
        assertArrayEquals(named, written(model, train, model, table));
        assertArrayEquals(
                named, written(model, "train", table, "--structure factorized --out", model));
        for (String command :
                List.of("score", "impute", "anomalies", "condition", "synthesize", "schema")) {
            Path to = command.matches("condition|schema") ? folder.resolve("o.json") : out;
            Object[] options =
                    command.equals("schema")
                            ? new Object[] {"--out", to}
                            : new Object[] {"--model", model, "--out", to};
            byte[] expected = written(to, command, options, "--data", table);
            assertArrayEquals(expected, written(to, command, options, table), command);
        }
        assertEquals(
                Cli.run("evaluate --model", model, "--data", table).out(),
                Cli.run("evaluate --model", model, table).out());
        assertEquals(Cli.run("inspect --model", model).out(), Cli.run("inspect", model).out());
        Object[] two = {"score --model", model, "--out", out, table, "--data", table};
        assertTrue(Cli.run(two).failure(2).contains("are given both: leave one out"));
        String message = Cli.run("score", table, table, "--model", model, "--out", out).failure(2);
        assertTrue(message.contains("unexpected word"), message);
    }

    private static byte[] written(Path file, Object... line) throws IOException {
        Files.deleteIfExists(file);
        Cli.Result result = Cli.run(line);
        assertEquals(0, result.code(), result.err());
        return Files.readAllBytes(file);
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
