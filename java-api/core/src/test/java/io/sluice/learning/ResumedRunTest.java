package io.sluice.learning;

import static io.sluice.learning.SavedRuns.BATCHES;
import static io.sluice.learning.SavedRuns.EPOCHS;
import static io.sluice.learning.SavedRuns.TRAIN;
import static io.sluice.learning.SavedRuns.VALID;
import static io.sluice.learning.SavedRuns.anemone;
import static io.sluice.learning.SavedRuns.dyingAfter;
import static io.sluice.learning.SavedRuns.miniBatch;
import static io.sluice.learning.SavedRuns.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.learning.SavedRuns.Outcome;
import io.sluice.runtime.Engine;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;

/** A run that was killed, stopped or interrupted continues to the bits of an uninterrupted one. */
class ResumedRunTest {
    @TempDir Path folder;

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
}
