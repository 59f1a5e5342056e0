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
import io.sluice.bindings.kernels.sluice_device_plan_bytes_fn;
import io.sluice.bindings.kernels.sluice_device_plan_fn;
import io.sluice.bindings.kernels.sluice_forward_fn;
import io.sluice.bindings.kernels.sluice_functions;
import io.sluice.bindings.kernels.sluice_kernels_fn;
import io.sluice.bindings.kernels.sluice_max_product_fn;
import io.sluice.bindings.kernels.sluice_memory_allocate_fn;
import io.sluice.bindings.kernels.sluice_memory_free_fn;
import io.sluice.bindings.kernels.sluice_message_fn;
import io.sluice.bindings.kernels.sluice_plan;
import io.sluice.bindings.kernels.sluice_pool_create_fn;
import io.sluice.bindings.kernels.sluice_pool_destroy_fn;
import io.sluice.bindings.kernels.sluice_prepare_fn;
import io.sluice.bindings.kernels.sluice_sample_fn;
import io.sluice.bindings.kernels.sluice_state;
import io.sluice.bindings.kernels.sluice_target_fn;
import io.sluice.bindings.kernels.sluice_update_fn;
import io.sluice.bindings.kernels.sluice_workspace_bytes_fn;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;

/**
 * The functions of a loaded kernel library, checked against the interface that this class was
 * compiled for. Every method throws the exception for the returned status. Thread-safe.
 */
final class KernelLibrary {
    private final MemorySegment message;
    private final MemorySegment target;
    private final MemorySegment poolCreate;
    private final MemorySegment poolDestroy;
    private final MemorySegment memoryAllocate;
    private final MemorySegment memoryFree;
    private final MemorySegment workspaceBytes;
    private final MemorySegment devicePlanBytes;
    private final MemorySegment devicePlan;
    private final MemorySegment prepare;
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
        MemorySegment functions =
                sluice_kernels_fn.invoke(kernels).reinterpret(sluice_functions.layout().byteSize());
        requireEqual(
                name,
                "ABI version",
                sluice_functions.abi_version(functions),
                Kernels.SLUICE_ABI_VERSION());
        requireSize(
                name,
                "list of functions",
                sluice_functions.struct_size(functions),
                sluice_functions.layout());
        requireSize(name, "plan", sluice_functions.plan_size(functions), sluice_plan.layout());
        requireSize(name, "state", sluice_functions.state_size(functions), sluice_state.layout());
        requireSize(name, "batch", sluice_functions.batch_size(functions), sluice_batch.layout());
        message = function(sluice_functions.message(functions));
        target = function(sluice_functions.target(functions));
        poolCreate = function(sluice_functions.pool_create(functions));
        poolDestroy = function(sluice_functions.pool_destroy(functions));
        memoryAllocate = function(sluice_functions.memory_allocate(functions));
        memoryFree = function(sluice_functions.memory_free(functions));
        workspaceBytes = function(sluice_functions.workspace_bytes(functions));
        devicePlanBytes = function(sluice_functions.device_plan_bytes(functions));
        devicePlan = function(sluice_functions.device_plan(functions));
        prepare = function(sluice_functions.prepare(functions));
        forward = function(sluice_functions.forward(functions));
        accumulate = function(sluice_functions.accumulate(functions));
        update = function(sluice_functions.update(functions));
        conditional = function(sluice_functions.conditional(functions));
        sample = function(sluice_functions.sample(functions));
        maxProduct = function(sluice_functions.max_product(functions));
    }

    /**
     * A call through a segment of an arena checks the arena each time; a bare address avoids that.
     */
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

    /** The instruction set, or generation of devices, that the library chose when it was loaded. */
    String target() {
        return text(sluice_target_fn.invoke(target));
    }

    /**
     * @param result memory that receives the pointer
     */
    MemorySegment createPool(int threads, MemorySegment stream, MemorySegment result) {
        check(sluice_pool_create_fn.invoke(poolCreate, threads, stream, result));
        return result.get(Kernels.C_POINTER, 0);
    }

    void destroyPool(MemorySegment pool) {
        check(sluice_pool_destroy_fn.invoke(poolDestroy, pool));
    }

    /**
     * @param result memory that receives the pointer
     * @throws OutOfMemoryException when the system refuses
     */
    MemorySegment allocateMemory(long bytes, MemorySegment result) {
        check(sluice_memory_allocate_fn.invoke(memoryAllocate, bytes, result));
        return result.get(Kernels.C_POINTER, 0);
    }

    void freeMemory(MemorySegment memory, long bytes) {
        check(sluice_memory_free_fn.invoke(memoryFree, memory, bytes));
    }

    /** Workspace of one thread, or of a device, for the state's capacities. */
    long workspaceBytes(MemorySegment plan, MemorySegment state) {
        return sluice_workspace_bytes_fn.invoke(workspaceBytes, plan, state);
    }

    /** Size of a plan's device plan in bytes, 0 where kernels read the plan itself. */
    long devicePlanBytes(MemorySegment plan) {
        return sluice_device_plan_bytes_fn.invoke(devicePlanBytes, plan);
    }

    /**
     * Writes the device plan and binds the pool to the plan.
     *
     * @param result memory of {@link #devicePlanBytes} bytes
     */
    void devicePlan(MemorySegment pool, MemorySegment plan, MemorySegment result) {
        check(sluice_device_plan_fn.invoke(devicePlan, pool, plan, result));
    }

    void prepare(NativeCall call) {
        check(sluice_prepare_fn.invoke(prepare, call.pool(), call.plan(), call.state()));
    }

    void forward(NativeCall call, int arithmetic) {
        check(
                sluice_forward_fn.invoke(
                        forward,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        arithmetic,
                        call.logLikelihood(),
                        call.flagged(),
                        call.flaggedRows()));
    }

    /**
     * @param add whether to add to the statistics; otherwise they are replaced
     */
    void accumulate(NativeCall call, int arithmetic, int stages, boolean add) {
        check(
                sluice_accumulate_fn.invoke(
                        accumulate,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        arithmetic,
                        stages,
                        add ? 1 : 0,
                        call.logLikelihood(),
                        call.flagged(),
                        call.flaggedRows()));
    }

    /**
     * @param unless an integer that prevents the update unless it is 0, or a null pointer
     */
    void update(NativeCall call, MemorySegment unless) {
        check(
                sluice_update_fn.invoke(
                        update,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.step(),
                        unless,
                        call.failed()));
    }

    void conditional(NativeCall call, int arithmetic) {
        check(
                sluice_conditional_fn.invoke(
                        conditional,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        arithmetic,
                        call.input(),
                        call.output(),
                        call.logLikelihood(),
                        call.flagged(),
                        call.flaggedRows()));
    }

    void sample(NativeCall call, int perRow, long seed, long firstDraw) {
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
                        call.output(),
                        call.logLikelihood()));
    }

    void maxProduct(NativeCall call) {
        check(
                sluice_max_product_fn.invoke(
                        maxProduct,
                        call.pool(),
                        call.plan(),
                        call.state(),
                        call.batch(),
                        call.output(),
                        call.logLikelihood()));
    }
}
