package io.sluice.runtime;

import io.sluice.InvalidArgumentException;
import io.sluice.bindings.cudart.CudaRuntime;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.circuit.Parameters;
import io.sluice.compile.Plan;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Runs kernels on a CUDA device. A call is: the batch to one of two places on the device, kernels
 * and results on one stream, as a graph where the shape has come before; while those run, the next
 * batch to the other place; one wait.
 */
final class CudaRunner implements KernelRunner {
    /** Kernels of parameter tables have a block of the grid's second dimension for 32 nodes. */
    private static final int MOST_TABLE_NODES = 32 * 65_535;

    /**
     * Set to true, every call finds its buffers full of NaNs: what reads a number before it is
     * written shows.
     */
    private static final boolean POISONED = Boolean.getBoolean("sluice.cuda.poison");

    /** NaNs. */
    private static final int NOT_WRITTEN = 0xff;

    /** {@code flagged_rows} and {@code failed}; the rows' results follow. */
    private static final long HEADER_BYTES = 16;

    private static final long FAILED_OFFSET = Integer.BYTES;
    private static final long STEP_BYTES = 2 * Double.BYTES;

    private final KernelLibrary kernels;
    private final int ordinal;
    private final Releases releases;
    private final MemorySegment nativePlan;
    private final MemorySegment pool;
    private final CudaStream stream;
    private final CudaGraphs graphs;
    private final CudaBuffers buffers;
    private final CudaStaging staging;
    private final TransferBuffer input = new TransferBuffer();
    private final TransferBuffer output = new TransferBuffer();
    private final TransferBuffer step = new TransferBuffer();
    private final TransferBuffer results = new TransferBuffer();

    private CudaRunner(
            Plan plan,
            Device.Cuda device,
            EngineOptions options,
            KernelLibrary kernels,
            Releases releases) {
        this.kernels = kernels;
        this.releases = releases;
        ordinal = device.ordinal();
        enter();
        Arena arena = releases.arena();
        nativePlan = NativePlan.copy(plan, arena);
        stream = new CudaStream();
        releases.add(stream::destroy);
        pool = kernels.createPool(1, stream.handle(), arena.allocate(ValueLayout.ADDRESS));
        releases.add(() -> kernels.destroyPool(pool));
        releases.add(input::free);
        releases.add(output::free);
        releases.add(step::free);
        releases.add(results::free);
        buffers = new CudaBuffers(kernels, plan, nativePlan, options.precision(), arena, releases);
        staging = new CudaStaging(plan.variables(), arena, releases);
        step.need(STEP_BYTES);
        graphs = new CudaGraphs(stream);
        releases.add(graphs::clear);
        releases.add(stream::synchronize);
        needResults(0);
        buffers.initialize(stream, pool);
    }

    static CudaRunner open(
            Plan plan, Device.Cuda device, EngineOptions options, KernelLibrary kernels) {
        requireNodes(plan.tables().nodes());
        Releases releases = new Releases();
        try {
            return new CudaRunner(plan, device, options, kernels, releases);
        } catch (RuntimeException | Error e) {
            releases.runAll();
            throw e;
        }
    }

    private static void requireNodes(int[] ofTables) {
        for (int nodes : ofTables) {
            if (nodes > MOST_TABLE_NODES) {
                throw new InvalidArgumentException(
                        "an input vector of "
                                + nodes
                                + " nodes: CUDA kernels take at most "
                                + MOST_TABLE_NODES
                                + "; build several vectors, or use the device cpu");
            }
        }
    }

    /** The current device is a thread's own. */
    @Override
    public void enter() {
        CudaStatus.check(CudaRuntime.cudaSetDevice(ordinal), "choosing device " + ordinal);
    }

    /** The stream of all kernels, for benchmarks. */
    CudaStream stream() {
        return stream;
    }

    /** How many launches, copies and fills the latest graph holds, for benchmarks. */
    long launches() {
        return graphs.latestNodes();
    }

    @Override
    public int arithmetic() {
        return Kernels.SLUICE_LINEAR();
    }

    @Override
    public int mostRows(Work work) {
        return staging.mostRows(buffers.largestGroup());
    }

    /** Makes room for batches of so many rows. What moves takes all graphs along. */
    private void needRows(Work work, int rows) {
        if (!staging.hasRoomFor(rows)) {
            graphs.clear();
            staging.makeRoom(rows);
            needResults(staging.rows());
        }
        if (work.arithmetic() == Kernels.SLUICE_LOG()) {
            buffers.needLogBuffers();
        } else if (!buffers.hasRoomFor(rows)) {
            graphs.clear();
            buffers.makeRoom(rows);
            kernels.prepare(call(MemorySegment.NULL, 0));
        }
    }

