package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Bernoulli;

import java.util.Arrays;
import java.util.List;

/**
 * Deterministic circuits for a constraint on bits. An automaton reads one bit after the other. Node
 * {@code s} of a vector is the uniform distribution over the bits that lead to state {@code s}. An
 * assignment is possible if it leads to the accepting state. Missing transitions of the automaton
 * are hard zeros inside dense tiles.
 */
final class LogicCircuit {

    /** The state after reading a bit. */
    private interface Automaton {
        int next(int state, int bit);
    }

    private final CircuitBuilder builder = Circuit.builder();
    private final GivenParameters parameters = new GivenParameters();
    private final int states;
    private final Automaton automaton;

    private LogicCircuit(int states, Automaton automaton) {
        this.states = states;
        this.automaton = automaton;
    }

    /** Of {@code n} bits exactly {@code k} are one; all such assignments are equally probable. */
    static Circuit exactly(int k, int n) {
        int tooMany = k + 1;
        return new LogicCircuit(k + 2, (ones, bit) -> Math.min(ones + bit, tooMany)).build(n, k);
    }

    /** An odd number of bits are one; all such assignments are equally probable. */
    static Circuit odd(int n) {
        return new LogicCircuit(2, (parity, bit) -> parity ^ bit).build(n, 1);
    }

    private Circuit build(int bits, int accepting) {
        double[] ways = new double[states]; // number of paths to each state
        ways[0] = 1;
        NodeVector[] byBit = {indicator(0, 0), indicator(0, 1)};
        for (int v = 0; ; v++) {
            double[] before = ways;
            ways = waysAfter(before);
            SumVector reached = builder.sum(List.of(byBit), states, states);
            parameters.give(reached, transitions(before, ways));
            if (v == bits - 1) {
                SumVector root = builder.sum(List.of(reached), 1, 1);
                double[] weights = new double[states];
                weights[accepting] = 1;
                return builder.build(parameters.give(root, weights), parameters);
            }
            for (int bit = 0; bit < 2; bit++) {
                byBit[bit] = builder.product(List.of(reached, indicator(v + 1, bit)));
            }
        }
    }

    /** An input whose nodes are each certain of a bit. */
    private InputVector indicator(int variable, int bit) {
        double[] rows = new double[2 * states];
        Arrays.fill(rows, bit * states, (bit + 1) * states, 1);
        return parameters.give(builder.input(variable, new Bernoulli(), states, states), rows);
    }

    private double[] waysAfter(double[] before) {
        double[] after = new double[states];
        for (int from = 0; from < states; from++) {
            for (int bit = 0; bit < 2; bit++) {
                after[automaton.next(from, bit)] += before[from];
            }
        }
        return after;
    }

    /** Two tiles {@code [to][from]}, for the bit 0 and the bit 1. */
    private double[] transitions(double[] before, double[] after) {
        double[] weights = new double[2 * states * states];
        for (int bit = 0; bit < 2; bit++) {
            for (int from = 0; from < states; from++) {
                int to = automaton.next(from, bit);
                if (before[from] > 0) {
                    weights[(bit * states + to) * states + from] = before[from] / after[to];
                }
            }
        }
        for (int to = 0; to < states; to++) {
            if (after[to] == 0) {
                weights[to * states] = 1; // nothing goes on from here
            }
        }
        return weights;
    }
}
