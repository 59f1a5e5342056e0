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

    private final LatentSizes sizes = new LatentSizes();
    private final LeafSource source;
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

    /** Number of latent states, at least 1, by default 64. */
    public HmmBuilder states(int states) {
        sizes.latents(states);
        return this;
    }

    /**
     * How many nodes make a block; divides the number of states. By default the largest divisor
     * that is at most 128.
     */
    public HmmBuilder blockSize(int nodes) {
        sizes.blockSize(nodes);
        return this;
    }

    /** Whether all steps share transition and emission, as they do by default. */
    public HmmBuilder homogeneous(boolean homogeneous) {
        tiedTransitions = homogeneous;
        tiedEmissions = homogeneous;
        return this;
    }

    /**
     * Whether all steps share their emissions, the default; these then have one family. Steps with
     * different emissions can still share their transitions.
     */
    public HmmBuilder tiedEmissions(boolean tiedEmissions) {
        this.tiedEmissions = tiedEmissions;
        return this;
    }

    /** Which states a state leads to: all of them by default. */
    public HmmBuilder edges(EdgePattern edges) {
        this.edges = edges;
        return this;
    }

    /** Seed of the first parameters, by default 0. */
    public HmmBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException when the block size does not divide the number of states, or
     *     tied emissions have different columns or families
     */
    public Circuit build() {
        int block = sizes.blockSize();
        Leaves leaves = tiedEmissions ? source.homogeneousLeaves(seed) : source.leaves(seed);
        return build(leaves, block);
    }

    /** Builds from the last step to the first; {@code after} is p(x_t, x_(t+1), ... | z_t). */
    private Circuit build(Leaves leaves, int block) {
        List<InputFamily> families = leaves.families();
        int length = families.size();
        CircuitBuilder circuit = Circuit.builder();
        InputVector emission =
                circuit.input(length - 1, families.get(length - 1), sizes.latents(), block);
        @Nullable SumVector transition = null;
        NodeVector after = emission;
        for (int t = length - 2; t >= 0; t--) {
            SumVector next =
                    transition != null && tiedTransitions
                            ? circuit.tiedSum(transition, List.of(after))
                            : circuit.sum(List.of(after), sizes.latents(), block, edges);
            transition = next;
            InputVector input =
                    tiedEmissions
                            ? circuit.tiedInput(t, emission)
                            : circuit.input(t, families.get(t), sizes.latents(), block);
            after = circuit.product(List.of(input, next));
        }
        return circuit.build(circuit.sum(List.of(after), 1, 1), leaves.initializer());
    }
}
