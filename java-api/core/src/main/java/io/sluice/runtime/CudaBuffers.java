package io.sluice.runtime;

import io.sluice.OutOfMemoryException;
import io.sluice.bindings.kernels.Kernels;
import io.sluice.bindings.kernels.sluice_state;
import io.sluice.compile.Plan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The memory of an engine on a CUDA device: a slab that lives as long as it does, one for the
 * buffers of a row group, which grows with the batches, and one for the buffers of the log-space
 * kernels, made when a row first needs them.
 */
final class CudaBuffers {
    /**
     * A batch passes through the kernels as one row group, up to these limits: larger groups cost
     * memory and gain next to nothing. A circuit with more bytes a row keeps a device busy with
     * fewer rows (native/cuda/NOTES.md has the measurements).
     */
    private static final long GROUP_BYTES = 8L << 30;

    private static final int LARGEST_GROUP = 16_384;

    /** Rows that every engine has buffers for from the start, if they fit. */
    private static final int SMALLEST_GROUP = 512;

    /** Kernels work on this many rows at a time: smaller groups are multiples of it. */
    private static final int GROUP_STEP = 16;

    private static final long LOG_GROUP_BYTES = 512L << 20;
    private static final int LARGEST_LOG_GROUP = 128;

    private static final int POISON = 0xff;

    /** What the group may take of the free memory, in percent; queries need some later. */
    private static final long MOST_PERCENT = 80;

    /**
     * The matrix units' operands are bf16. Their rounding averages out over the nodes of a block
     * and over variables, and is small beside the log-likelihood of variables that tell much: with
     * less than these a log-likelihood may be off by more than 1e-3. Kernels have rows computed
     * again that are still too probable to be trusted (native/cuda/cells.cu has what was measured).
     */
    private static final int MATRIX_BLOCK = 32;

    private static final int FEWEST_MATRIX_VARIABLES = 12;

    /**
     * Errors fall with the root of nodes times variables, so that half the nodes need twice the
     * variables; they get twice as many again. Largest relative errors of hidden Chow-Liu trees
     * over variables of 16 categories, for 768 rows of four circuits, with weights and
     * probabilities whose logarithms have a standard deviation of 1 or 3, rows being trusted from
     * half of what they are now: blocks of 32 nodes over 12 variables 2.8e-4 and 1.3e-3, of 16 over
     * 24 variables 2.9e-4 and 8.4e-4, and over 48 variables 2.0e-4 and 6.7e-4.
     */
    private static final int SMALL_MATRIX_BLOCK = 16;

    private static final int FEWEST_VARIABLES_OF_SMALL_BLOCKS = 48;

    private static final int FEWEST_MATRIX_CATEGORIES = 16;

    private final KernelLibrary kernels;
    private final Plan plan;
    private final MemorySegment nativePlan;
    private final MemorySegment state;
    private final Releases releases;
    private final boolean gradientsTakeValues;
    private final long devicePlanBytes;
    private final Map<Integer, Long> workspaceBytes = new HashMap<>();
    private DeviceSlab group;
    private List<Part> groupParts = List.of();
    private List<Part> logParts = List.of();
    private int largestGroup;

    /**
     * @param releases receives what frees the memory
     * @throws OutOfMemoryException when not even one row at a time would fit
     */
    CudaBuffers(
            KernelLibrary kernels,
            Plan plan,
            MemorySegment nativePlan,
            Precision precision,
            Arena arena,
            Releases releases) {
        this.kernels = kernels;
        this.plan = plan;
        this.nativePlan = nativePlan;
        this.releases = releases;
        gradientsTakeValues = gradientsTakeValues(plan);
        devicePlanBytes = kernels.devicePlanBytes(nativePlan);
        state = arena.allocate(sluice_state.layout());
        boolean bf16 = precision == Precision.FAST && suitsMatrixUnits(plan);
        sluice_state.value_type(
                state, bf16 ? Kernels.SLUICE_VALUE_BF16() : Kernels.SLUICE_VALUE_F32());
        sluice_state.log_capacity(state, logGroup(plan));
        sluice_state.second_pass(state, plan.sparse() ? 1 : 0);
        long free = DeviceMemory.current().free();
        largestGroup = mostRowsWithin(free, largestUsefulGroup(), bytes(fixedBuffers()));
        if (largestGroup == 0) {
            throw tooLarge(free);
        }
        List<Buffer> fixedBuffers = fixedBuffers();
        DeviceSlab fixed = new DeviceSlab(bytes(fixedBuffers));
        releases.add(fixed::free);
        fixedBuffers.forEach(buffer -> place(buffer, fixed));
        useCapacity(Math.min(SMALLEST_GROUP, largestGroup));
        group = new DeviceSlab(bytes(groupBuffers()));
        releases.add(() -> group.free());
        placeGroup();
    }

