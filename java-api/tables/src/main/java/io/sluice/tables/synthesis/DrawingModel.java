package io.sluice.tables.synthesis;

import io.sluice.circuit.Circuit;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.TrainingListener;
import io.sluice.runtime.Engine;
import io.sluice.structure.Factorized;
import io.sluice.structure.Hclt;

import java.util.function.Function;

/**
 * Learns a circuit to draw rows from: a hidden Chow-Liu tree with many latents and a small
 * pseudocount. The model with the best log-likelihood of held-out rows is smaller and smoother, and
 * its draws are easier to tell from real rows. With boosted trees, C2ST on adult is 0.81 for that
 * model and 0.88 and 0.90 for 64 and 128 latents; on winequality-white 0.27 and 0.46, on german
 * 0.75 and 0.97 with 64. With ten times the pseudocount it is lower by 0.05 to 0.2. Draws are no
 * nearer to the training rows than held-out rows are.
 */
public final class DrawingModel {
    private static final double PSEUDOCOUNT = 0.003;
    private static final int EPOCHS = 20;
    private static final int STEPS_IN_AN_EPOCH = 40;
    private static final int SMALLEST_BATCH = 16;
    private static final int LARGEST_BATCH = 512;

    private static final int MOST_LATENTS = 128;
    private static final int MOST_LATENTS_OF_FEW_ROWS = 64;
    private static final int FEW_ROWS = 10_000;
    private static final int FEWEST_LATENTS = 8;

    /** Bound on edges times rows times epochs: about 20 seconds on two cores. */
    private static final double MOST_EDGE_VISITS = 2e11;

    private DrawingModel() {}

    /**
     * Learns.
     *
     * @param rows at least one
     * @param compile makes an engine, which this method closes
     * @param seed of first parameters and of the order of rows
     * @param listener is told of the progress
     */
    public static Circuit fit(
            Dataset rows, Function<Circuit, Engine> compile, long seed, TrainingListener listener) {
        if (rows.variables() == 1) {
            return Factorized.of(rows);
        }
        Circuit start = Hclt.builder(rows).latents(latents(rows)).seed(seed).build();
        long batch = rows.rows() / STEPS_IN_AN_EPOCH;
        try (Engine engine = compile.apply(start)) {
            ExpectationMaximization.miniBatch()
                    .batchSize((int) Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, batch)))
                    .epochs(EPOCHS)
                    .pseudocount(PSEUDOCOUNT)
                    .shuffleSeed(seed)
                    .listener(listener)
                    .fit(engine, rows);
            return engine.circuit();
        }
    }

    private static int latents(Dataset rows) {
        int latents = rows.rows() < FEW_ROWS ? MOST_LATENTS_OF_FEW_ROWS : MOST_LATENTS;
        double visits =
                (double) rows.variables() * rows.rows() * EPOCHS; // for each pair of latents
        while (latents > FEWEST_LATENTS && visits * latents * latents > MOST_EDGE_VISITS) {
            latents /= 2;
        }
        return latents;
    }
}
