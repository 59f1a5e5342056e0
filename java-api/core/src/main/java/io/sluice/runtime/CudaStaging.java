package io.sluice.runtime;

import io.sluice.bindings.kernels.sluice_batch;
import io.sluice.data.Dataset;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Brings rows to the device: gathers them in pinned memory and copies that on a stream of its own.
 * There are two places, so that one batch can be on its way while the other is computed on. They
 * grow with the batches.
 */
final class CudaStaging {
    /** Most bytes of a place; data with very many columns get fewer rows. */
    private static final long MOST_SLOT_BYTES = 128L << 20;

    private static final int FEWEST_ROWS = 512;
    private static final int SLOTS = 2;
    private static final int LARGEST_CELL = Integer.BYTES;

    private final int variables;
    private final CudaStream copies;
    private final Slot[] slots;
    private int rows;
    private int current;

    /**
     * Places for no rows yet.
     *
     * @param releases receives what frees them
     */
    CudaStaging(int variables, Arena arena, Releases releases) {
        this.variables = variables;
        copies = new CudaStream();
        releases.add(copies::destroy);
        slots = new Slot[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot(i, arena, releases);
        }
        releases.add(copies::synchronize);
    }

    /** Most rows of a batch, of which kernels take up to {@code largestGroup} at a time. */
    int mostRows(int largestGroup) {
        long fit = MOST_SLOT_BYTES / ((LARGEST_CELL + 1L) * variables);
        return Math.min(largestGroup, Math.clamp(fit, FEWEST_ROWS, Integer.MAX_VALUE));
    }

    /** Rows that there is room for. */
    int rows() {
        return rows;
    }

    boolean hasRoomFor(int wanted) {
        return wanted <= rows;
    }

    /** Makes room for batches of so many rows: the places move. No work may be under way. */
    void makeRoom(int wanted) {
        int more = Math.max(wanted, FEWEST_ROWS);
        copies.synchronize(); // an announced batch that nobody came for may be on its way
        for (Slot slot : slots) {
            slot.makeRoom(more, variables);
        }
        rows = more;
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
        private final TransferBuffer cells = new TransferBuffer();
        private final TransferBuffer missing = new TransferBuffer();
        private final MemorySegment batchStruct;
        private final CudaEvent copied;
        private @Nullable Batch held;

        Slot(int number, Arena arena, Releases releases) {
            this.number = number;
            releases.add(cells::free);
            releases.add(missing::free);
            batchStruct = arena.allocate(sluice_batch.layout());
            copied = new CudaEvent();
            releases.add(copied::destroy);
        }

        private void makeRoom(int rows, int variables) {
            held = null;
            cells.need((long) rows * variables * LARGEST_CELL);
            missing.need((long) rows * variables);
        }

        private boolean holds(Batch batch) {
            return held != null && held.sameAs(batch);
        }

        private void fill(Batch batch, CudaStream copies) {
            held = null;
            copied.synchronize(); // an announced batch that nobody came for may be on its way
            Dataset data = batch.data();
            bring(batch, data.values(), data.type().bytes(), cells, copies);
            MemorySegment flags = data.missing();
            if (flags != null) {
                bring(batch, flags, 1, missing, copies);
            }
            copied.record(copies);
            BatchStruct.fill(
                    batchStruct,
                    batch,
                    cells.device(),
                    flags == null ? null : missing.device(),
                    MemorySegment.NULL);
            held = batch;
        }

        private static void bring(
                Batch batch,
                MemorySegment from,
                int cellBytes,
                TransferBuffer to,
                CudaStream copies) {
            long rowBytes = (long) batch.data().variables() * cellBytes;
            gather(batch, from, rowBytes, to.host());
            copies.copyToDevice(to.device(), to.host(), batch.count() * rowBytes);
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
