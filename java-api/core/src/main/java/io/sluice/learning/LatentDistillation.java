package io.sluice.learning;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.data.Column;
import io.sluice.data.Dataset;
import io.sluice.data.DatasetBuilder;
import io.sluice.data.Schema;
import io.sluice.runtime.Engine;
import io.sluice.transform.LatentVariables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Latent-variable distillation (Liu, Zhang and Van den Broeck 2023, "Scaling Up Probabilistic
 * Circuits by Latent Variable Distillation", section 3; for hidden Markov models Liu et al. 2023,
 * "Understanding the Distillation Process from Deep Generative Models to Tractable Probabilistic
 * Circuits"): first parameters from given states of the latent variables, such as clusters of the
 * features that a deep model computes for each row.
 *
 * <p>With all states of a row given, statistics are counts: of pairs of states for the sums, of
 * pairs of state and value for the inputs. A missing state is summed out like any missing cell. The
 * parameters are those of one step of EM from these statistics, which {@link
 * ExpectationMaximization} then tunes:
 *
 * {@snippet lang = java:
 * ChowLiuTree tree = ChowLiuTree.of(train);
 * Circuit random = Hclt.builder(train).tree(tree).latents(64).build();
 * Dataset states = LatentClusters.builder(train).clusters(64).overTree(tree); // or your own
 * Circuit start = LatentDistillation.of(random).distill(train, states, c -> Engine.compile(c, device));
 * try (Engine engine = Engine.compile(start, device)) {
 *     ExpectationMaximization.miniBatch().epochs(20).fit(engine, train);
 * }
 * }
 *
 * <p>In the circuit, each variable must have one vector of inputs, whose nodes are the states:
 * hidden Chow-Liu trees and hidden Markov models, with ties or edge patterns too. Immutable.
 */
public final class LatentDistillation {
    private static final int PORTION_ROWS = 4096;
    private static final double DEFAULT_PSEUDOCOUNT = 0.1;

    private final LatentVariables latent;
    private final double pseudocount;
    private final double stepSize;
    private final int steps;

    private LatentDistillation(
            LatentVariables latent, double pseudocount, double stepSize, int steps) {
        this.latent = latent;
        this.pseudocount = pseudocount;
        this.stepSize = stepSize;
        this.steps = steps;
    }

    /**
     * Distils into a circuit, with pseudocount 0.1 and one step of size 1.
     *
     * @param circuit its zero parameters are no edges, and missing states are summed out with its
     *     parameters
     * @throws InvalidArgumentException when a variable has several vectors of inputs
     */
    public static LatentDistillation of(Circuit circuit) {
        return new LatentDistillation(LatentVariables.of(circuit), DEFAULT_PSEUDOCOUNT, 1, 1);
    }

    /** Imagined rows that are added to every node's counts: 0, or finite and at least 1e-30. */
    public LatentDistillation pseudocount(double rows) {
        Settings.checkPseudocount(rows);
        return new LatentDistillation(latent, rows, stepSize, steps);
    }

    /**
     * The share of the parameters that comes from the counts, over 0 and up to 1. The rest stays as
     * it was, which keeps states different that no row has.
     */
    public LatentDistillation stepSize(double size) {
        if (!(size > 0 && size <= 1)) {
            throw new InvalidArgumentException(
                    "step size is " + size + ": give a number over 0, up to 1");
        }
        return new LatentDistillation(latent, pseudocount, size, steps);
    }

    /**
     * Steps of EM under the given states, at least 1; more than one help when states are missing.
     */
    public LatentDistillation steps(int count) {
        if (count < 1) {
            throw new InvalidArgumentException(count + " steps: give at least 1");
        }
        return new LatentDistillation(latent, pseudocount, stepSize, count);
    }

    /**
     * The circuit with parameters from data and states.
     *
     * @param data at least one row
     * @param states as many rows, and a categorical column for each variable of the data with the
     *     state of its latent variable, from 0 and below the number of nodes of its inputs. A row
     *     that is impossible with its states counts nothing
     * @param compiler makes the engine that counts, over twice as many variables; it is closed here
     * @throws InvalidArgumentException when data or states do not fit the circuit
     */
    public Circuit distill(Dataset data, Dataset states, Function<Circuit, Engine> compiler) {
        check(data, states);
        try (Engine engine = compiler.apply(latent.joint())) {
            Schema both = schema(data.schema(), states.schema());
            for (int step = 0; step < steps; step++) {
                for (long from = 0; from < data.rows(); from += PORTION_ROWS) {
                    long to = Math.min(data.rows(), from + PORTION_ROWS);
                    engine.accumulate(joined(both, data, states, from, to));
                }
                engine.update(stepSize, pseudocount);
            }
            return latent.withoutStates(engine.circuit().parameters());
        }
    }

    /**
     * States of variables from states of regions, such as patches of an image: all variables of a
     * region have its state.
     *
     * @param states a categorical column for each region
     * @param regionOf for each variable the number of its region, or -1 for a variable of none,
     *     whose states are missing
     * @return as many rows, and a column for each variable
     * @throws InvalidArgumentException when a region or a column is none
     */
    public static Dataset ofRegions(Dataset states, int... regionOf) {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < regionOf.length; v++) {
            int region = regionOf[v];
            if (region < -1 || region >= states.variables()) {
                throw new InvalidArgumentException(
                        "variable "
                                + v
                                + " is of region "
                                + region
                                + ": give one from 0 to "
                                + (states.variables() - 1)
                                + ", or -1");
            }
            Column of = states.schema().column(Math.max(0, region));
            if (!of.isCategorical()) {
                throw new InvalidArgumentException(
                        "the states of region "
                                + region
                                + " are a continuous column: give a categorical one, with the"
                                + " number of the state");
            }
            columns.add(Column.categorical("x" + v, of.categories()));
        }
        DatasetBuilder builder = Dataset.builder(Schema.of(columns));
        double[] cells = new double[regionOf.length];
        for (long row = 0; row < states.rows(); row++) {
            long at = row;
            Arrays.setAll(cells, v -> regionOf[v] < 0 ? Double.NaN : states.value(at, regionOf[v]));
            builder.add(cells);
        }
        return builder.build();
    }

    private void check(Dataset data, Dataset states) {
        int variables = latent.joint().variables() / 2;
        if (data.variables() != variables || states.variables() != variables) {
            throw new InvalidArgumentException(
                    "data of "
                            + data.variables()
                            + " variables with states of "
                            + states.variables()
                            + ", and a circuit of "
                            + variables
                            + ": give one column for each variable in both");
        }
        if (data.rows() < 1 || states.rows() != data.rows()) {
            throw new InvalidArgumentException(
                    "data of "
                            + data.rows()
                            + " rows with states of "
                            + states.rows()
                            + ": give as many of these, at least one");
        }
        for (int v = 0; v < variables; v++) {
            if (!states.schema().column(v).isCategorical()) {
                throw new InvalidArgumentException(
                        "the states of variable "
                                + v
                                + " are a continuous column: give a categorical one, with the"
                                + " number of the state");
            }
            double largest = states.maximum(v);
            if (largest >= latent.states(v)) {
                throw new InvalidArgumentException(
                        "the states of variable "
                                + v
                                + " go up to "
                                + (int) largest
                                + ", but the circuit has "
                                + latent.states(v)
                                + ", from 0 to "
                                + (latent.states(v) - 1)
                                + ": give the circuit more latents, or fewer states");
            }
        }
    }

    private Schema schema(Schema data, Schema states) {
        List<Column> columns = new ArrayList<>(data.columns());
        for (int v = 0; v < states.variables(); v++) {
            columns.add(Column.categorical("state of " + data.column(v).name(), latent.states(v)));
        }
        return Schema.of(columns);
    }

    private static Dataset joined(Schema both, Dataset data, Dataset states, long from, long to) {
        int variables = data.variables();
        DatasetBuilder builder = Dataset.builder(both);
        double[] cells = new double[Math.multiplyExact(2, variables)];
        for (long row = from; row < to; row++) {
            long at = row;
            Arrays.setAll(
                    cells,
                    v -> v < variables ? data.value(at, v) : states.value(at, v - variables));
            builder.add(cells);
        }
        return builder.build();
    }
}
