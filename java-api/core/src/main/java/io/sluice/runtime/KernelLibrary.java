package io.sluice.runtime;

import io.sluice.AbiMismatchException;
import io.sluice.DeviceException;
import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;
import io.sluice.SluiceException;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_accumulate_fn;
import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.bindings.kernels.sluice_conditional_fn;
import io.sluice.bindings.kernels.sluice_forward_fn;
import io.sluice.bindings.kernels.sluice_kernels_fn;
import io.sluice.bindings.kernels.sluice_max_product_fn;
import io.sluice.bindings.kernels.sluice_memory_allocate_fn;
import io.sluice.bindings.kernels.sluice_memory_free_fn;
import io.sluice.bindings.kernels.sluice_message_fn;
import io.sluice.bindings.kernels.sluice_plan;
import io.sluice.bindings.kernels.sluice_pool_create_fn;
import io.sluice.bindings.kernels.sluice_pool_destroy_fn;
import io.sluice.bindings.kernels.sluice_sample_fn;
import io.sluice.bindings.kernels.sluice_state;
import io.sluice.bindings.kernels.sluice_table;
import io.sluice.bindings.kernels.sluice_target_fn;
import io.sluice.bindings.kernels.sluice_transpose_fn;
import io.sluice.bindings.kernels.sluice_update_fn;
import io.sluice.bindings.kernels.sluice_workspace_bytes_fn;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/**
 * The function table of one loaded kernel library, checked against the interface this class was
 * compiled for. Every method throws what the returned status means. Thread-safe.
 */
final class KernelLibrary {
    private final MemorySegment message;
    private final MemorySegment target;
    private final MemorySegment poolCreate;
    private final MemorySegment poolDestroy;
    private final MemorySegment memoryAllocate;
    private final MemorySegment memoryFree;
    private final MemorySegment workspaceBytes;
    private final MemorySegment transpose;
    private final MemorySegment forward;
    private final MemorySegment accumulate;
    private final MemorySegment update;
    private final MemorySegment conditional;
    private final MemorySegment sample;
    private final MemorySegment maxProduct;

    /**
     * @param name of the library, for messages
     * @param kernels address of its exported function
     */
    @SuppressWarnings("restricted")
    KernelLibrary(String name, MemorySegment kernels) {
        MemorySegment table =
                sluice_kernels_fn.invoke(kernels).reinterpret(sluice_table.layout().byteSize());
        requireEqual(
                name, "ABI version", sluice_table.abi_version(table), Kernels.SLUICE_ABI_VERSION());
        requireSize(name, "table", sluice_table.struct_size(table), sluice_table.layout());
        requireSize(name, "plan", sluice_table.plan_size(table), sluice_plan.layout());
        requireSize(name, "state", sluice_table.state_size(table), sluice_state.layout());
        requireSize(name, "batch", sluice_table.batch_size(table), sluice_batch.layout());
        message = function(sluice_table.message(table));
        target = function(sluice_table.target(table));
        poolCreate = function(sluice_table.pool_create(table));
        poolDestroy = function(sluice_table.pool_destroy(table));
        memoryAllocate = function(sluice_table.memory_allocate(table));
        memoryFree = function(sluice_table.memory_free(table));
        workspaceBytes = function(sluice_table.workspace_bytes(table));
        transpose = function(sluice_table.transpose(table));
        forward = function(sluice_table.forward(table));
        accumulate = function(sluice_table.accumulate(table));
        update = function(sluice_table.update(table));
        conditional = function(sluice_table.conditional(table));
        sample = function(sluice_table.sample(table));
        maxProduct = function(sluice_table.max_product(table));
    }

    /** Calls through a segment of an arena check the arena each time; a bare address does not. */
    private static MemorySegment function(MemorySegment pointer) {
        return MemorySegment.ofAddress(pointer.address());
    }

    private static void requireSize(String name, String what, int size, MemoryLayout expected) {
        requireEqual(name, "size of its " + what, size, (int) expected.byteSize());
    }

    private static void requireEqual(String name, String what, int found, int expected) {
        if (found != expected) {
            throw new AbiMismatchException(
                    name
                            + ": the "
                            + what
                            + " is "
                            + found
                            + ", expected "
                            + expected
                            + ": use the kernel library that was built with this version of"
                            + " Sluice");
        }
    }

    private void check(int status) {
        if (status != Kernels.SLUICE_OK()) {
            throw failure(status);
        }
    }

    private SluiceException failure(int status) {
        String text = text(sluice_message_fn.invoke(message));
        if (status == Kernels.SLUICE_INVALID()) {
            return new InvalidArgumentException(text);
        }
        if (status == Kernels.SLUICE_OUT_OF_MEMORY()) {
            return new OutOfMemoryException(text);
        }
        return new DeviceException(text);
    }

    @SuppressWarnings("restricted")
    private static String text(MemorySegment pointer) {
        return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** The instruction set that the library chose when it was loaded. */
    String target() {
        return text(sluice_target_fn.invoke(target));
    }

    /**
     * @param result place for the pointer
     */
    MemorySegment createPool(int threads, MemorySegment result) {
        check(sluice_pool_create_fn.invoke(poolCreate, threads, result));
        return result.get(Kernels.C_POINTER, 0);
    }

    void destroyPool(MemorySegment pool) {
        check(sluice_pool_destroy_fn.invoke(poolDestroy, pool));
    }

    /**
     * @param result place for the pointer
     * @throws OutOfMemoryException when the system refuses
     */
    MemorySegment allocateMemory(long bytes, MemorySegment result) {
        check(sluice_memory_allocate_fn.invoke(memoryAllocate, bytes, result));
        return result.get(Kernels.C_POINTER, 0);
    }

    void freeMemory(MemorySegment memory, long bytes) {
        check(sluice_memory_free_fn.invoke(memoryFree, memory, bytes));
    }

    long workspaceBytes(MemorySegment plan) {
        return sluice_workspace_bytes_fn.invoke(workspaceBytes, plan);
    }

    void transpose(MemorySegment pool, MemorySegment plan, MemorySegment state) {
        check(sluice_transpose_fn.invoke(transpose, pool, plan, state));
    }

    void forward(NativeCall call, int family) {
        check(
                sluice_forward_fn.invoke(
                        forward,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        family,
                        call.logLikelihood(),
                        call.flagged()));
    }

    void accumulate(NativeCall call, int family, int stages) {
        check(
                sluice_accumulate_fn.invoke(
                        accumulate,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        family,
                        stages,
                        call.logLikelihood(),
                        call.flagged()));
    }

    void update(NativeCall call, double stepSize, double pseudocount) {
        check(
                sluice_update_fn.invoke(
                        update, call.pool(), call.plan(), call.state(), stepSize, pseudocount));
    }

    void conditional(NativeCall call, int family, MemorySegment offset, MemorySegment result) {
        check(
                sluice_conditional_fn.invoke(
                        conditional,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        family,
                        offset,
                        result,
                        call.logLikelihood(),
                        call.flagged()));
    }

    void sample(NativeCall call, int perRow, long seed, long firstDraw, MemorySegment result) {
        check(
                sluice_sample_fn.invoke(
                        sample,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        perRow,
                        seed,
                        firstDraw,
                        result,
                        call.logLikelihood()));
    }

    void maxProduct(NativeCall call, MemorySegment result) {
        check(
                sluice_max_product_fn.invoke(
                        maxProduct,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        result,
                        call.logLikelihood()));
    }
}
