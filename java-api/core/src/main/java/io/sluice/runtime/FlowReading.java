package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.LeafKernel;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.ProductVector;
import io.sluice.circuit.SumVector;
import io.sluice.compile.Plan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Computes flows from the kernels' statistics. */
final class FlowReading {
    private final Circuit circuit;
    private final Plan plan;
    private final KernelRunner runner;
    private final TabulatedLeaves tabulated;

    /**
     * @param tabulated the inputs of families that kernels do not know
     */
    FlowReading(Circuit circuit, Plan plan, KernelRunner runner, TabulatedLeaves tabulated) {
        this.tabulated = tabulated;
        this.circuit = circuit;
        this.plan = plan;
        this.runner = runner;
    }

    /**
     * @param empty whether there are no statistics
     */
    double[] flows(NodeVector vector, boolean empty) {
        return switch (vector) {
            case SumVector sum -> edgeFlows(sum, empty);
            case InputVector input -> inputFlows(input, empty);
            case ProductVector product -> throw new IllegalStateException(product.toString());
        };
    }

    /** The kernels' statistics are flows divided by weights. */
    private double[] edgeFlows(SumVector sum, boolean empty) {
        int count = Math.toIntExact(circuit.layout().length(sum.id()));
        long first = circuit.layout().offset(sum.id());
        double[] flows = new double[count];
        if (!empty) {
            float[] statistics = statistics(first, count);
            float[] parameters = parameters(first, count);
            for (int i = 0; i < count; i++) {
                flows[i] = (double) statistics[i] * parameters[i];
            }
        }
        return flows;
    }

    private double[] inputFlows(InputVector input, boolean empty) {
        int rows = input.family().statisticRows();
        double[] flows = new double[Math.multiplyExact(rows, input.nodes())];
        if (empty) {
            return flows;
        }
        if (input.family().kernel() == LeafKernel.TABULATED) {
            return tabulated.statistics(runner, input.parameterOwner());
        }
        int table = plan.inputs().table()[inputOf(input)];
        float[] statistics = statistics(plan.tables().statistic()[table], flows.length);
        for (int i = 0; i < flows.length; i++) {
            flows[i] = statistics[i];
        }
        if (input.family().kernel() == LeafKernel.GAUSSIAN) {
            moveToZero(flows, input);
        }
        return flows;
    }

    /**
     * Computes moments about zero from those of the kernels, which are about the nodes' means and
     * in units of their deviations.
     */
    private void moveToZero(double[] moments, InputVector input) {
        int nodes = input.nodes();
        float[] parameters = parameters(circuit.layout().offset(input.id()), 2 * nodes);
        for (int n = 0; n < nodes; n++) {
            double mean = parameters[n];
            double deviation = parameters[nodes + n];
            double total = moments[n];
            double first = deviation * moments[nodes + n];
            double second = deviation * deviation * moments[2 * nodes + n];
            moments[nodes + n] = first + mean * total;
            moments[2 * nodes + n] = second + 2 * mean * first + mean * mean * total;
        }
    }

    /** The first input of a vector; inputs are in the order of vectors and blocks. */
    private int inputOf(InputVector wanted) {
        int input = 0;
        for (int id = 0; id < wanted.id(); id++) {
            if (circuit.vectors().get(id) instanceof InputVector earlier) {
                input += earlier.blocks();
            }
        }
        return input;
    }

    private float[] statistics(long first, int count) {
        return copied(count, to -> runner.copyStatistics(first, to));
    }

    private float[] parameters(long first, int count) {
        return copied(count, to -> runner.copyParameters(first, to));
    }

    private interface Copy {
        void to(MemorySegment memory);
    }

    private static float[] copied(int count, Copy copy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ValueLayout.JAVA_FLOAT, count);
            copy.to(memory);
            return memory.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
