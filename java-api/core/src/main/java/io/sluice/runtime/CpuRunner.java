package io.sluice.runtime;

import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.circuit.Parameters;
import io.sluice.compile.Plan;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.stream.LongStream;

/** Runs kernels on the processors of this machine; they read data sets in place. */
final class CpuRunner implements KernelRunner {
    /** Most rows of a native call: a stop or an error waits for at most this many. */
    private static final int MOST_ROWS = 4096;

    /** Bytes of parameters that a thread copies at a time; it is the first to touch their pages. */
    private static final long COPY_BYTES = 16L << 20;

    private final KernelLibrary kernels;
    private final Precision precision;
    private final EngineBuffers buffers;
    private final Arena arena;
    private final MemorySegment numbers;
    private NativeCall call;

    private CpuRunner(Plan plan, EngineOptions options, KernelLibrary kernels, Arena arena) {
        this.kernels = kernels;
        this.precision = options.precision();
        this.arena = arena;
        Slab small = Slab.in(kernels, arena, NativePlan.bytes(plan));
        MemorySegment nativePlan = NativePlan.copy(plan, arena);
        buffers =
                new EngineBuffers(
                        kernels,
                        arena,
                        plan,
                        options.threads(),
                        kernels.workspaceBytes(nativePlan, MemorySegment.NULL));
        numbers = small.ints(MOST_ROWS);
        MemorySegment batch = small.allocate(sluice_batch.layout().byteSize());
        MemorySegment logLikelihood = small.doubles(MOST_ROWS);
        MemorySegment flagged = small.allocate(MOST_ROWS);
        MemorySegment flaggedRows = small.ints(1);
        MemorySegment step = small.doubles(2);
        MemorySegment failed = small.ints(1);
        MemorySegment pool =
                kernels.createPool(
                        options.threads(),
                        MemorySegment.NULL,
                        small.allocate(Kernels.C_POINTER.byteSize()));
        call =
                new NativeCall(
                        pool,
                        nativePlan,
                        buffers.state(),
                        batch,
                        logLikelihood,
                        flagged,
                        flaggedRows,
                        step,
                        failed,
                        MemorySegment.NULL,
                        MemorySegment.NULL);
    }

    @SuppressWarnings("MustBeClosedChecker") // the runner closes it
    static CpuRunner open(Plan plan, EngineOptions options, KernelLibrary kernels) {
        Arena arena = Arena.ofShared();
        try {
            return new CpuRunner(plan, options, kernels, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public void enter() {}

    @Override
    public int arithmetic() {
        return precision == Precision.FAST ? Kernels.SLUICE_LINEAR() : Kernels.SLUICE_LOG();
    }

    @Override
    public int mostRows(Work work) {
        return work.addsStatistics() ? buffers.rowGroup(work.arithmetic()) : MOST_ROWS;
    }

    @Override
    public CallResults run(Work work, Batch batch, @Nullable Batch next) {
        if (work.arithmetic() == Kernels.SLUICE_LOG()) {
            buffers.needLogBuffers();
        }
        call =
                call.with(
                        enough(call.input(), work.inputBytes()),
                        enough(call.output(), work.outputBytes()));
        work.writeInput(call.input());
        fill(batch);
        try {
            work.run(kernels, call);
        } finally {
            // The data's memory must not be freed before this point.
            Reference.reachabilityFence(batch.data());
        }
        return new CallResults(
                batch.count(),
                call.logLikelihood(),
                call.flagged(),
                call.flaggedRows().get(ValueLayout.JAVA_INT, 0),
                failed(),
                call.output());
    }

    private void fill(Batch batch) {
        int[] chosen = batch.numbers();
        if (chosen != null) {
            MemorySegment.copy(chosen, 0, numbers, ValueLayout.JAVA_INT, 0, chosen.length);
        }
        BatchStruct.fill(
                call.batch(),
                batch,
                batch.data().values(),
                batch.data().missing(),
                chosen == null ? MemorySegment.NULL : numbers);
        sluice_batch.first(call.batch(), batch.first());
    }

    /**
     * Memory for a query. Queries are rare and need different amounts, so it is not from the slabs.
     */
    private static MemorySegment enough(MemorySegment memory, long bytes) {
        return memory.byteSize() >= bytes ? memory : Arena.ofAuto().allocate(bytes, Slab.ALIGNMENT);
    }

    @Override
    public void setStep(double stepSize, double pseudocount) {
        call.step().setAtIndex(ValueLayout.JAVA_DOUBLE, 0, stepSize);
        call.step().setAtIndex(ValueLayout.JAVA_DOUBLE, 1, pseudocount);
    }

    @Override
    public boolean update() {
        kernels.update(call, MemorySegment.NULL);
        return failed();
    }

    private boolean failed() {
        return call.failed().get(ValueLayout.JAVA_INT, 0) != 0;
    }

    @Override
    public void clearStatistics() {
        accumulateNothing(false);
    }

    /** Clears the statistics; with {@code add}, settles them to the sums over all rows. */
    private void accumulateNothing(boolean add) {
        sluice_batch.count(call.batch(), 0);
        kernels.accumulate(call, arithmetic(), Kernels.SLUICE_STAGE_ALL(), add);
    }

    @Override
    public void clearStatistics(long first, long count) {
        buffers.statistics().asSlice(first * Float.BYTES, count * Float.BYTES).fill((byte) 0);
    }

    @Override
    public void writeParameters(long first, MemorySegment from) {
        MemorySegment.copy(from, 0, buffers.allParameters(), first * Float.BYTES, from.byteSize());
    }

    @Override
    public void load(Parameters parameters) {
        MemorySegment from = parameters.segment();
        MemorySegment to = buffers.parameters();
        LongStream.range(0, (from.byteSize() + COPY_BYTES - 1) / COPY_BYTES)
                .parallel()
                .forEach(
                        part -> {
                            long begin = part * COPY_BYTES;
                            long bytes = Math.min(COPY_BYTES, from.byteSize() - begin);
                            MemorySegment.copy(from, begin, to, begin, bytes);
                        });
        kernels.prepare(call);
    }

    @Override
    public void copyParameters(long first, MemorySegment to) {
        copy(buffers.parameters(), first, to);
    }

    @Override
    public void copyStatistics(long first, MemorySegment to) {
        accumulateNothing(true);
        copy(buffers.statistics(), first, to);
    }

    private static void copy(MemorySegment floats, long first, MemorySegment to) {
        MemorySegment.copy(floats, first * Float.BYTES, to, 0, to.byteSize());
    }

    @Override
    public void close() {
        kernels.destroyPool(call.pool());
        arena.close();
    }
}
