package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.Parameters;
import io.sluice.data.Dataset;
import io.sluice.data.Schema;
import io.sluice.reference.MaximalFlows;

/**
 * A circuit compiled for a device, with its buffers: answers queries and learns.
 *
 * <p><b>Data.</b> Every method that takes data checks it first: the number of variables, categories
 * in range, no NaN but as a missing cell, columns and labels in the order that the engine knows. It
 * knows them from the schema that it was compiled with, otherwise from the first data that it
 * learned from. The error is an {@link io.sluice.InvalidArgumentException} that names row, column
 * and value, and nothing has changed. A missing cell is summed or integrated out.
 *
 * <p><b>Determinism.</b> The same circuit, data, device, precision and seed give the same bits,
 * whatever the number of threads and however rows are grouped into calls of the query methods.
 *
 * <p><b>Threads.</b> Any thread may call an engine. Calls run one at a time, in the order of
 * arrival, so that a query waits for the training step that runs, and the training goes on after
 * it. Different engines are independent.
 *
 * <p><b>Lifetime.</b> An engine owns native memory. After {@link #close}, which may be called again
 * without effect, every method but {@link #device} and {@link #options} throws {@link
 * IllegalStateException}. An engine that is dropped without being closed is freed some time after
 * the garbage collector found it, with a warning of the {@link System.Logger} {@code io.sluice}.
 */
public interface Engine extends AutoCloseable {

    /** Compiles with {@link EngineOptions#defaults}. */
    static Engine compile(Circuit circuit, Device device) {
        return compile(circuit, device, EngineOptions.defaults());
    }

    /**
     * Compiles a circuit for a device and loads the circuit's parameters.
     *
     * @throws io.sluice.OutOfMemoryException with the bytes needed, when they cannot be had
     * @throws io.sluice.DeviceException when the device cannot be used; the message says why
     * @throws io.sluice.NativeLoadException when the kernel library cannot be loaded
     */
    static Engine compile(Circuit circuit, Device device, EngineOptions options) {
        return Devices.open(circuit, null, device, options);
    }

    /**
     * {@link #compile(Circuit, Device, EngineOptions)} with the meaning of the variables, such as a
     * model's. Data with columns or labels in another order are then refused.
     *
     * @throws io.sluice.InvalidArgumentException when the schema has more or fewer columns than the
     *     circuit has variables
     */
    static Engine compile(Circuit circuit, Schema schema, Device device, EngineOptions options) {
        return Devices.open(circuit, schema, device, options);
    }

    /** The compiled circuit with a copy of the engine's current parameters. */
    Circuit circuit();

    /**
     * What the variables mean, as far as the engine knows: columns {@code x0, x1, ...} when it was
     * compiled without a schema and has not learned from data.
     */
    Schema schema();

    /** Where this engine computes. */
    Device device();

    /** How this engine computes. */
    EngineOptions options();

    /** Log-likelihood of each row, in nats, missing cells marginalised. */
    LogLikelihoods logLikelihood(Dataset data);

    /**
     * The exact distribution of each missing cell given the observed cells of its row, all from one
     * forward and one backward pass (Darwiche 2003, section 3).
     *
     * @throws io.sluice.InvalidArgumentException when a row with missing cells has probability zero
     */
    Conditionals conditionals(Dataset evidence);

    /** Most probable completion of each row, up to max-product decoding. */
    MaxProduct maxProduct(Dataset evidence);

    /** Draws rows from the joint distribution. */
    Dataset sample(int count, long seed);

    /**
     * Draws the missing cells of each row given its observed cells.
     *
     * @param perRow how many rows are drawn for each row of evidence; they follow each other
     * @throws io.sluice.InvalidArgumentException when a row has probability zero
     */
    Dataset sample(Dataset evidence, int perRow, long seed);

    /**
     * Adds the expected statistics of some rows to the engine's (the E-step). Rows of probability
     * zero add nothing.
     *
     * @param rows numbers of the rows, each in range; a row may occur more than once
     * @return total log-likelihood of the rows under the current parameters, in nats
     */
    double accumulate(Dataset data, int[] rows);

    /** {@link #accumulate(Dataset, int[])} of all rows in order. */
    double accumulate(Dataset data);

    /**
     * Expected edge counts (flows) of a vector added up since the last update, in the order of the
     * circuit's parameter layout; for tied vectors, those of the owner, pooled. For an input vector
     * {@code [statistic row][node]}, what its family adds up: expected counts {@code
     * [category][node]} of a categorical; total flow, flow-weighted sum of the values, and of their
     * squares of a Gaussian.
     */
    double[] flows(int vectorId);

    /**
     * Counts the edges that the most probable induced sub-circuits of some rows use under the
     * current parameters: the E-step of Viterbi EM. The engine's own statistics stay as they are.
     * Computed in float64 and plain Java on every device, in time linear in the number of edges
     * times rows; on the same parameters all engines give the same bits.
     *
     * @param rows numbers of the rows, each in range; a row may occur more than once
     */
    MaximalFlows maximalFlows(Dataset data, int[] rows);

    /**
     * EM step from the statistics (the M-step), which are then cleared: {@code theta <- (1 - step)
     * theta + step (flow + pseudocount / fan_in) / (total flow + pseudocount)}. Hard zeros stay.
     *
     * @param stepSize over 0, up to 1
     * @param pseudocount at least 0, finite
     */
    void update(double stepSize, double pseudocount);

    /**
     * A training step: {@link #accumulate(Dataset, int[])} of some rows, then {@link #update} from
     * all statistics gathered so far. Gives the same results as these two calls; on a GPU it takes
     * less time, as nothing waits for the host in between.
     *
     * @param rows numbers of the rows, each in range; a row may occur more than once
     * @param upcoming the rows of the same data set that the next call will be given, as far as
     *     they are known; a GPU may fetch them while it computes. Results do not depend on it
     * @return total log-likelihood of the rows under the parameters before the update, in nats
     */
    double step(Dataset data, int[] rows, int[] upcoming, double stepSize, double pseudocount);

    /** A training step when it is not known which rows come next. */
    default double step(Dataset data, int[] rows, double stepSize, double pseudocount) {
        return step(data, rows, new int[0], stepSize, pseudocount);
    }

    /**
     * Supplies the meaning of a variable's items, and replaces what was supplied before; see the
     * family. Items last until the engine is closed. Statistics of earlier items stay.
     *
     * @param variable one whose family is a {@link io.sluice.circuit.SuppliedFamily}
     * @param items a row for each item: {@code [item][node]} log-densities of {@link
     *     io.sluice.leaf.External}, {@code [item][category]} likelihoods of {@link
     *     io.sluice.leaf.SoftCategorical}. They are not copied and must not change
     * @throws io.sluice.InvalidArgumentException when the variable takes no items, or an item is
     *     impossible; nothing has changed then
     */
    void supply(int variable, double[][] items);

    /** Clears the statistics. */
    void discardStatistics();

    /** Replaces the parameters and clears the statistics. */
    void load(Parameters parameters);

    /** Frees what the engine owns. */
    @Override
    void close();
}
