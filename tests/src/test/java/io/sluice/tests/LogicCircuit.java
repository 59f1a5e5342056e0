package io.sluice.tests;

import io.sluice.circuit.Bernoulli;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ParameterInitializer;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Deterministic circuits that compile a constraint on bits: a finite automaton reads the bits one
 * after the other, node {@code s} of a vector stands for its state {@code s}, and an assignment is
 * possible when the automaton ends in an accepting state. Transitions that the automaton does not
 * have are hard zeros inside dense tiles. (Darwiche and Marquis 2002 on compiling knowledge.)
 */
final class LogicCircuit {

    /** The state after reading a bit. */
    private interface Automaton {
        int next(int state, int bit);
    }

    private LogicCircuit() {}

    /** Of {@code n} bits, exactly {@code k} are one; all such assignments are about as probable. */
    static Circuit exactly(int k, int n) {
        int overflow = k + 1;
        return build(n, k + 2, (state, bit) -> Math.min(state + bit, overflow), k);
    }

    /** An odd number of the bits are one. */
    static Circuit parity(int n) {
        return build(n, 2, (state, bit) -> state ^ bit, 1);
    }

    /** Node {@code s} after bit {@code v} is the distribution of bits that lead to state s. */
    private static Circuit build(int bits, int states, Automaton automaton, int accepting) {
        CircuitBuilder b = Circuit.builder();
        NodeVector reached = b.sum(List.of(indicator(b, 0, states), indicator(b, 0, states)), states, states);
        for (int v = 1; v < bits; v++) {
            ProductVector zero = b.product(List.of(reached, indicator(b, v, states)));
            ProductVector one = b.product(List.of(reached, indicator(b, v, states)));
            reached = b.sum(List.of(zero, one), states, states);
        }
        NodeVector root = b.sum(List.of(reached), 1, 1);
        return b.build(root, new Transitions(states, automaton, root.id(), accepting));
    }

    private static InputVector indicator(CircuitBuilder b, int variable, int states) {
        return b.input(variable, new Bernoulli(), states, states);
    }

    private record Transitions(int states, Automaton automaton, int root, int accepting)
            implements ParameterInitializer {

        @Override
        public void fill(NodeVector vector, MemorySegment slice) {
            switch (vector) {
                case InputVector input -> {
                    // Of each pair of input vectors the first is the bit 0, the second the bit 1.
                    int bit = bitOf(input);
                    for (int s = 0; s < states; s++) {
                        set(slice, (long) bit * states + s, 1);
                    }
                }
                case SumVector sum -> {
                    if (sum.id() == root) {
                        set(slice, accepting, 1);
                    } else {
                        fillTransitions(sum, slice);
                    }
                }
                case ProductVector product -> throw new IllegalArgumentException();
            }
        }

        /** Ids run: two inputs, a sum; then input, product, input, product, sum for each bit. */
        private static int bitOf(InputVector input) {
            return input.variable() == 0 ? input.id() : (input.id() - 3) % 5 / 2;
        }

        private void fillTransitions(SumVector sum, MemorySegment slice) {
            boolean first = sum.scope().size() == 1;
            for (int to = 0; to < states; to++) {
                int ways = 0;
                for (int bit = 0; bit < 2; bit++) {
                    for (int from = 0; from < states; from++) {
                        ways += leads(first, from, bit, to) ? 1 : 0;
                    }
                }
                for (int bit = 0; bit < 2; bit++) {
                    for (int from = 0; from < states; from++) {
                        long at = ((long) bit * states + to) * states + from;
                        if (leads(first, from, bit, to)) {
                            set(slice, at, 1.0 / ways);
                        } else if (ways == 0 && bit == 0 && from == states - 1) {
                            set(slice, at, 1); // a state that cannot be reached yet
                        }
                    }
                }
            }
        }
    }
}
