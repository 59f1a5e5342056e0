package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.DataParts;
import io.sluice.data.Dataset;
import io.sluice.data.format.Datasets;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.TrainingHistory;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuModel;
import io.sluice.structure.Hclt;

import java.util.Locale;

/**
 * Trains hidden Chow-Liu trees on the twenty binary density estimation sets (Van Haaren and Davis
 * 2012, Bekker et al. 2015) and prints their mean test log-likelihoods beside those of the plain
 * trees, as a Markdown table. All settings are the library's defaults except the numbers of states
 * and epochs, patience and the pseudocount. Validation rows choose the epoch; test rows are used
 * once, at the end. {@link DebdOptions#USAGE} lists the options.
 */
public final class DebdTable {
    private static final double NANO = 1e-9;

    /**
     * Less than the library's default, which suits 256 categories: with 64 states, validation rows
     * of plants (nltcs) come to -13.25 (-5.976) nats with 0.1, to -12.87 (-5.934) with 0.01, and
     * hardly further with 0.001.
     */
    private static final double PSEUDOCOUNT = 0.01;

    private final DebdOptions options;

    private DebdTable(DebdOptions options) {
        this.options = options;
    }

    /** Trains and prints. */
    public static void main(String[] arguments) {
        try {
            new DebdTable(DebdOptions.parse(arguments)).print();
        } catch (InvalidArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private void print() {
        System.out.printf(
                Locale.ROOT,
                "Hidden Chow-Liu trees of %d states, mini-batch EM of at most %d epochs, patience"
                        + " %d, %s, seed %d. Mean log-likelihoods in nats.%n%n",
                options.latents(),
                options.epochs(),
                options.patience(),
                options.device().name(),
                options.seed());
        System.out.println(
                "| set | variables | CLT, test | HCLT, test | HCLT, valid | best epoch | s |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|");
        int better = 0;
        for (String set : options.sets()) {
            better += print(set) ? 1 : 0;
        }
        System.out.printf(
                Locale.ROOT,
                "%nThe hidden tree is better than the plain one on %d of %d sets.%n",
                better,
                options.sets().size());
    }

    /** Whether the hidden tree is better on a set. */
    private boolean print(String set) {
        DataParts parts = Datasets.open(options.folder().resolve(set).toString());
        Dataset valid = parts.valid();
        Dataset test = parts.test();
        if (valid == null || test == null) {
            throw new InvalidArgumentException(
                    set
                            + " in "
                            + options.folder()
                            + " has no validation or no test rows: give the folder of the sets,"
                            + " each a folder with NAME.train.data, NAME.valid.data and"
                            + " NAME.test.data");
        }
        double plain = mean(ChowLiuModel.of(parts.train()), test);
        long start = System.nanoTime();
        Circuit circuit =
                Hclt.builder(parts.train()).latents(options.latents()).seed(options.seed()).build();
        try (Engine engine = Engine.compile(circuit, options.device())) {
            TrainingHistory history =
                    ExpectationMaximization.miniBatch()
                            .epochs(options.epochs())
                            .pseudocount(PSEUDOCOUNT)
                            .validation(valid)
                            .patience(options.patience())
                            .shuffleSeed(options.seed())
                            .fit(engine, parts.train());
            double hidden = engine.logLikelihood(test).mean();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %d | %.4f | %.4f | %.4f | %d of %d | %.0f |%n",
                    set,
                    parts.train().variables(),
                    plain,
                    hidden,
                    engine.logLikelihood(valid).mean(),
                    history.bestEpoch().orElse(0),
                    history.epochs().size(),
                    (System.nanoTime() - start) * NANO);
            return hidden > plain;
        }
    }

    private double mean(Circuit circuit, Dataset data) {
        try (Engine engine = Engine.compile(circuit, options.device())) {
            return engine.logLikelihood(data).mean();
        }
    }
}
