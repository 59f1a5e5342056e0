package io.sluice.benchmarks;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.SumVector;

import java.util.BitSet;

/**
 * The least traffic between a device and its memory. Results that pass from one kernel to another
 * are written once and read once; kernels recompute what they can. With S nodes of sums, E nodes
 * that sums read, I nodes of inputs, W distinct weights, T distinct parameters of inputs, and B
 * rows a batch:
 *
 * <pre>
 * forward     cells r, rows of tables r (at most min(B I, T)), values of sums w r (2 B S), weights r (W)
 * backward    rows of tables r, values of sums r, weights r once more,
 *             gradients of sums w r (2 B S), flows of elements w r (2 B E), statistics w (W + T)
 * update      statistics r, parameters r w (3 (W + T)), copies of weights w for the matrix units (W)
 * </pre>
 *
 * <p>Values, gradients, flows and weights as operands have the value type's size; tables,
 * statistics and parameters are float32.
 *
 * @param variables of a row
 * @param cellBytes of a stored cell
 * @param sumNodes S, tied vectors counted each time, as everywhere but in W and T
 * @param elementNodes E
 * @param inputNodes I
 * @param weights W
 * @param inputParameters T
 * @param valueBytes 2 for bfloat16, 4 for float32
 */
record DeviceTraffic(
        int variables,
        int cellBytes,
        long sumNodes,
        long elementNodes,
        long inputNodes,
        long weights,
        long inputParameters,
        int valueBytes) {

    /** Bytes of a bfloat16 value. */
    static final int BFLOAT16 = 2;

    static DeviceTraffic of(Circuit circuit, int cellBytes, int valueBytes) {
        long sumNodes = 0;
        long inputNodes = 0;
        long elementNodes = 0;
        BitSet read = new BitSet();
        for (NodeVector vector : circuit.vectors()) {
            if (vector instanceof SumVector sum) {
                sumNodes += sum.nodes();
                for (NodeVector child : sum.children()) {
                    elementNodes += read.get(child.id()) ? 0 : child.nodes();
                    read.set(child.id());
                }
            } else if (vector instanceof InputVector input) {
                inputNodes += input.nodes();
            }
        }
        Workload workload = Workload.of(circuit);
        return new DeviceTraffic(
                circuit.variables(),
                cellBytes,
                sumNodes,
                elementNodes,
                inputNodes,
                workload.sumWeights(),
                workload.inputParameters(),
                valueBytes);
    }

    /** Bytes of a batch. */
    double bytes(Phase phase, int batch) {
        double rows = batch;
        double tableRows = Float.BYTES * Math.min(rows * inputNodes, (double) inputParameters);
        double parameters = (double) weights + inputParameters;
        double bytes =
                rows * variables * cellBytes
                        + tableRows
                        + valueBytes * (2 * rows * sumNodes + (double) weights);
        if (phase != Phase.FORWARD) {
            bytes +=
                    tableRows
                            + valueBytes
                                    * (rows * (3.0 * sumNodes + 2.0 * elementNodes)
                                            + (double) weights)
                            + Float.BYTES * parameters;
        }
        if (phase == Phase.STEP) {
            bytes +=
                    3 * Float.BYTES * parameters
                            + (valueBytes == BFLOAT16 ? (double) BFLOAT16 * weights : 0);
        }
        return bytes;
    }
}
