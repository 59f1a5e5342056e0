package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Distribution;
import io.sluice.circuit.InputFamily;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Collects the distributions of missing cells. Each is a mixture of the nodes of its variable's
 * inputs. If the variable has finitely many values, their probabilities are kept instead.
 */
final class MixtureCells {
    private final Circuit circuit;
    private final IntFunction<Distribution[]> componentsOf;
    private final @Nullable Distribution[][] components;
    private final int[] row;
    private final int[] variable;
    private final double[][] distribution;

    /**
     * @param cells number of missing cells
     * @param componentsOf the nodes of a variable's inputs, input by input
     */
    MixtureCells(Circuit circuit, int cells, IntFunction<Distribution[]> componentsOf) {
        this.circuit = circuit;
        this.componentsOf = componentsOf;
        components = new Distribution[circuit.variables()][];
        row = new int[cells];
        variable = new int[cells];
        distribution = new double[cells][];
    }

    private Distribution[] components(int ofVariable) {
        Distribution[] known = components[ofVariable];
        if (known == null) {
            known = componentsOf.apply(ofVariable);
            components[ofVariable] = known;
        }
        return known;
    }

    /**
     * The mixture of a cell.
     *
     * @param cell its index in the result
     * @param weights of the components, which sum to one up to rounding
     */
    void putWeights(int cell, int ofRow, int ofVariable, double[] weights) {
        double total = Arrays.stream(weights).sum();
        double[] shares = Arrays.stream(weights).map(weight -> weight / total).toArray();
        Distribution[] nodes = components(ofVariable);
        InputFamily family = circuit.family(ofVariable);
        put(
                cell,
                ofRow,
                ofVariable,
                family.finite() ? probabilities(shares, nodes, family.categories()) : shares);
    }

    private static double[] probabilities(double[] weights, Distribution[] nodes, int categories) {
        double[] probabilities = new double[categories];
        for (int n = 0; n < weights.length; n++) {
            for (int k = 0; weights[n] > 0 && k < categories; k++) {
                probabilities[k] += weights[n] * Math.exp(nodes[n].logDensity(k));
            }
        }
        return probabilities;
    }

    /**
     * The distribution of a cell.
     *
     * @param numbers probabilities of the categories, or weights that sum to one
     */
    void put(int cell, int ofRow, int ofVariable, double[] numbers) {
        row[cell] = ofRow;
        variable[cell] = ofVariable;
        distribution[cell] = numbers;
    }

    Conditionals result(long rows) {
        Distribution[][] mixtures = new Distribution[circuit.variables()][];
        for (int v = 0; v < mixtures.length; v++) {
            Distribution[] known = components[v];
            mixtures[v] = known == null || circuit.family(v).finite() ? new Distribution[0] : known;
        }
        boolean[] finite = new boolean[circuit.variables()];
        for (int v = 0; v < finite.length; v++) {
            finite[v] = circuit.family(v).finite();
        }
        return new Conditionals(rows, row, variable, distribution, finite, mixtures);
    }
}
