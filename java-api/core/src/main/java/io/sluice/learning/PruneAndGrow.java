package io.sluice.learning;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;
import io.sluice.learning.TrainingHistory.Ending;
import io.sluice.runtime.Engine;
import io.sluice.transform.Grow;
import io.sluice.transform.Prune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Improves the structure of a trained circuit. Each cycle prunes the edges that the training data
 * hardly use, doubles the remaining nodes, and trains the result (Dang, Liu and Van den Broeck
 * 2022, "Sparse Probabilistic Circuits via Pruning and Growing", section 5). With a share of three
 * quarters, a cycle grows as many edges as it prunes, and their number stays about the same.
 *
 * <p>Pruned edges are hard zeros ({@link Prune.Unit#EDGE}), so a grown circuit takes as much memory
 * and time as a dense one with its number of nodes. With {@link Prune.Unit#TILE} and small blocks
 * it takes less, and learns less.
 *
 * <p>Configurations are immutable: every method returns a new one. Methods throw {@link
 * InvalidArgumentException} for impossible values.
 *
 * <pre>{@code
 * Circuit better = PruneAndGrow.tunedBy(em).cycles(3)
 *         .fit(trained, circuit -> Engine.compile(circuit, Device.auto()), train)
 *         .circuit();
 * }</pre>
 *
 * @param tuning how a grown circuit is trained. Its validation set, if any, also chooses among the
 *     cycles. Its checkpoint folder gets a folder for each cycle; a run that is stopped or killed,
 *     and started again to resume from the same circuit, ends with the bits of an uninterrupted one
 * @param cycles number of cycles, at least 1
 * @param share of the edges that is pruned, from 0, below 1
 * @param unit what is pruned at once
 * @param noise of growing, as for {@link Grow}
 * @param seed of the noise
 */
public record PruneAndGrow(
        Learner<?> tuning, int cycles, double share, Prune.Unit unit, double noise, long seed) {

    private static final double DEFAULT_SHARE = 0.75;
    private static final double DEFAULT_NOISE = 0.3;

    /** Checks the ranges. */
    public PruneAndGrow {
        if (cycles < 1) {
            throw new InvalidArgumentException("cycles is " + cycles + ": give at least 1");
        }
        if (!(share >= 0 && share < 1)) {
            throw new InvalidArgumentException(
                    "share to prune is " + share + ": give a number from 0, below 1");
        }
        if (!(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
            throw new InvalidArgumentException(
                    "noise of growing is " + noise + ": give a finite number of at least 0");
        }
    }

    /**
     * The result of all cycles.
     *
     * @param circuit of the last cycle; with a validation set, the best of all cycles and of the
     *     circuit that they began with
     * @param cycles in order; fewer than asked for when the run was stopped
     */
    public record Result(Circuit circuit, List<Cycle> cycles) {
        /** Takes a copy of the list. */
        public Result {
            cycles = List.copyOf(cycles);
        }
    }

    /**
     * One cycle.
     *
     * @param pruned edges after pruning, as {@link io.sluice.circuit.CircuitProperties#edges}
     * @param grown edges after growing, which were trained
     * @param history of the training
     */
    public record Cycle(long pruned, long grown, TrainingHistory history) {}

    /** One cycle that prunes three quarters of the edges, one by one, and grows with noise 0.3. */
    public static PruneAndGrow tunedBy(Learner<?> tuning) {
        return new PruneAndGrow(tuning, 1, DEFAULT_SHARE, Prune.Unit.EDGE, DEFAULT_NOISE, 0);
    }

    /** How often to prune, grow and train, at least 1. */
    public PruneAndGrow cycles(int changed) {
        return new PruneAndGrow(tuning, changed, share, unit, noise, seed);
    }

    /** Share of the edges to prune in a cycle, from 0, below 1. */
    public PruneAndGrow share(double changed) {
        return new PruneAndGrow(tuning, cycles, changed, unit, noise, seed);
    }

    /** What is pruned at once. */
    public PruneAndGrow unit(Prune.Unit changed) {
        return new PruneAndGrow(tuning, cycles, share, changed, noise, seed);
    }

    /** Noise of growing, at least 0. */
    public PruneAndGrow noise(double changed) {
        return new PruneAndGrow(tuning, cycles, share, unit, changed, seed);
    }

    /** Seed of the noise. */
    public PruneAndGrow seed(long changed) {
        return new PruneAndGrow(tuning, cycles, share, unit, noise, changed);
    }

    /**
     * Runs the cycles.
     *
     * @param circuit trained on the data; it is not changed
     * @param compiler gives engines, which are closed here
     * @param train at least one row
     * @throws InvalidArgumentException if whole tiles are pruned and every block of the circuit has
     *     a single tile, and as {@link ExpectationMaximization#fit}
     */
    public Result fit(Circuit circuit, Function<Circuit, Engine> compiler, Dataset train) {
        if (unit == Prune.Unit.TILE) {
            requireSpareBlocks(circuit);
        }
        Dataset valid = tuning.validation();
        List<Cycle> done = new ArrayList<>();
        Circuit current = circuit;
        Circuit best = circuit;
        double bestValidation = Double.NEGATIVE_INFINITY;
        for (int cycle = 1; cycle <= cycles; cycle++) {
            Circuit pruned;
            try (Engine engine = compiler.apply(current)) {
                if (cycle == 1 && valid != null) {
                    bestValidation = engine.logLikelihood(valid).mean();
                }
                engine.accumulate(train);
                pruned = Prune.byFlow(current, engine::flows, share, unit);
            }
            Circuit grown = Grow.twofold(pruned, noise, seed + cycle);
            try (Engine engine = compiler.apply(grown)) {
                TrainingHistory history = tuning(cycle).fit(engine, train);
                current = engine.circuit();
                done.add(
                        new Cycle(
                                pruned.properties().edges(), grown.properties().edges(), history));
                double validation = valid == null ? 0 : engine.logLikelihood(valid).mean();
                if (validation > bestValidation) {
                    best = current;
                    bestValidation = valid == null ? Double.NEGATIVE_INFINITY : validation;
                }
                if (history.ending() == Ending.STOPPED) {
                    break;
                }
            }
        }
        return new Result(best, done);
    }

    private Learner<?> tuning(int cycle) {
        Path folder = tuning.checkpoints();
        return folder == null ? tuning : tuning.checkpoints(folder.resolve("cycle-" + cycle));
    }

    private static void requireSpareBlocks(Circuit circuit) {
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum && sum.tiles() > sum.blocks()) {
                return;
            }
        }
        throw new InvalidArgumentException(
                "every block of the circuit's sums has a single tile, so nothing can be"
                        + " pruned: build it with smaller blocks, such as 8 nodes, or prune single"
                        + " edges");
    }
}