    private void placeGroup() {
        groupParts = groupBuffers().stream().map(buffer -> place(buffer, group)).toList();
        if (gradientsTakeValues) {
            sluice_state.gradients(state, sluice_state.values(state));
        }
    }

    /** The most rows that this engine takes at a time. */
    int largestGroup() {
        return largestGroup;
    }

    /** Whether groups of so many rows, or the largest ones, have room. */
    boolean hasRoomFor(int rows) {
        return Math.min(rows, largestGroup) <= capacity();
    }

    /**
     * Makes room for groups of so many rows, as far as the device has memory for them. The buffers
     * of the group may move and lose what they hold: the kernels have to prepare the parameters
     * again. No work may be under way.
     */
    void makeRoom(int rows) {
        int before = (int) capacity();
        // Batches that grow little by little do not move the buffers each time.
        int wanted = Math.min(Math.max(2 * before, rows), largestGroup);
        int granted = mostRowsWithin(DeviceMemory.current().free(), wanted, 0);
        if (granted < wanted) {
            largestGroup = Math.max(before, granted); // nothing asks for more again
        }
        if (granted <= before) {
            return;
        }
        useCapacity(granted);
        try {
            // Taken before the old buffers are freed: those stay if it is refused.
            DeviceSlab larger = new DeviceSlab(bytes(groupBuffers()));
            group.free();
            group = larger;
            placeGroup();
        } catch (OutOfMemoryException e) {
            useCapacity(before);
            largestGroup = before;
        }
    }

    /**
     * Whether gradients may replace the values that they are computed from. Statistics need the
     * values of elements, which are kept apart, but for elements that are a single stored block.
     */
    private static boolean gradientsTakeValues(Plan plan) {
        int[] begin = plan.elements().factors().begin();
        int[] block = plan.elements().factors().items();
        long[] value = plan.blocks().value();
        return IntStream.range(0, begin.length - 1)
                .noneMatch(e -> begin[e + 1] - begin[e] == 1 && value[block[begin[e]]] >= 0);
    }

    private static boolean suitsMatrixUnits(Plan plan) {
        int nodes = plan.sizes().maximumNodes();
        boolean averagesOut =
                nodes >= MATRIX_BLOCK
                        ? plan.variables() >= FEWEST_MATRIX_VARIABLES
                        : nodes == SMALL_MATRIX_BLOCK
                                && plan.variables() >= FEWEST_VARIABLES_OF_SMALL_BLOCKS;
        return averagesOut
                && IntStream.range(0, plan.tables().kind().length)
                        .filter(table -> plan.tables().kind()[table] == Plan.FINITE)
                        .allMatch(
                                table ->
                                        plan.tables().categories()[table]
                                                >= FEWEST_MATRIX_CATEGORIES);
    }

    /** A buffer of the state: the field that names it, and its size. */
    private record Buffer(BiConsumer<MemorySegment, MemorySegment> field, long bytes) {}

    /** A part of a slab. */
    private record Part(MemorySegment address, long bytes) {}

    private static long floats(long count) {
        return Math.multiplyExact(count, (long) Float.BYTES);
    }

    private long capacity() {
        return sluice_state.capacity(state);
    }

