package io.sluice.transform;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterLayout;
import io.sluice.circuit.Parameters;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Indicator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The latent variables of a circuit as variables that can be observed (Peharz et al. 2017, "On the
 * Latent Variable Interpretation in Sum-Product Networks", section 3). In hidden Chow-Liu trees and
 * hidden Markov models, each variable {@code X_v} has one vector of inputs. The node that is used
 * is the state of a latent variable {@code Z_v}. The circuit with latent variables multiplies node
 * k of that vector by an indicator of {@code Z_v = k}. If all states are missing it is the original
 * circuit; if states are observed it is the joint distribution.
 *
 * <p>Immutable.
 */
public final class LatentVariables {
    private final Circuit source;
    private final Circuit joint;
    private final int[] states;
    private final NodeVector[] counterparts;

    private LatentVariables(
            Circuit source, int[] states, NodeVector[] counterparts, Circuit joint) {
        this.source = source;
        this.states = states;
        this.counterparts = counterparts;
        this.joint = joint;
    }

    /**
     * Makes the latent variables of a circuit observable.
     *
     * @throws InvalidArgumentException when a variable has several vectors of inputs
     */
    public static LatentVariables of(Circuit circuit) {
        int[] states = new int[circuit.variables()];
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof InputVector input) {
                if (states[input.variable()] != 0) {
                    throw new InvalidArgumentException(
                            "variable "
                                    + input.variable()
                                    + " has several vectors of inputs, so its latent variable has"
                                    + " no single list of states: give a hidden Chow-Liu tree, a"
                                    + " hidden Markov model, or another circuit with one for each"
                                    + " variable");
                }
                states[input.variable()] = input.nodes();
            }
        }
        Assembly assembly = new Assembly();
        NodeVector[] counterparts = new NodeVector[circuit.vectors().size()];
        new Rewriter(circuit, assembly, counterparts).addAll();
        NodeVector root = counterparts[circuit.root().id()];
        Circuit joint = assembly.build(root);
        NodeVector[] own = new NodeVector[counterparts.length]; // inputs without their indicators
        for (NodeVector vector : circuit.vectors()) {
            NodeVector counterpart = counterparts[vector.id()];
            own[vector.id()] =
                    vector instanceof InputVector
                            ? ((ProductVector) counterpart).children().get(0)
                            : counterpart;
        }
        return new LatentVariables(circuit, states, own, joint);
    }

    /**
     * The circuit over the variables {@code 0 .. V-1} of the source and the latent ones {@code V ..
     * 2V-1}; variable {@code V + v} is the state of {@code v}, from 0 to {@link #states} - 1.
     */
    public Circuit joint() {
        return joint;
    }

    /** Number of states of a variable's latent variable. */
    public int states(int variable) {
        return states[variable];
    }

    /**
     * The source with the parameters that the joint circuit has learned.
     *
     * @param learned in the layout of {@link #joint}
     * @throws InvalidArgumentException if they have another layout or are no distributions
     */
    public Circuit withoutStates(Parameters learned) {
        ParameterLayout from = joint.withParameters(learned).layout();
        ParameterLayout to = source.layout();
        return source.withParameters(
                Parameters.filled(
                        to.size(),
                        memory -> {
                            for (NodeVector vector : source.vectors()) {
                                if (!(vector instanceof ProductVector)) {
                                    MemorySegment.copy(
                                            learned.segment(),
                                            JAVA_FLOAT,
                                            from.offset(counterparts[vector.id()].id())
                                                    * Float.BYTES,
                                            memory,
                                            JAVA_FLOAT,
                                            to.offset(vector.id()) * Float.BYTES,
                                            to.length(vector.id()));
                                }
                            }
                        }));
    }

    /** Adds the source's vectors to another circuit, with indicators. */
    private static final class Rewriter {
        private final Circuit source;
        private final Assembly assembly;
        private final CircuitBuilder builder;
        private final NodeVector[] counterparts;
        private final Map<List<Integer>, InputVector> indicators = new HashMap<>(); // by shape
        private final Map<Integer, InputVector> inputs = new HashMap<>(); // by the owner's id
        private final Map<Integer, SumVector> sums = new HashMap<>();

        Rewriter(Circuit source, Assembly assembly, NodeVector[] counterparts) {
            this.source = source;
            this.assembly = assembly;
            this.builder = assembly.builder();
            this.counterparts = counterparts;
        }

        void addAll() {
            for (NodeVector vector : source.vectors()) {
                counterparts[vector.id()] =
                        switch (vector) {
                            case InputVector input ->
                                    builder.product(List.of(input(input), indicator(input)));
                            case ProductVector product ->
                                    builder.product(
                                            counterparts(product.children()), childBlocks(product));
                            case SumVector sum -> sum(sum);
                        };
            }
        }

        private InputVector input(InputVector input) {
            InputVector owner = inputs.get(input.parameterOwner());
            if (owner != null) {
                return builder.tiedInput(input.variable(), owner);
            }
            InputVector made =
                    builder.input(
                            input.variable(), input.family(), input.nodes(), input.blockSize());
            inputs.put(input.parameterOwner(), made);
            return assembly.filled(made, slice -> slice.copyFrom(slice(input)));
        }

        private InputVector indicator(InputVector input) {
            int variable = source.variables() + input.variable();
            List<Integer> shape = List.of(input.nodes(), input.blockSize());
            @Nullable InputVector owner = indicators.get(shape);
            if (owner != null) {
                return builder.tiedInput(variable, owner);
            }
            int nodes = input.nodes();
            InputVector made =
                    builder.input(variable, new Indicator(nodes), nodes, input.blockSize());
            indicators.put(shape, made);
            return assembly.filled(
                    made,
                    slice -> {
                        for (int node = 0; node < nodes; node++) {
                            slice.setAtIndex(JAVA_FLOAT, node, node);
                        }
                    });
        }

        private SumVector sum(SumVector sum) {
            List<NodeVector> children = counterparts(sum.children());
            SumVector owner = sums.get(sum.parameterOwner());
            if (owner != null) {
                return builder.tiedSum(owner, children);
            }
            int[] parents = new int[sum.tiles()];
            int[] read = new int[sum.tiles()];
            Arrays.setAll(parents, sum::parentBlock);
            Arrays.setAll(read, sum::childBlock);
            SumVector made = builder.sum(children, sum.nodes(), sum.blockSize(), parents, read);
            sums.put(sum.parameterOwner(), made);
            return assembly.filled(made, slice -> slice.copyFrom(slice(sum)));
        }

        private List<NodeVector> counterparts(List<NodeVector> children) {
            return children.stream().map(child -> counterparts[child.id()]).toList();
        }

        private static int[][] childBlocks(ProductVector product) {
            int[][] blocks = new int[product.blocks()][product.children().size()];
            for (int q = 0; q < blocks.length; q++) {
                int block = q;
                Arrays.setAll(blocks[q], j -> product.childBlock(block, j));
            }
            return blocks;
        }

        private MemorySegment slice(NodeVector vector) {
            ParameterLayout layout = source.layout();
            return source.parameters()
                    .segment()
                    .asSlice(
                            layout.offset(vector.id()) * Float.BYTES,
                            layout.length(vector.id()) * Float.BYTES);
        }
    }
}
