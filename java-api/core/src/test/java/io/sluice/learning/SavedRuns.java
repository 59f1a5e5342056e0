package io.sluice.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.runtime.Engine;

import java.util.List;

/** Small runs whose results are compared to the bit after they were killed, stopped and resumed. */
final class SavedRuns {
    static final Dataset TRAIN = LearningFixtures.data(100, 1);
    static final Dataset VALID = LearningFixtures.data(40, 2);
    static final int BATCHES = 5;
    static final int EPOCHS = 4;

    private SavedRuns() {}

    /** The parameters and history at the end of a run. */
    record Outcome(Parameters parameters, TrainingHistory history) {
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

    static Outcome run(Learner<?> em) {
        try (Engine engine = LearningFixtures.engine()) {
            TrainingHistory history = em.fit(engine, TRAIN);
            return new Outcome(engine.circuit().parameters(), history);
        }
    }

    static ExpectationMaximization miniBatch() {
        return ExpectationMaximization.miniBatch()
                .batchSize(20)
                .epochs(EPOCHS)
                .validation(VALID)
                .shuffleSeed(3);
    }

    static ExpectationMaximization anemone() {
        return ExpectationMaximization.anemone()
                .batchSize(20)
                .batchesPerStep(2)
                .epochs(EPOCHS)
                .validation(VALID)
                .shuffleSeed(3);
    }

    /** Simulates the death of a process by an exception that the run does not expect. */
    static TrainingListener dyingAfter(int batches) {
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
}