    private void useCapacity(int capacity) {
        sluice_state.capacity(state, capacity);
    }

    private int valueBytes() {
        return sluice_state.value_type(state) == Kernels.SLUICE_VALUE_BF16()
                ? Short.BYTES
                : Float.BYTES;
    }

    /** What does not depend on the capacity. */
    private List<Buffer> fixedBuffers() {
        Plan.Sizes sizes = plan.sizes();
        return List.of(
                new Buffer(sluice_state::parameters, floats(sizes.parameterFloats())),
                new Buffer(sluice_state::statistics, floats(sizes.statisticFloats())),
                new Buffer(sluice_state::device_plan, devicePlanBytes));
    }

    private List<Buffer> groupBuffers() {
        Plan.Sizes sizes = plan.sizes();
        long values = Math.multiplyExact(sizes.valueNodes(), valueBytes() * capacity());
        long flows = Math.multiplyExact(sizes.flowNodes(), valueBytes() * capacity());
        long places = Math.max(capacity(), sluice_state.log_capacity(state));
        return List.of(
                new Buffer(sluice_state::values, values),
                new Buffer(sluice_state::gradients, gradientsTakeValues ? 0 : values),
                new Buffer(sluice_state::elements, flows),
                new Buffer(sluice_state::flows, flows),
                new Buffer(sluice_state::scales, floats(plan.scales() * capacity())),
                new Buffer(sluice_state::cells, floats(plan.variables() * places)),
                new Buffer(sluice_state::skipped, places),
                new Buffer(sluice_state::workspace, workspaceBytes()));
    }

    /** Every call compiles the plan for the device once more. */
    private long workspaceBytes() {
        return workspaceBytes.computeIfAbsent(
                (int) capacity(), rows -> kernels.workspaceBytes(nativePlan, state));
    }

    private Part place(Buffer buffer, DeviceSlab slab) {
        if (buffer.bytes() == 0) {
            return new Part(MemorySegment.NULL, 0);
        }
        MemorySegment address = slab.take(buffer.bytes());
        buffer.field().accept(state, address);
        return new Part(address, buffer.bytes());
    }

    private static long bytes(List<Buffer> buffers) {
        return buffers.stream().mapToLong(buffer -> DeviceSlab.padded(buffer.bytes())).sum();
    }

    /** Bytes of the group's buffers for so many rows. */
    private long groupBytes(int rows) {
        int before = (int) capacity();
        useCapacity(rows);
        try {
            return bytes(groupBuffers());
        } finally {
            useCapacity(before);
        }
    }

    /** How many rows a group may have, as far as the circuit is concerned. */
    private int largestUsefulGroup() {
        Plan.Sizes sizes = plan.sizes();
        long ofValues = (gradientsTakeValues ? 1 : 2) * sizes.valueNodes() + 2 * sizes.flowNodes();
        long row = valueBytes() * ofValues + floats(plan.scales() + plan.variables());
        int useful = Math.clamp(GROUP_BYTES / row, SMALLEST_GROUP, LARGEST_GROUP);
        // Kernels number the cells of a row group with an int.
        return Math.min(useful / GROUP_STEP * GROUP_STEP, Integer.MAX_VALUE / plan.variables());
    }

    /**
     * The most rows, at most {@code wanted}, whose buffers fit into the free memory.
     *
     * @param otherBytes that have to fit besides
     * @return 0 if not even one row fits
     */
    private int mostRowsWithin(long free, int wanted, long otherBytes) {
        long most = free / 100 * MOST_PERCENT - otherBytes;
        if (groupBytes(wanted) <= most) {
            return wanted;
        }
        int fits = 0;
        int tooLarge = wanted;
        while (tooLarge - fits > 1) {
            int middle = (fits + tooLarge) / 2;
            if (groupBytes(middle) <= most) {
                fits = middle;
            } else {
                tooLarge = middle;
            }
        }
        int rounded = fits < GROUP_STEP ? fits : fits / GROUP_STEP * GROUP_STEP;
        System.getLogger(CudaBuffers.class.getName())
                .log(
                        System.Logger.Level.DEBUG,
                        "{0} MiB are free on the device: kernels get {1} rows at a time, not {2}",
                        DeviceMemory.mebibytes(free),
                        rounded,
                        wanted);
        return rounded;
    }

