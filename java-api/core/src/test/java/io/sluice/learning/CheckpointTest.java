package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.SluiceException;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.model.Mutations;
import io.sluice.runtime.Engine;
import io.sluice.testing.Sweep;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

class CheckpointTest {
    private static final Dataset TRAIN = LearningFixtures.data(100, 1);
    private static final Dataset VALID = LearningFixtures.data(40, 2);
    private static final int BATCHES = 5;
    private static final int EPOCHS = 4;

    @TempDir Path folder;

    /** What a run ended with. */
    private record Outcome(Parameters parameters, TrainingHistory history) {
        void assertSameAs(Outcome other) {
            assertEquals(-1, parameters.segment().mismatch(other.parameters.segment()));
            assertEquals(likelihoods(history), likelihoods(other.history));
            assertEquals(history.bestEpoch(), other.history.bestEpoch());
            assertEquals(history.ending(), other.history.ending());
        }

        private static List<String> likelihoods(TrainingHistory history) {
            return history.epochs().stream()
                    .map(e -> e.epoch() + " " + e.trainLogLikelihood() + e.validLogLikelihood())
                    .toList();
        }
    }

    private static Outcome run(Learner<?> em) {
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history = em.fit(engine, TRAIN);
            return new Outcome(engine.circuit().parameters(), history);
        }
    }

    private static ExpectationMaximization miniBatch() {
        return ExpectationMaximization.miniBatch()
                .batchSize(20)
                .epochs(EPOCHS)
                .validation(VALID)
                .shuffleSeed(3);
    }

    private static ExpectationMaximization anemone() {
        return ExpectationMaximization.anemone()
                .batchSize(20)
                .batchesPerStep(2)
                .epochs(EPOCHS)
                .validation(VALID)
                .shuffleSeed(3);
    }

    /** The death of a process: an exception that nothing in the run expects. */
    private static TrainingListener dyingAfter(int batches) {
        int[] heard = {0};
        return new TrainingListener() {
            @Override
            public void onBatch(BatchProgress progress) {
                if (++heard[0] == batches) {
                    throw new UnsupportedOperationException("killed");
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 9, 10, 14, 15, 16, 19, 20})
    void a_run_killed_after_any_batch_and_resumed_has_the_bits_of_an_uninterrupted_one(int batch) {
        Outcome uninterrupted = run(miniBatch());
        ExpectationMaximization saving = miniBatch().checkpoints(folder).checkpointEvery(2);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(batch))));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 8, 10, 12, 19})
    void a_run_stopped_before_any_batch_and_resumed_has_the_bits_of_an_uninterrupted_one(
            int batch) {
        Outcome uninterrupted = run(miniBatch());
        int[] asked = {0};
        ExpectationMaximization saving = miniBatch().checkpoints(folder);
        Outcome stopped = run(saving.stopWhen(() -> asked[0]++ == batch));
        assertEquals(TrainingHistory.Ending.STOPPED, stopped.history().ending());
        assertEquals(batch / BATCHES, stopped.history().epochs().size());
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 9, 10, 14, 15, 16, 19, 20})
    void anemone_killed_after_any_batch_and_resumed_goes_on_with_its_momentum(int batch) {
        Outcome uninterrupted = run(anemone());
        ExpectationMaximization saving = anemone().checkpoints(folder).checkpointEvery(2);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(batch))));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 8, 10, 12, 19})
    void anemone_stopped_before_any_batch_saves_its_last_step(int batch) {
        Outcome uninterrupted = run(anemone());
        int[] asked = {0};
        ExpectationMaximization saving = anemone().checkpoints(folder);
        run(saving.stopWhen(() -> asked[0]++ == batch));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gradient_ascent_goes_on_with_its_moments(boolean adam) {
        GradientAscent ascent =
                (adam ? GradientAscent.adam() : GradientAscent.sgd()).batchSize(20).epochs(EPOCHS);
        Outcome uninterrupted = run(ascent);
        GradientAscent saving = ascent.checkpoints(folder).checkpointEvery(2);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(9))));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 6, 10, 15, 19})
    void viterbi_em_killed_after_any_batch_and_resumed_has_the_same_bits(int batch) {
        ExpectationMaximization viterbi = miniBatch().viterbi().batchesPerStep(2);
        Outcome uninterrupted = run(viterbi);
        ExpectationMaximization saving = viterbi.checkpoints(folder).checkpointEvery(2);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(batch))));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

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
    void full_batch_em_resumes_at_the_last_epoch() {
        ExpectationMaximization em = ExpectationMaximization.fullBatch().batchSize(20).epochs(3);
        Outcome uninterrupted = run(em);
        ExpectationMaximization saving = em.checkpoints(folder);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(8))));
        run(saving.resume(true)).assertSameAs(uninterrupted);
    }

    @Test
    void resuming_does_not_need_the_first_parameters() {
        Outcome uninterrupted = run(miniBatch());
        ExpectationMaximization saving = miniBatch().checkpoints(folder);
        assertThrows(
                UnsupportedOperationException.class, () -> run(saving.listener(dyingAfter(7))));
        try (Engine engine = LearningFixtures.engine()) {
            ExpectationMaximization.fullBatch().epochs(1).fit(engine, TRAIN);
            TrainingHistory history = saving.resume(true).fit(engine, TRAIN);
            new Outcome(engine.circuit().parameters(), history).assertSameAs(uninterrupted);
        }
    }

    @Test
    void resuming_a_finished_run_gives_its_result_without_training() {
        ExpectationMaximization saving = miniBatch().checkpoints(folder);
        Outcome finished = run(saving);
        run(saving.resume(true).listener(dyingAfter(1))).assertSameAs(finished);
    }

    @Test
    void resuming_keeps_the_best_parameters_of_before() {
        Dataset few = TRAIN.slice(0, 4);
        ExpectationMaximization em =
                ExpectationMaximization.fullBatch()
                        .pseudocount(1e-6)
                        .epochs(50)
                        .validation(VALID)
                        .patience(6)
                        .checkpoints(folder);
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory whole = em.checkpoints(folder.resolve("whole")).fit(engine, few);
            Parameters expected = engine.circuit().parameters();
            int late = whole.epochs().size() - 2;
            try (Engine killed = LearningFixtures.engine()) {
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> em.listener(dyingAfter(late + 1)).fit(killed, few));
            }
            try (Engine resumed = LearningFixtures.engine()) {
                TrainingHistory history = em.resume(true).fit(resumed, few);
                assertEquals(whole.bestEpoch(), history.bestEpoch());
                assertEquals(
                        -1, expected.segment().mismatch(resumed.circuit().parameters().segment()));
            }
        }
    }

    @Test
    void resume_without_a_checkpoint_starts_from_the_beginning() {
        run(miniBatch().checkpoints(folder.resolve("new/sub")).resume(true))
                .assertSameAs(run(miniBatch()));
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
        run(first.resume(true)); // the lock ends with the run
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
    void what_a_killed_run_left_half_written_is_deleted_by_the_next() throws IOException {
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

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 8, 19})
    void an_interrupted_run_stops_at_a_batch_with_a_checkpoint_and_stays_interrupted(int batch) {
        for (boolean asked : new boolean[] {false, true}) {
            Path own = folder.resolve(asked ? "asked" : "not-asked");
            Outcome uninterrupted = run(miniBatch());
            ExpectationMaximization saving = miniBatch().checkpoints(own);
            ExpectationMaximization learner =
                    asked ? saving.stopWhen(() -> Thread.currentThread().isInterrupted()) : saving;
            if (batch == 0) {
                Thread.currentThread().interrupt();
            }
            Outcome stopped = run(learner.listener(interruptingAfter(batch)));
            assertTrue(Thread.interrupted(), "no longer interrupted");
            assertEquals(TrainingHistory.Ending.STOPPED, stopped.history().ending());
            assertEquals(batch / BATCHES, stopped.history().epochs().size());
            assertEquals(batch > 0, Files.exists(own.resolve("checkpoint.sluice")));
            run(saving.resume(true)).assertSameAs(uninterrupted);
        }
    }

    @Test
    void an_interrupted_thread_may_resume() {
        int[] asked = {0};
        ExpectationMaximization saving = miniBatch().checkpoints(folder);
        run(saving.stopWhen(() -> asked[0]++ == 7));
        Thread.currentThread().interrupt();
        Outcome stopped = run(saving.resume(true));
        assertTrue(Thread.interrupted(), "no longer interrupted");
        assertEquals(TrainingHistory.Ending.STOPPED, stopped.history().ending());
        assertEquals(1, stopped.history().epochs().size());
    }

    private static TrainingListener interruptingAfter(int batches) {
        int[] heard = {0};
        return new TrainingListener() {
            @Override
            public void onBatch(BatchProgress progress) {
                if (++heard[0] == batches) {
                    Thread.currentThread().interrupt();
                }
            }
        };
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

    /** Damage before the checksum, which is made right. */
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
