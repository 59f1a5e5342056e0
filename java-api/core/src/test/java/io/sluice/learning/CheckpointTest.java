package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.FileFormatException;
import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.model.Model;
import io.sluice.model.ModelFile;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
                    List.of("best-" + best + ".sluice", "checkpoint.sluice"),
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
    void a_folder_that_cannot_be_made_is_an_io_failure() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThrows(
                UncheckedIOException.class, () -> run(miniBatch().checkpoints(file.resolve("x"))));
        assertFalse(Files.isDirectory(file));
    }
}
