package io.sluice.tables;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.learning.ExpectationMaximization;
import io.sluice.learning.TrainingHistory;
import io.sluice.learning.TrainingListener;
import io.sluice.runtime.Engine;
import io.sluice.structure.ChowLiuModel;
import io.sluice.structure.ChowLiuTree;
import io.sluice.structure.Factorized;
import io.sluice.structure.Hclt;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Finds a model of a table by itself. Rows are held out; the fully factorised model, the Chow-Liu
 * tree and hidden Chow-Liu trees of growing size are fitted to the others, each of the latter with
 * its best epoch; the one with the best log-likelihood of the rows held out is the result. The same
 * data and seed give the same bits.
 *
 * <pre>{@code
 * DataParts table = Datasets.open("people.csv", DataOptions.defaults().withCoding(new BinCoding()));
 * TableFit fit = TableTrainer.create().fit(table.train(), c -> Engine.compile(c, Device.auto()));
 * }</pre>
 *
 * <p>Immutable: every setting returns another trainer.
 */
public final class TableTrainer {
    private static final int[] LATENTS = {4, 8, 16, 32, 64, 128};

    /** Larger tables start with 16 latents. */
    private static final int FEW_ROWS = 5_000;

    private static final int LATENTS_OF_MANY_ROWS = 16;

    /** Sizes in a row that may bring nothing before the search ends: held-out rows are noisy. */
    private static final int VAIN_SIZES = 2;

    private static final int VAIN_SIZES_OF_MANY_ROWS = 1;

    private static final double[] PSEUDOCOUNTS = {0.1, 0.01};

    /**
     * Epochs of a run. The steps shrink over the whole run, so that one that overfits early is
     * repeated as a shorter one, whose steps shrink sooner.
     */
    private static final int[] EPOCHS = {60, 25, 10};

    /** A run overfits early when its best epoch lies in this first part. */
    private static final double EARLY = 0.5;

    private static final int FEWEST_EPOCHS = 10;
    private static final int PATIENCE = 8;

    /** Bound on the edges that training one model visits: some 20 seconds on two cores. */
    private static final double MOST_EDGE_VISITS = 5e11;

    /** Bound on those of all models. */
    private static final double MOST_VISITS_OF_A_SEARCH = 1e12;

    /** A step's update of a parameter takes as long as visiting its edge for so many rows. */
    private static final double ROWS_OF_AN_UPDATE = 50;

    private static final int STEPS_IN_AN_EPOCH = 40;
    private static final int SMALLEST_BATCH = 16;
    private static final int LARGEST_BATCH = 512;

    /** Bound on the parameters of the plain tree. */
    private static final long MOST_TREE_PARAMETERS = 1L << 26;

    private static final double[] SMOOTHINGS = {1, 0.1};

    private final long seed;
    private final @Nullable Dataset valid;
    private final TrainingListener listener;
    private final BooleanSupplier stop;

    private TableTrainer(
            long seed, @Nullable Dataset valid, TrainingListener listener, BooleanSupplier stop) {
        this.seed = seed;
        this.valid = valid;
        this.listener = listener;
        this.stop = stop;
    }

    /** A trainer with seed 0 that holds out rows by itself. */
    public static TableTrainer create() {
        return new TableTrainer(0, null, new TrainingListener() {}, () -> false);
    }

    /** Seed of the rows that are held out, of first parameters and of the order of rows. */
    public TableTrainer seed(long number) {
        return new TableTrainer(number, valid, listener, stop);
    }

    /** Rows to choose with, under the schema of the training rows; none of those are held out. */
    public TableTrainer validation(Dataset rows) {
        return new TableTrainer(seed, rows, listener, stop);
    }

    /** Is told of the progress of each model that is trained. */
    public TableTrainer listener(TrainingListener told) {
        return new TableTrainer(seed, valid, told, stop);
    }

    /** Ends the search, which keeps the best model so far, once a condition holds. */
    public TableTrainer stopWhen(BooleanSupplier condition) {
        return new TableTrainer(seed, valid, listener, condition);
    }

    /**
     * Finds a model.
     *
     * @param rows at least two, unless there are validation rows
     * @param compile makes engines, which this method closes
     * @throws InvalidArgumentException when there are too few rows
     */
    public TableFit fit(Dataset rows, Function<Circuit, Engine> compile) {
        if (rows.rows() < (valid == null ? 2 : 1)) {
            throw new InvalidArgumentException(
                    "a table of "
                            + rows.rows()
                            + " rows: give at least 2, one to learn from and one to choose with");
        }
        HeldOutRows parts =
                valid == null ? HeldOutRows.of(rows, seed) : new HeldOutRows(rows, valid);
        Search search = new Search(parts, compile);
        search.run();
        return search.result();
    }

    /** One search. */
    private final class Search {
        private final Dataset train;
        private final Dataset held;
        private final Function<Circuit, Engine> compile;
        private final List<TableFit.Tried> tried = new ArrayList<>();
        private TableFit.@Nullable Tried best;
        private @Nullable Circuit circuit;
        private double better; // pseudocount; 0 before the first comparison
        private double visits; // of edges, so far

        Search(HeldOutRows parts, Function<Circuit, Engine> compile) {
            train = parts.train();
            held = parts.valid();
            this.compile = compile;
        }

        TableFit result() {
            TableFit.Tried chosen = best;
            Circuit found = circuit;
            if (chosen == null || found == null) {
                throw new AssertionError("the factorised model was tried");
            }
            return new TableFit(found, chosen, tried, train.rows(), held.rows());
        }

