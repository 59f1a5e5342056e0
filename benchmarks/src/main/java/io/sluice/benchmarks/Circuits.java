package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.leaf.Bernoulli;

import java.util.ArrayList;
import java.util.List;

/**
 * Circuits in which one kernel takes nearly all the time. They have as many sums or inputs as a
 * hidden Chow-Liu tree over 784 pixels, so their parameters fill the same caches.
 */
final class Circuits {
    private static final int CHAINS = 16;
    private static final int SUMS_A_CHAIN = 49;
    private static final int INPUTS_A_MIXTURE = 8;
    private static final int MIXTURES_A_GROUP = 7;

    private Circuits() {}

    /**
     * 784 dense sum vectors of some nodes over as many, in 16 chains, each over one binary input:
     * sums of sums, without elements to form between them.
     */
    static Circuit sums(int nodes) {
        CircuitBuilder circuit = Circuit.builder();
        List<NodeVector> chains = new ArrayList<>();
        for (int chain = 0; chain < CHAINS; chain++) {
            NodeVector top = circuit.input(chain, new Bernoulli(), nodes, nodes);
            for (int i = 0; i < SUMS_A_CHAIN; i++) {
                top = circuit.sum(List.of(top), nodes, nodes);
            }
            chains.add(top);
        }
        return rooted(circuit, chains);
    }

    /**
     * Inputs and little else: for every eight variables a mixture of products of their inputs. A
     * mixture has one node, so its sum costs as much as reading one or two inputs.
     *
     * @param families of each variable; their number is divisible by 56
     * @param nodes of each input vector
     */
    static Circuit inputs(List<? extends InputFamily> families, int nodes) {
        CircuitBuilder circuit = Circuit.builder();
        List<NodeVector> groups = new ArrayList<>();
        for (int variable = 0; variable < families.size(); ) {
            List<NodeVector> mixtures = new ArrayList<>();
            while (mixtures.size() < MIXTURES_A_GROUP) {
                List<NodeVector> inputs = new ArrayList<>();
                while (inputs.size() < INPUTS_A_MIXTURE) {
                    inputs.add(circuit.input(variable, families.get(variable), nodes, nodes));
                    variable++;
                }
                mixtures.add(circuit.sum(List.of(circuit.product(inputs)), 1, 1));
            }
            // A sum over a product of few brings the scale back into range.
            groups.add(circuit.sum(List.of(circuit.product(mixtures)), 1, 1));
        }
        return rooted(circuit, groups);
    }

    private static Circuit rooted(CircuitBuilder circuit, List<NodeVector> parts) {
        return circuit.build(
                circuit.sum(List.of(circuit.product(parts)), 1, 1), ParameterInitializer.random(1));
    }
}