    private OutOfMemoryException tooLarge(long free) {
        long fixed = bytes(fixedBuffers());
        return new OutOfMemoryException(
                "the circuit is too large for the device: its parameters and statistics take "
                        + DeviceMemory.mebibytes(fixed)
                        + " MiB, with the buffers of a single row "
                        + DeviceMemory.mebibytes(fixed + groupBytes(1))
                        + " MiB, and "
                        + DeviceMemory.mebibytes(free)
                        + " MiB are free, of which an engine takes up to "
                        + MOST_PERCENT
                        + "%: close other engines, use fewer latents, or use the device cpu");
    }

    private static int logGroup(Plan plan) {
        long sample = Double.BYTES * (2 * plan.sizes().blockNodes() + plan.sizes().flowNodes());
        return Math.clamp(LOG_GROUP_BYTES / sample, 1, LARGEST_LOG_GROUP);
    }

    /** Makes sure that the log-space kernels have their buffers. */
    void needLogBuffers() {
        if (!logParts.isEmpty()) {
            return;
        }
        long rows = sluice_state.log_capacity(state);
        long blockBytes = Double.BYTES * rows * plan.sizes().blockNodes();
        long flowBytes = Double.BYTES * rows * plan.sizes().flowNodes();
        long bytes = 2 * DeviceSlab.padded(blockBytes) + DeviceSlab.padded(flowBytes);
        DeviceSlab logSlab = new DeviceSlab(bytes);
        releases.add(logSlab::free);
        MemorySegment values = logSlab.take(blockBytes);
        sluice_state.log_values(state, values);
        sluice_state.log_flows(state, logSlab.take(blockBytes));
        sluice_state.element_flows(state, logSlab.take(flowBytes));
        logParts = List.of(new Part(values, bytes));
    }

    /** Copies the device plan, and sets the buffers that nobody sets later. */
    void initialize(CudaStream stream, MemorySegment pool) {
        clearStatistics(stream);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment devicePlan = arena.allocate(Math.max(devicePlanBytes, 1), Slab.ALIGNMENT);
            kernels.devicePlan(pool, nativePlan, devicePlan);
            stream.copyToDevice(sluice_state.device_plan(state), devicePlan, devicePlanBytes);
            long pad = plan.sizes().pad();
            if (pad >= 0) {
                setPad(stream, pad, arena);
            }
            stream.synchronize();
        }
    }

    /**
     * Fills all memory that nothing may be kept in from one call to the next with bytes of ones:
     * NaNs, and numbers of nothing. The kernels have to prepare the parameters once more then.
     */
    void poison(CudaStream stream) {
        Stream.concat(groupParts.stream(), logParts.stream())
                .forEach(part -> stream.fill(part.address(), POISON, part.bytes()));
    }

    /** The weight of the edge to a root that is no sum. */
    private void setPad(CudaStream stream, long pad, Arena arena) {
        MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1);
        stream.copyToDevice(
                at(sluice_state.parameters(state), pad * Float.BYTES), one, Float.BYTES);
    }

    private static MemorySegment at(MemorySegment device, long offset) {
        return MemorySegment.ofAddress(device.address() + offset);
    }

    void clearStatistics(CudaStream stream) {
        stream.clear(sluice_state.statistics(state), floats(plan.sizes().statisticFloats()));
    }

    /** A {@code sluice_state}. */
    MemorySegment state() {
        return state;
    }

    /** Device address of a parameter. */
    MemorySegment parameter(long index) {
        return at(sluice_state.parameters(state), index * Float.BYTES);
    }

    /** Device address of a statistic. */
    MemorySegment statistic(long index) {
        return at(sluice_state.statistics(state), index * Float.BYTES);
    }
}
