package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.SumVector;
import io.sluice.data.Column;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/** Settings of an {@link Hmm}. For one thread. */
public final class HmmBuilder {
    private static final int DEFAULT_STATES = 64;

    private final int length;
    private final @Nullable Dataset data;
    private final @Nullable InputFamily family;
    private int states = DEFAULT_STATES;
    private int blockSize; // 0: the default for the states
    private boolean homogeneous = true;
    private long seed;

    HmmBuilder(int length, InputFamily family) {
        if (length < 1) {
            throw new InvalidArgumentException(
                    "a sequence of " + length + " variables: give a length of at least 1");
        }
        this.length = length;
        this.family = family;
        this.data = null;
    }

    HmmBuilder(Dataset data) {
        this.length = data.variables();
        this.family = null;
        this.data = data;
    }

    /** How many latent states there are, at least 1, by default 64. */
    public HmmBuilder states(int changed) {
        BlockSizes.check(changed, 1);
        states = changed;
        return this;
    }

    /**
     * How many nodes make a block; divides the number of states. By default the largest divisor
     * that is at most 128.
     */
    public HmmBuilder blockSize(int changed) {
        if (changed < 1) {
            throw new InvalidArgumentException("blocks of " + changed + " nodes: give at least 1");
        }
        blockSize = changed;
        return this;
    }

    /** Whether all steps share transition and emission, as they do by default. */
    public HmmBuilder homogeneous(boolean changed) {
        homogeneous = changed;
        return this;
    }

    /** Seed of the first parameters, by default 0. */
    public HmmBuilder seed(long changed) {
        seed = changed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException when the block size does not divide the number of states, or
     *     a homogeneous model is asked for columns that differ
     */
    public Circuit build() {
        int block = blockSize == 0 ? BlockSizes.defaultFor(states) : blockSize;
        BlockSizes.check(states, block);
        if (family != null) {
            return build(
                    Collections.nCopies(length, family), block, ParameterInitializer.random(seed));
        }
        if (data == null) {
            throw new AssertionError("a builder has a family or data");
        }
        Marginals marginals = Marginals.of(data);
        if (!homogeneous) {
            return build(
                    marginals.families(), block, new MarginalInitializer(marginals, false, seed));
        }
        requireEqualColumns(data);
        Marginals pooled = marginals.pooled();
        return build(
                Collections.nCopies(length, pooled.family(0)),
                block,
                new MarginalInitializer(pooled, true, seed));
    }

    /** From the last step to the first; {@code after} is p(x_t, x_(t+1), ... | z_t). */
    private Circuit build(List<InputFamily> families, int block, ParameterInitializer initializer) {
        CircuitBuilder circuit = Circuit.builder();
        InputVector emission = circuit.input(length - 1, families.get(length - 1), states, block);
        @Nullable SumVector transition = null;
        NodeVector after = emission;
        for (int t = length - 2; t >= 0; t--) {
            SumVector next =
                    transition != null && homogeneous
                            ? circuit.tiedSum(transition, List.of(after))
                            : circuit.sum(List.of(after), states, block);
            transition = next;
            InputVector input =
                    homogeneous
                            ? circuit.tiedInput(t, emission)
                            : circuit.input(t, families.get(t), states, block);
            after = circuit.product(List.of(input, next));
        }
        return circuit.build(circuit.sum(List.of(after), 1, 1), initializer);
    }

    private static void requireEqualColumns(Dataset data) {
        Column first = data.schema().column(0);
        for (Column column : data.schema().columns()) {
            if (column.kind() != first.kind() || column.categories() != first.categories()) {
                throw new InvalidArgumentException(
                        "a homogeneous hidden Markov model of columns that differ ('"
                                + first.name()
                                + "' has "
                                + first.categories()
                                + " categories, '"
                                + column.name()
                                + "' has "
                                + column.categories()
                                + "): give columns of one kind, or ask for homogeneous(false)");
            }
        }
    }
}
