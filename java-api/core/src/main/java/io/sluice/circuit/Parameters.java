package io.sluice.circuit;

import io.sluice.InvalidArgumentException;
import io.sluice.OutOfMemoryException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/**
 * The parameters of a circuit: float32 numbers in native byte order, outside the Java heap, in the
 * order of a {@link ParameterLayout}.
 *
 * <p>Immutable; threads may share it. The memory is freed when nothing refers to it any more; there
 * is nothing to close.
 */
public final class Parameters {
    /** Largest distance from one of the sum of a node's weights or probabilities. */
    public static final double SUM_TOLERANCE = 1e-4;

    /**
     * A weight of a sum, or a probability of a category, is 0 or at least this: 2^-100. Kernels
     * store flow divided by weight, which would leave the range of float32 for smaller weights.
     */
    public static final float SMALLEST_WEIGHT = 0x1p-100f;

    /**
     * A node keeps its parameters in an update if its flow and the pseudocount sum to less: 2^-80.
     */
    public static final double SMALLEST_FLOW = 0x1p-80;

    private static final long ALIGNMENT_BYTES = ParameterLayout.ALIGNMENT * (long) Float.BYTES;

    private final MemorySegment segment;

    private Parameters(MemorySegment segment) {
        this.segment = segment.asReadOnly();
    }

    /**
     * A copy of the given numbers.
     *
     * @param floats float32 numbers in native byte order; its size is a multiple of 4 bytes
     * @throws InvalidArgumentException when the size is not a multiple of 4 bytes
     * @throws OutOfMemoryException when there is no room for the copy
     */
    public static Parameters copyOf(MemorySegment floats) {
        checkSize(floats);
        return filled(
                floats.byteSize() / Float.BYTES,
                segment -> MemorySegment.copy(floats, 0, segment, 0, floats.byteSize()));
    }

    /**
     * New parameters that a callback writes.
     *
     * @param size how many floats
     * @param writer receives the zeroed memory once, before this method returns, and must not keep
     *     it
     * @throws OutOfMemoryException when there is no room
     */
    public static Parameters filled(long size, Consumer<MemorySegment> writer) {
        long bytes = Math.multiplyExact(size, (long) Float.BYTES);
        MemorySegment segment;
        try {
            segment = Arena.ofAuto().allocate(bytes, ALIGNMENT_BYTES);
        } catch (OutOfMemoryError e) {
            throw new OutOfMemoryException(
                    "no room for "
                            + size
                            + " parameters ("
                            + bytes
                            + " bytes outside the Java heap): raise -XX:MaxDirectMemorySize, free"
                            + " memory, or build a smaller circuit",
                    e);
        }
        writer.accept(segment);
        return new Parameters(segment);
    }

    /**
     * Parameters in existing memory, typically a mapped file. Nothing may write to the memory
     * afterwards.
     *
     * @param floats float32 numbers in native byte order at an address that is a multiple of 4, in
     *     a scope that is never closed explicitly (automatic or global arena)
     * @throws InvalidArgumentException when the size or address is not a multiple of 4 bytes, or
     *     the memory can be accessed by one thread only
     */
    public static Parameters ofMapped(MemorySegment floats) {
        checkSize(floats);
        if (!floats.isNative() || floats.address() % Float.BYTES != 0) {
            throw new InvalidArgumentException(
                    "parameters at "
                            + floats
                            + ": expected memory outside the Java heap at a multiple of 4 bytes;"
                            + " use copyOf");
        }
        if (!floats.isAccessibleBy(new Thread())) {
            throw new InvalidArgumentException(
                    "parameters in memory of a confined arena, which other threads cannot read: use"
                            + " an automatic arena, or copyOf");
        }
        return new Parameters(floats);
    }

    private static void checkSize(MemorySegment floats) {
        if (floats.byteSize() % Float.BYTES != 0) {
            throw new InvalidArgumentException(
                    "parameters of "
                            + floats.byteSize()
                            + " bytes: expected 4 bytes for each float32 number");
        }
    }

    /** The nearest valid weight or probability: 0 below the smallest one. */
    public static float nearestWeight(double value) {
        return value < SMALLEST_WEIGHT ? 0 : (float) value;
    }

    /**
     * A learned weight or probability: at least {@link #SMALLEST_WEIGHT}, because learning makes no
     * hard zeros.
     */
    public static double learnedWeight(double value) {
        return Math.max(value, SMALLEST_WEIGHT);
    }

    /** Whether a weight or probability is 0 or at least {@link #SMALLEST_WEIGHT}. */
    public static boolean isRepresentable(double value) {
        return value == 0 || (value >= SMALLEST_WEIGHT && value <= Float.MAX_VALUE);
    }

    /** The nearest float32; zero below the normal range, as in kernels. */
    public static float rounded(double value) {
        float nearest = (float) value;
        return Math.abs(nearest) < Float.MIN_NORMAL ? 0 : nearest;
    }

    /** Number of floats, including the layout's padding. */
    public long size() {
        return segment.byteSize() / Float.BYTES;
    }

    /**
     * One parameter.
     *
     * @param index in the layout, from 0
     * @throws IndexOutOfBoundsException when it is outside {@code 0 .. size - 1}
     */
    public float get(long index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    /** The number of parameters. */
    @Override
    public String toString() {
        return size() + " parameters";
    }

    /** All parameters, read-only, {@code size * 4} bytes. */
    public MemorySegment segment() {
        return segment;
    }
}