        void run() {
            estimated("factorised model", Factorized.of(train));
            if (train.variables() == 1) {
                return;
            }
            ChowLiuTree tree = ChowLiuTree.of(train);
            if (isSmall(tree)) {
                for (double smoothing : SMOOTHINGS) {
                    estimated(
                            "Chow-Liu tree, smoothing " + text(smoothing),
                            ChowLiuModel.of(train, tree, smoothing));
                }
            }
            double reached = Double.NEGATIVE_INFINITY;
            int vain = 0;
            for (int latents : LATENTS) {
                int most = mostEpochs(latents);
                boolean first = latents == LATENTS_OF_MANY_ROWS;
                boolean tooSmall = latents < LATENTS_OF_MANY_ROWS && train.rows() > FEW_ROWS;
                boolean tooLarge = !first && (latents > train.rows() || most < FEWEST_EPOCHS);
                if (tooSmall || tooLarge) {
                    continue;
                }
                double found = Double.NEGATIVE_INFINITY;
                for (double pseudocount : pseudocounts()) {
                    double one = trained(tree, latents, pseudocount, Math.max(1, most));
                    if (one > found) {
                        found = one;
                        better = pseudocount;
                    }
                }
                vain = found > reached ? 0 : vain + 1;
                reached = Math.max(reached, found);
                boolean many = train.rows() > FEW_ROWS;
                if (vain == (many ? VAIN_SIZES_OF_MANY_ROWS : VAIN_SIZES)) {
                    return;
                }
            }
        }

        /** All of them for small tables and at first, then the better one. */
        private double[] pseudocounts() {
            return better == 0 || train.rows() <= FEW_ROWS ? PSEUDOCOUNTS : new double[] {better};
        }

        private int mostEpochs(int latents) {
            return (int) Math.min(EPOCHS[0], MOST_EDGE_VISITS / visitsInAnEpoch(latents));
        }

        private double visitsInAnEpoch(int latents) {
            double edges = (double) train.variables() * latents * latents;
            double parameters = edges;
            for (Column column : train.schema().columns()) {
                parameters += (double) latents * column.categories();
            }
            double steps = Math.ceil((double) train.rows() / batch());
            return edges * train.rows() + ROWS_OF_AN_UPDATE * parameters * steps;
        }

        private int batch() {
            long batch = train.rows() / STEPS_IN_AN_EPOCH;
            return Math.clamp(batch, SMALLEST_BATCH, LARGEST_BATCH);
        }

        private double trained(ChowLiuTree tree, int latents, double pseudocount, int most) {
            String structure =
                    "hidden Chow-Liu tree, "
                            + latents
                            + " latents, pseudocount "
                            + text(pseudocount);
            double found = Double.NEGATIVE_INFINITY;
            int last = Integer.MAX_VALUE;
            for (int epochs : EPOCHS) {
                int run = Math.min(epochs, most);
                if (run == last) {
                    continue;
                }
                double needed = run * visitsInAnEpoch(latents);
                boolean tooLong = visits > 0 && visits + needed > MOST_VISITS_OF_A_SEARCH;
                if (tooLong || stop.getAsBoolean()) {
                    return found;
                }
                last = run;
                Circuit start = Hclt.builder(train).tree(tree).latents(latents).seed(seed).build();
                TableFit.Tried tried = trained(structure, start, pseudocount, run);
                visits += tried.epochs() * visitsInAnEpoch(latents);
                found = Math.max(found, tried.validLogLikelihood());
                if (tried.bestEpoch() > EARLY * run) {
                    break;
                }
            }
            return found;
        }

        private boolean isSmall(ChowLiuTree tree) {
            long parameters = 0;
            for (int v = 0; v < train.variables(); v++) {
                Column column = train.schema().column(v);
                int parent = tree.parent(v);
                int above =
                        parent == ChowLiuTree.NO_PARENT
                                ? 1
                                : train.schema().column(parent).categories();
                if (!column.isCategorical() || above == 0) {
                    return false; // the plain tree is one over categories
                }
                parameters += (long) column.categories() * above;
            }
            return parameters <= MOST_TREE_PARAMETERS;
        }

        private void estimated(String structure, Circuit estimate) {
            try (Engine engine = compile.apply(estimate)) {
                consider(structure, engine, 0, 0);
            }
        }

        private TableFit.Tried trained(
                String structure, Circuit start, double pseudocount, int epochs) {
            try (Engine engine = compile.apply(start)) {
                TrainingHistory history =
                        ExpectationMaximization.miniBatch()
                                .batchSize(batch())
                                .epochs(epochs)
                                .pseudocount(pseudocount)
                                .patience(PATIENCE)
                                .validation(held)
                                .shuffleSeed(seed)
                                .listener(listener)
                                .stopWhen(stop)
                                .fit(engine, train);
                return consider(
                        structure, engine, history.epochs().size(), history.bestEpoch().orElse(0));
            }
        }

        private TableFit.Tried consider(
                String structure, Engine engine, int epochs, int bestEpoch) {
            TableFit.Tried found =
                    new TableFit.Tried(
                            structure,
                            epochs,
                            bestEpoch,
                            meanLogLikelihood(engine, train),
                            meanLogLikelihood(engine, held));
            tried.add(found);
            if (best == null || found.validLogLikelihood() > best.validLogLikelihood()) {
                best = found;
                circuit = engine.circuit();
            }
            return found;
        }
    }

    private static double meanLogLikelihood(Engine engine, Dataset rows) {
        double[] values = engine.logLikelihood(rows).values();
        double sum = 0;
        for (int row = 0; row < values.length; row++) {
            sum += values[row] - rows.logUnits(row);
        }
        return sum / values.length;
    }

    private static String text(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
