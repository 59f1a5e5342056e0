package io.sluice.runtime;

import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Brings rows to the device: gathers them in pinned memory and copies that on a stream of its own.
 * There are two places, so that one batch can be on its way while the other is computed on.
 */
final class CudaStaging {
    /** A batch of queries is as large as this allows, one of a training step has 512 rows. */
    private static final long SLOT_BYTES = 8L << 20;

    private static final int FEWEST_ROWS = 512;
    private static final int MOST_ROWS = 4096;
    private static final int SLOTS = 2;
    private static final int LARGEST_CELL = Integer.BYTES;

    private final int rows;
    private final CudaStream copies;
    private final Slot[] slots;
    private int current;

    /**
     * @param rows as {@link #rowsFor} says
     * @param slab with {@link #bytes} free
     * @param releases receives what frees it
     */
    CudaStaging(int rows, int variables, DeviceSlab slab, Arena arena, Releases releases) {
        this.rows = rows;
        copies = new CudaStream();
        releases.add(copies::destroy);
        slots = new Slot[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot(i, rows, variables, slab, arena, releases);
        }
        releases.add(copies::synchronize);
    }

    /** Rows of the largest batch for data with so many variables. */
    static int rowsFor(int variables) {
        return Math.clamp(SLOT_BYTES / ((LARGEST_CELL + 1L) * variables), FEWEST_ROWS, MOST_ROWS);
    }

    /** Device memory for both places. */
    static long bytes(int rows, int variables) {
        return SLOTS
                * (DeviceSlab.padded(cellBytes(rows, variables))
                        + DeviceSlab.padded((long) rows * variables));
    }

    private static long cellBytes(int rows, int variables) {
        return (long) rows * variables * LARGEST_CELL;
    }

    int rows() {
        return rows;
    }

    /**
     * The place of a batch, which is put there unless it was announced. All work on earlier places
     * must be done.
     */
    Slot slotOf(Batch batch) {
        Slot other = slots[1 - current];
        if (other.holds(batch)) {
            current = 1 - current;
        } else if (!slots[current].holds(batch)) {
            slots[current].fill(batch, copies);
        }
        return slots[current];
    }

    /** Puts the batch of the next call to the place that the present one does not use. */
    void announce(Batch next) {
        Slot other = slots[1 - current];
        if (!other.holds(next)) {
            other.fill(next, copies);
        }
    }

    /** A place for one batch on the device. */
    static final class Slot {
        private final int number;
        private final MemorySegment cells;
        private final MemorySegment missing;
        private final MemorySegment deviceCells;
        private final MemorySegment deviceMissing;
        private final MemorySegment batchStruct;
        private final CudaEvent copied;
        private @Nullable Batch held;

        Slot(int number, int rows, int variables, DeviceSlab slab, Arena arena, Releases releases) {
            this.number = number;
            long bytes = cellBytes(rows, variables);
            long flags = (long) rows * variables;
            PinnedMemory pinned = new PinnedMemory(bytes + flags);
            releases.add(pinned::free);
            cells = pinned.segment().asSlice(0, bytes);
            missing = pinned.segment().asSlice(bytes, flags);
            deviceCells = slab.take(bytes);
            deviceMissing = slab.take(flags);
            batchStruct = arena.allocate(sluice_batch.layout());
            copied = new CudaEvent();
            releases.add(copied::destroy);
        }

        private boolean holds(Batch batch) {
            return held != null && held.sameAs(batch);
        }

        private void fill(Batch batch, CudaStream copies) {
            held = null;
            copied.synchronize(); // an announced batch that nobody came for may be on its way
            Dataset data = batch.data();
            bring(batch, data.values(), data.type().bytes(), cells, deviceCells, copies);
            MemorySegment flags = data.missing();
            if (flags != null) {
                bring(batch, flags, 1, missing, deviceMissing, copies);
            }
            copied.record(copies);
            BatchStruct.fill(
                    batchStruct,
                    batch,
                    deviceCells,
                    flags == null ? null : deviceMissing,
                    MemorySegment.NULL);
            held = batch;
        }

        private static void bring(
                Batch batch,
                MemorySegment from,
                int cellBytes,
                MemorySegment pinned,
                MemorySegment device,
                CudaStream copies) {
            long rowBytes = (long) batch.data().variables() * cellBytes;
            gather(batch, from, rowBytes, pinned);
            copies.copyToDevice(device, pinned, batch.count() * rowBytes);
        }

        private static void gather(
                Batch batch, MemorySegment from, long rowBytes, MemorySegment to) {
            int[] numbers = batch.numbers();
            if (numbers == null) {
                MemorySegment.copy(from, batch.first() * rowBytes, to, 0, batch.count() * rowBytes);
                return;
            }
            for (int i = 0; i < numbers.length; i++) {
                MemorySegment.copy(from, numbers[i] * rowBytes, to, i * rowBytes, rowBytes);
            }
        }

        int number() {
            return number;
        }

        /** A {@code sluice_batch}. */
        MemorySegment batchStruct() {
            return batchStruct;
        }

        /** Comes when the batch has arrived. */
        CudaEvent copied() {
            return copied;
        }
    }
}
