package io.sluice.learning;

import static io.sluice.learning.SavedRuns.EPOCHS;
import static io.sluice.learning.SavedRuns.TRAIN;
import static io.sluice.learning.SavedRuns.anemone;
import static io.sluice.learning.SavedRuns.miniBatch;
import static io.sluice.learning.SavedRuns.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.SluiceException;
import io.sluice.circuit.Parameters;
import io.sluice.learning.SavedRuns.Outcome;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.model.Mutations;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** The files of a checkpoint folder: what they hold, who may use them, and what damage does. */
class CheckpointTest {
    @TempDir Path folder;

    @Test
    void viterbi_em_does_not_go_on_from_em() {
        ExpectationMaximization em = miniBatch().checkpoints(folder);
        run(em);
        assertThrows(InvalidArgumentException.class, () -> run(em.viterbi().resume(true)));
    }

    @Test
    void damaged_momentum_is_refused_and_the_engine_keeps_its_parameters() throws IOException {
        run(anemone().epochs(1).checkpoints(folder));
        Path file = folder.resolve("rule-1-0.bin");
        byte[] bytes = Files.readAllBytes(file);
        for (int at : new int[] {0, 9, 13, bytes.length / 2, bytes.length - 1}) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x40;
            Files.write(file, damaged);
            assertDamaged(file);
        }
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertDamaged(file);
    }

    private void assertDamaged(Path file) {
        try (Engine engine = LearningFixtures.engine()) {
            Parameters before = engine.circuit().parameters();
            ExpectationMaximization resuming = anemone().epochs(1).checkpoints(folder).resume(true);
            FileFormatException e =
                    assertThrows(FileFormatException.class, () -> resuming.fit(engine, TRAIN));
            assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
            assertEquals(-1, before.segment().mismatch(engine.circuit().parameters().segment()));
        }
    }

    @Test
    void only_the_latest_momentum_is_kept() throws IOException {
        run(anemone().checkpoints(folder).checkpointEvery(2));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("rule-" + EPOCHS + "-0.bin"),
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.startsWith("rule"))
                            .toList());
        }
    }

    @Test
    void a_checkpoint_is_a_model_file_and_old_best_files_go() throws IOException {
        Outcome outcome = run(miniBatch().checkpoints(folder));
        Model model = ModelFile.read(folder.resolve("checkpoint.sluice"));
        assertEquals(TRAIN.schema(), model.schema());
        int best = outcome.history().bestEpoch().getAsInt();
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("best-" + best + ".sluice", "checkpoint.lock", "checkpoint.sluice"),
                    files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
        }
    }

    @Test
    void an_earlier_checkpoint_is_not_overwritten_by_accident() {
        run(miniBatch().checkpoints(folder));
        InvalidArgumentException e =
                assertThrows(
                        InvalidArgumentException.class, () -> run(miniBatch().checkpoints(folder)));
        assertTrue(String.valueOf(e.getMessage()).contains("resume it"), e.getMessage());
    }

    @Test
    void a_checkpoint_of_another_run_is_refused_and_says_what_differs() {
        run(miniBatch().epochs(1).checkpoints(folder));
        ExpectationMaximization resuming = miniBatch().epochs(1).checkpoints(folder).resume(true);
        assertRefused("epochs 1, this run has 2", resuming.epochs(2));
        assertRefused("batch size 20, this run has 10", resuming.batchSize(10));
        assertRefused("shuffle seed 3, this run has 4", resuming.shuffleSeed(4));
        assertRefused("pseudocount 0.1, this run has 1.0", resuming.pseudocount(1));
        assertRefused("step size", resuming.stepSize(0.5));
        assertRefused("batches per step 1, this run has 2", resuming.batchesPerStep(2));
        assertRefused("validation data 40x3", resuming.validation(TRAIN));
        assertRefused(
                "mini-batch EM",
                ExpectationMaximization.fullBatch().checkpoints(folder).resume(true));
    }

    private static void assertRefused(String expected, ExpectationMaximization em) {
        InvalidArgumentException e = assertThrows(InvalidArgumentException.class, () -> run(em));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(expected), message);
    }

    @Test
    void a_damaged_checkpoint_is_refused_and_the_engine_keeps_its_parameters() throws IOException {
        run(miniBatch().epochs(1).checkpoints(folder));
        Path file = folder.resolve("checkpoint.sluice");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        try (Engine engine = LearningFixtures.engine()) {
            Parameters before = engine.circuit().parameters();
            FileFormatException e =
                    assertThrows(
                            FileFormatException.class,
                            () ->
                                    miniBatch()
                                            .epochs(1)
                                            .checkpoints(folder)
                                            .resume(true)
                                            .fit(engine, TRAIN));
            assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
            assertEquals(-1, before.segment().mismatch(engine.circuit().parameters().segment()));
        }
    }

    @Test
    void a_model_that_is_no_checkpoint_is_refused() throws IOException {
        ModelFile.write(Model.of(LearningFixtures.circuit()), folder.resolve("checkpoint.sluice"));
        assertRefused("unknown", miniBatch().checkpoints(folder).resume(true));
    }

    @Test
    void a_second_run_in_the_folder_is_refused_while_the_first_runs() {
        String[] message = {""};
        ExpectationMaximization first = miniBatch().checkpoints(folder);
        run(
                first.listener(
                        new TrainingListener() {
                            @Override
                            public void onEpoch(TrainingHistory.Epoch epoch) {
                                message[0] = refusal(first.resume(true));
                            }
                        }));
        assertTrue(message[0].contains("in use by a run of this process: wait"), message[0]);
        run(first.resume(true)); // the lock ended with the run
    }

    private static String refusal(Learner<?> learner) {
        return assertThrows(InvalidArgumentException.class, () -> run(learner)).getMessage();
    }

    @Test
    void a_run_is_refused_while_another_process_runs_in_the_folder() throws Exception {
        Process other =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                folder.toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            assertEquals("locked", other.inputReader().readLine());
            String message = refusal(miniBatch().checkpoints(folder));
            assertTrue(message.contains("in use by a run of process " + other.pid()), message);
        } finally {
            other.destroyForcibly().waitFor();
        }
        run(miniBatch().checkpoints(folder)); // a killed process has no lock
    }

    /** Holds the lock of a folder until it is killed. */
    static final class LockHolder {
        public static void main(String[] arguments) throws Exception {
            FolderLock lock = FolderLock.of(Path.of(arguments[0]));
            System.out.println("locked");
            Thread.sleep(Long.MAX_VALUE);
            lock.close();
        }
    }

    @Test
    void unfinished_files_of_a_killed_run_are_deleted_by_the_next() throws IOException {
        for (String name : List.of("checkpoint.sluice", "best-3.sluice", "rule-2-4.bin")) {
            Files.writeString(folder.resolve("." + name + ".3w5e1a.tmp"), "half");
        }
        Path other = Files.writeString(folder.resolve(".mine.tmp"), "not a checkpoint's");
        run(miniBatch().checkpoints(folder));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(other),
                    files.filter(file -> file.toString().endsWith(".tmp")).toList());
        }
    }

    @Test
    void a_damaged_checkpoint_resumes_or_is_refused_with_a_message() throws IOException {
        int[] asked = {0};
        ExpectationMaximization saving = anemone().epochs(2).checkpoints(folder);
        run(saving.stopWhen(() -> asked[0]++ == 8));
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> !file.endsWith("checkpoint.lock")).sorted().toList();
        }
        assertEquals(3, files.size(), files.toString());
        Mutations mutations = new Mutations(7);
        for (int i = 0; i < Sweep.size(100, 2_000); i++) {
            Path file = files.get(i % files.size());
            byte[] valid = Files.readAllBytes(file);
            boolean rule = file.toString().endsWith(".bin");
            Files.write(file, rule ? damagedRule(valid, mutations) : mutations.ofModelFile(valid));
            Path copy = Files.createDirectories(folder.resolve("copy"));
            for (Path each : files) {
                Files.copy(each, copy.resolve(each.getFileName().toString()), REPLACE_EXISTING);
            }
            Files.write(file, valid);
            try {
                run(saving.checkpoints(copy).resume(true));
            } catch (SluiceException e) {
                assertTrue(e.getMessage().indexOf('\n') < 0, e.getMessage());
            }
        }
    }

    /** Damages everything before the checksum and corrects the checksum. */
    private static byte[] damagedRule(byte[] valid, Mutations mutations) {
        byte[] damaged = mutations.of(Arrays.copyOf(valid, valid.length - Long.BYTES));
        CRC32C crc = new CRC32C();
        crc.update(damaged);
        return ByteBuffer.allocate(damaged.length + Long.BYTES)
                .put(damaged)
                .putLong(crc.getValue())
                .array();
    }

    @Test
    void a_checkpoint_without_its_best_parameters_is_damaged() throws IOException {
        int[] asked = {0};
        ExpectationMaximization saving = miniBatch().checkpoints(folder);
        run(saving.stopWhen(() -> asked[0]++ == 12));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path best : files.filter(f -> f.toString().contains("best-")).toList()) {
                Files.delete(best);
            }
        }
        FileFormatException e =
                assertThrows(FileFormatException.class, () -> run(saving.resume(true)));
        assertTrue(e.getMessage().contains("which is missing"), e.getMessage());
    }

    @Test
    void a_folder_that_cannot_be_made_is_an_io_failure() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(
                UncheckedIOException.class, () -> run(miniBatch().checkpoints(file.resolve("x"))));
        assertFalse(Files.isDirectory(file));
    }
}