    private void needResults(int rows) {
        if (results.need(resultBytes(rows))) {
            stream.clear(results.device(), HEADER_BYTES);
        }
    }

    @Override
    public CallResults run(Work work, Batch batch, @Nullable Batch next) {
        needRows(work, Math.max(batch.count(), next == null ? 0 : next.count()));
        if (POISONED) {
            buffers.poison(stream);
            kernels.prepare(call(MemorySegment.NULL, 0));
        }
        input.need(work.inputBytes());
        work.writeInput(input.host());
        output.need(work.outputBytes());
        CudaStaging.Slot slot = staging.slotOf(batch);
        stream.waitFor(slot.copied());
        Runnable enqueue = () -> enqueue(work, slot.batchStruct(), batch.count());
        if (work.recurs()) {
            graphs.run(
                    new CudaGraphs.Key(
                            work,
                            slot.number(),
                            batch.count(),
                            BatchStruct.cellType(batch.data()),
                            batch.data().missing() != null),
                    enqueue);
        } else {
            enqueue.run();
        }
        try {
            if (next != null) {
                staging.announce(next);
            }
        } finally {
            stream.synchronize();
        }
        return resultsOf(batch.count());
    }

    /** Everything between the arrival of a batch and that of its results. */
    private void enqueue(Work work, MemorySegment batch, int count) {
        if (work.updates()) {
            stream.copyToDevice(step.device(), step.host(), STEP_BYTES);
        }
        stream.copyToDevice(input.device(), input.host(), work.inputBytes());
        stream.fill(output.device(), NOT_WRITTEN, work.outputBytes()); // by rows left to others
        work.run(kernels, call(batch, count));
        stream.copyToHost(results.host(), results.device(), resultBytes(count));
        stream.copyToHost(output.host(), output.device(), work.outputBytes());
    }

    private static long resultBytes(int rows) {
        return HEADER_BYTES + (Double.BYTES + 1L) * rows;
    }

    private NativeCall call(MemorySegment batch, int count) {
        long header = results.device().address();
        return new NativeCall(
                pool,
                nativePlan,
                buffers.state(),
                batch,
                MemorySegment.ofAddress(header + HEADER_BYTES),
                MemorySegment.ofAddress(header + HEADER_BYTES + (long) Double.BYTES * count),
                results.device(),
                step.device(),
                MemorySegment.ofAddress(header + FAILED_OFFSET),
                input.device(),
                output.device());
    }

    private CallResults resultsOf(int count) {
        long logBytes = (long) Double.BYTES * count;
        return new CallResults(
                count,
                results.host().asSlice(HEADER_BYTES, logBytes),
                results.host().asSlice(HEADER_BYTES + logBytes, count),
                results.host().get(ValueLayout.JAVA_INT, 0),
                failed(),
                output.host());
    }

    private boolean failed() {
        return results.host().get(ValueLayout.JAVA_INT, FAILED_OFFSET) != 0;
    }

    @Override
    public void setStep(double stepSize, double pseudocount) {
        step.host().setAtIndex(ValueLayout.JAVA_DOUBLE, 0, stepSize);
        step.host().setAtIndex(ValueLayout.JAVA_DOUBLE, 1, pseudocount);
    }

    @Override
    public boolean update() {
        stream.copyToDevice(step.device(), step.host(), STEP_BYTES);
        kernels.update(call(MemorySegment.NULL, 0), MemorySegment.NULL);
        stream.copyToHost(results.host(), results.device(), HEADER_BYTES);
        stream.synchronize();
        return failed();
    }

    @Override
    public void clearStatistics() {
        buffers.clearStatistics(stream);
    }

    @Override
    public void clearStatistics(long first, long count) {
        stream.clear(buffers.statistic(first), count * Float.BYTES);
    }

    @Override
    public void writeParameters(long first, MemorySegment from) {
        stream.copyToDevice(buffers.parameter(first), from, from.byteSize());
        stream.synchronize();
    }

    @Override
    public void load(Parameters parameters) {
        MemorySegment floats = parameters.segment();
        stream.copyToDevice(buffers.parameter(0), floats, floats.byteSize());
        kernels.prepare(call(MemorySegment.NULL, 0));
        stream.synchronize();
    }

    @Override
    public void copyParameters(long first, MemorySegment to) {
        stream.copyToHost(to, buffers.parameter(first), to.byteSize());
        stream.synchronize();
    }

    @Override
    public void copyStatistics(long first, MemorySegment to) {
        stream.copyToHost(to, buffers.statistic(first), to.byteSize());
        stream.synchronize();
    }

    @Override
    public void close() {
        releases.runAll();
    }
}
