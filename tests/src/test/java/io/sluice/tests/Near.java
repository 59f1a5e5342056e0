package io.sluice.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.runtime.Conditionals;
import io.sluice.runtime.Engine;

import java.util.Arrays;

/** Comparisons of two results, within rounding. */
final class Near {
    /** JUnit refuses a tolerance of zero. */
    static final double EXACTLY = Double.MIN_VALUE;

    private Near() {}

    /** Equal within a tolerance relative to max(1, |value|); infinities exactly. */
    static void assertNear(double expected, double found, double tolerance, String what) {
        if (Double.isInfinite(expected) || Double.isNaN(expected)) {
            assertEquals(expected, found, what);
        } else {
            assertEquals(expected, found, tolerance * Math.max(1, Math.abs(expected)), what);
        }
    }

    static void assertNear(double[] expected, double[] found, double tolerance, String what) {
        assertEquals(expected.length, found.length, what);
        for (int i = 0; i < expected.length; i++) {
            assertNear(expected[i], found[i], tolerance, what + ", at " + i);
        }
    }

    /** Compares the statistics of every vector, relative to the largest of the vector. */
    static void assertSameFlows(Engine expected, Engine found, double tolerance) {
        for (NodeVector vector : expected.circuit().vectors()) {
            if (!(vector instanceof ProductVector)) {
                double[] flows = expected.flows(vector.id());
                double scale = Arrays.stream(flows).map(Math::abs).reduce(1, Math::max);
                assertArrayEquals(
                        flows, found.flows(vector.id()), tolerance * scale, "flows of " + vector);
            }
        }
    }

    static void assertSameParameters(Engine expected, Engine found, double tolerance) {
        Circuit circuit = expected.circuit();
        Circuit other = found.circuit();
        for (NodeVector vector : circuit.vectors()) {
            if (!(vector instanceof ProductVector)) {
                assertNear(
                        parameters(circuit, vector),
                        parameters(other, vector),
                        tolerance,
                        "parameters of " + vector);
            }
        }
    }

    /** The parameters that a vector uses, in the order of the layout. */
    static double[] parameters(Circuit circuit, NodeVector vector) {
        double[] values = new double[(int) circuit.layout().length(vector.id())];
        long offset = circuit.layout().offset(vector.id());
        Arrays.setAll(values, i -> circuit.parameters().get(offset + i));
        return values;
    }

    /** The largest difference between a vector's parameters in two circuits. */
    static double largestDifference(Circuit circuit, Circuit other, NodeVector vector) {
        double[] a = parameters(circuit, vector);
        double[] b = parameters(other, vector);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    static void assertSameConditionals(
            Conditionals expected, Conditionals found, double tolerance) {
        assertEquals(expected.cells(), found.cells());
        for (int cell = 0; cell < expected.cells(); cell++) {
            String what = "variable " + expected.variable(cell) + " of row " + expected.row(cell);
            assertEquals(expected.row(cell), found.row(cell));
            assertEquals(expected.variable(cell), found.variable(cell));
            assertNear(expected.mean(cell), found.mean(cell), tolerance, "mean of " + what);
            assertNear(
                    expected.standardDeviation(cell),
                    found.standardDeviation(cell),
                    tolerance,
                    "deviation of " + what);
            if (expected.finite(cell)) {
                assertNear(
                        expected.probabilities(cell), found.probabilities(cell), tolerance, what);
            }
        }
    }
}
