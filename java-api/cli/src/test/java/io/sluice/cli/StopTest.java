package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.model.ModelFile;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Commands that are stopped by signals, each in a process of its own. */
class StopTest {
    private static final int LONGEST_SECONDS = 60;
    private static final int MANY = 1_000_000; // epochs
    private static final String NATIVE_FOLDER = "sluice.native.folder";
    private static final Path KILL = Path.of("/bin/kill");

    @TempDir Path folder;
    private Path table = Path.of("");
    private Path out = Path.of("");

    @BeforeEach
    void write_a_table() throws IOException {
        assumeTrue(Files.isExecutable(KILL), "no signals here");
        assumeFalse(interruptsAreIgnored(), "this process ignores SIGINT, and so would its own");
        table = CliFixtures.table(folder.resolve("t.csv"), 2000, 1);
        out = folder.resolve("m.sluice");
    }

    /** As for processes that a shell started in the background. */
    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line -> (Long.parseUnsignedLong(last(line), 16) & 2) != 0);
    }

    private static String last(String line) {
        return line.substring(line.lastIndexOf('\t') + 1);
    }

    private Process start(Object... line) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()));
        String natives = System.getProperty(NATIVE_FOLDER);
        if (natives != null) {
            command.add(1, "-D" + NATIVE_FOLDER + "=" + natives);
        }
        command.addAll(Cli.words(line));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(folder.resolve("stdout").toFile())
                        .start();
        var _ =
                process.onExit()
                        .orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                        .whenComplete((ended, late) -> process.destroyForcibly());
        return process;
    }

    private static void signal(Process process, StopSignal signal) throws Exception {
        new ProcessBuilder(KILL.toString(), "-" + signal, "" + process.pid()).start().waitFor();
    }

    /** Reads what a process says until it says something. */
    private static void await(BufferedReader err, String text) throws IOException {
        String line = err.readLine();
        while (line != null && !line.contains(text)) {
            line = err.readLine();
        }
        assertTrue(line != null, "it never said " + text);
    }

    /** The end of a process: its last line. */
    private static String end(Process process, BufferedReader err, int code) throws Exception {
        List<String> lines = err.lines().toList();
        assertEquals(code, process.waitFor(), lines.toString());
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    private static JsonNode stdout(Path folder) throws IOException {
        String text = Files.readString(folder.resolve("stdout"));
        assertEquals(1, text.lines().count(), text);
        return JsonMapper.shared().readTree(text);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130, Ctrl-C", "TERM, 143, SIGTERM"})
    void stopped_training_saves_its_model(StopSignal signal, int code, String title)
            throws Exception {
        Process train =
                start(
                        "train --latents 4 --batch-size 50 --device reference --epochs",
                        MANY,
                        "--out",
                        out,
                        table);
        try (BufferedReader err = train.errorReader()) {
            await(err, "epoch 2/");
            signal(train, signal);
            String message = end(train, err, code);
            assertTrue(message.startsWith("sluice: stopped by " + title + ": the model"), message);
            assertTrue(message.endsWith(" is in " + out), message);
        }
        assertEquals(3, ModelFile.read(out).circuit().variables());
        assertEquals(0, Files.size(folder.resolve("stdout")));
        assertEquals(List.of("m.sluice", "stdout", "t.csv"), Cli.names(folder));
    }

    @Test
    void a_stopped_search_saves_the_best_model_so_far() throws Exception {
        Path wide = wideTable();
        Process train = start("train --json", wide, "--out", out);
        try (BufferedReader err = train.errorReader()) {
            await(err, "4000 rows of ");
            Thread.sleep(1500); // so that some models are there
            signal(train, StopSignal.INT);
            String message = end(train, err, StopSignal.INT.exitCode());
            assertTrue(message.contains("the best model so far, "), message);
            JsonNode report = stdout(folder);
            assertEquals(message, "sluice: " + report.get("error").asString());
            assertEquals(130, report.get("exit_code").asInt());
            assertEquals(out.toString(), report.get("model").asString());
        }
        assertEquals(0, Cli.run("evaluate --model", out, wide).code());
    }

    /** A table that takes minutes to find a model for. */
    private Path wideTable() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        StringBuilder text = new StringBuilder();
        for (int column = 0; column < 40; column++) {
            text.append(column == 0 ? "c" : ",c").append(column);
        }
        for (int row = 0; row < 4000; row++) {
            int group = random.nextInt(5);
            for (int column = 0; column < 40; column++) {
                int cell = random.nextInt(3) == 0 ? random.nextInt(9) : (group * column) % 9;
                text.append(column == 0 ? '\n' : ',').append(cell);
            }
        }
        return Files.writeString(folder.resolve("wide.csv"), text.append('\n'));
    }

    @Test
    void a_second_signal_ends_at_once() throws Exception {
        Process train =
                start(
                        "train --latents 1024 --batch-size 2000 --device reference --out",
                        out,
                        table);
        try (BufferedReader err = train.errorReader()) {
            await(err, ", on reference");
            Thread.sleep(1000); // in the first batch, which takes long
            signal(train, StopSignal.INT);
            await(err, "stopping after this batch");
            long began = System.nanoTime();
            signal(train, StopSignal.INT);
            end(train, err, StopSignal.INT.exitCode());
            assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(5));
        }
        assertFalse(Files.exists(out));
    }

    @Test
    void work_that_cannot_be_kept_leaves_nothing() throws Exception {
        Path model = CliFixtures.mixedModel(folder.resolve("mixed.sluice"));
        Path drawn = folder.resolve("drawn.csv");
        Process sample =
                start(
                        "sample --json --device reference --count",
                        Integer.MAX_VALUE,
                        "--model",
                        model,
                        "--out",
                        drawn);
        try (BufferedReader err = sample.errorReader()) {
            while (Cli.names(folder).stream().noneMatch(name -> name.endsWith(".tmp"))) {
                Thread.sleep(20);
            }
            signal(sample, StopSignal.TERM);
            String message = end(sample, err, StopSignal.TERM.exitCode());
            assertEquals("sluice: stopped by SIGTERM: nothing was written", message);
            assertEquals(143, stdout(folder).get("exit_code").asInt());
        }
        assertEquals(List.of("mixed.sluice", "stdout", "t.csv"), Cli.names(folder));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evaluate",
                "score --out o.csv",
                "score --explain --out o.csv",
                "impute --out o.csv",
                "condition --out o.json",
                "anomalies --out o.csv",
                "sample --count 3 --out o.csv"
            })
    void every_query_ends_when_it_is_asked_to(String command) throws IOException {
        Path model = CliFixtures.mixedModel(folder.resolve("mixed.sluice"));
        Path rows = Files.writeString(folder.resolve("r.csv"), "count,colour,size\n1,,2\n");
        String line = command.replace(" o.", " " + folder.resolve("o."));
        StopRequest stop = new StopRequest();
        stop.request(StopSignal.INT);
        Object[] data = command.startsWith("sample") ? new Object[0] : new Object[] {rows};
        List<String> before = Cli.names(folder);
        String message =
                Cli.run(stop, line, "--device reference --model", model, data)
                        .failure(StopSignal.INT.exitCode());
        assertEquals("stopped by Ctrl-C: nothing was written", message);
        assertEquals(before, Cli.names(folder));
    }
}
