package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.List;

/** Settings of an {@link Hmm}. For one thread. */
public final class HmmBuilder {
    private static final int DEFAULT_STATES = 64;

    private final LeafSource source;
    private int states = DEFAULT_STATES;
    private int blockSize; // 0: the default for the states
    private boolean tiedTransitions = true;
    private boolean tiedEmissions = true;
    private EdgePattern edges = EdgePattern.dense();
    private long seed;

    HmmBuilder(int length, InputFamily family) {
        if (length < 1) {
            throw new InvalidArgumentException(
                    "a sequence of " + length + " variables: give a length of at least 1");
        }
        this.source = new LeafSource.Families(Collections.nCopies(length, family));
    }

    HmmBuilder(List<InputFamily> families) {
        this.source = new LeafSource.Families(families);
    }

    HmmBuilder(Dataset data) {
        this.source = new LeafSource.Data(data);
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
        tiedTransitions = changed;
        tiedEmissions = changed;
        return this;
    }

    /**
     * Whether all steps share their emissions, which then have one family, as by default. Steps
     * that do not can still share their transitions.
     */
    public HmmBuilder tiedEmissions(boolean changed) {
        tiedEmissions = changed;
        return this;
    }

    /** Which states a state leads to: all of them by default. */
    public HmmBuilder edges(EdgePattern changed) {
        edges = changed;
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
     *     emissions are tied whose columns or families differ
     */
    public Circuit build() {
        int block = blockSize == 0 ? BlockSizes.defaultFor(states) : blockSize;
        BlockSizes.check(states, block);
        Leaves leaves = tiedEmissions ? source.homogeneousLeaves(seed) : source.leaves(seed);
        return build(leaves, block);
    }

    /** From the last step to the first; {@code after} is p(x_t, x_(t+1), ... | z_t). */
    private Circuit build(Leaves leaves, int block) {
        List<InputFamily> families = leaves.families();
        int length = families.size();
        CircuitBuilder circuit = Circuit.builder();
        InputVector emission = circuit.input(length - 1, families.get(length - 1), states, block);
        @Nullable SumVector transition = null;
        NodeVector after = emission;
        for (int t = length - 2; t >= 0; t--) {
            SumVector next =
                    transition != null && tiedTransitions
                            ? circuit.tiedSum(transition, List.of(after))
                            : circuit.sum(List.of(after), states, block, edges);
            transition = next;
            InputVector input =
                    tiedEmissions
                            ? circuit.tiedInput(t, emission)
                            : circuit.input(t, families.get(t), states, block);
            after = circuit.product(List.of(input, next));
        }
        return circuit.build(circuit.sum(List.of(after), 1, 1), leaves.initializer());
    }
}
