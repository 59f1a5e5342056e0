package io.sluice.tests;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;
import io.sluice.leaf.Categorical;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Deterministic circuits of random shape over 2 to 10 binary variables, or fewer with more
 * categories. The children of a sum have disjoint supports in one of their variables, so at most
 * one of them is possible for a complete row.
 */
final class DeterministicCircuit {
    private static final int MOST_VARIABLES = 10;
    private static final int MOST_ASSIGNMENTS = 1 << MOST_VARIABLES;

    private final CircuitBuilder builder = Circuit.builder();
    private final GivenParameters parameters = new GivenParameters();
    private final SplittableRandom random;
    private final int categories;

    private DeterministicCircuit(long seed) {
        random = new SplittableRandom(seed);
        categories = 2 + random.nextInt(3);
    }

    static Circuit random(long seed) {
        return new DeterministicCircuit(seed).build();
    }

    private Circuit build() {
        int most = (int) (Math.log(MOST_ASSIGNMENTS) / Math.log(categories) + 1e-9);
        List<Integer> variables = IntStream.range(0, 2 + random.nextInt(most - 1)).boxed().toList();
        return builder.build(decision(variables), parameters);
    }

    private NodeVector any(List<Integer> variables) {
        if (variables.size() == 1) {
            return input(variables.get(0), support(0, 1));
        }
        if (random.nextDouble() < 0.3) {
            int cut = 1 + random.nextInt(variables.size() - 1);
            return builder.product(
                    List.of(
                            any(variables.subList(0, cut)),
                            any(variables.subList(cut, variables.size()))));
        }
        return decision(variables);
    }

    /** A sum whose children divide the categories of one variable among them. */
    private SumVector decision(List<Integer> variables) {
        int decided = variables.get(random.nextInt(variables.size()));
        List<Integer> rest = variables.stream().filter(v -> v != decided).toList();
        int ways = 2 + random.nextInt(categories - 1);
        List<NodeVector> children = new ArrayList<>();
        for (int way = 0; way < ways; way++) {
            InputVector input = input(decided, support(way, ways));
            children.add(builder.product(List.of(input, any(rest))));
        }
        return parameters.give(builder.sum(children, 1, 1), distribution(ways));
    }

    private InputVector input(int variable, double[] probabilities) {
        return parameters.give(
                builder.input(variable, new Categorical(categories), 1, 1), probabilities);
    }

    /** A distribution over the categories {@code way, way + ways, way + 2 ways, ...}. */
    private double[] support(int way, int ways) {
        double[] probabilities = new double[categories];
        for (int k = way; k < categories; k += ways) {
            probabilities[k] = 0.05 + random.nextDouble();
        }
        return normalised(probabilities);
    }

    private double[] distribution(int count) {
        double[] weights = new double[count];
        Arrays.setAll(weights, i -> 0.05 + random.nextDouble());
        return normalised(weights);
    }

    private static double[] normalised(double[] weights) {
        double total = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / total).toArray();
    }
}
