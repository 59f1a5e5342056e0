package io.sluice.runtime;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Memory on the device and as much pinned memory on the host, to copy between. Grows when a query
 * needs more.
 */
final class TransferBuffer {
    private @Nullable PinnedMemory pinned;
    private @Nullable DeviceSlab slab;
    private MemorySegment host = MemorySegment.NULL;
    private MemorySegment device = MemorySegment.NULL;

    /**
     * Makes sure of so many bytes; no copy may be under way. If they are refused, what there was
     * stays.
     *
     * @return whether it has moved, and lost what it held
     */
    boolean need(long bytes) {
        if (bytes <= host.byteSize()) {
            return false;
        }
        DeviceSlab newSlab = new DeviceSlab(bytes);
        PinnedMemory newPinned;
        try {
            newPinned = new PinnedMemory(bytes);
        } catch (RuntimeException | Error e) {
            newSlab.free();
            throw e;
        }
        free();
        slab = newSlab;
        device = newSlab.take(bytes);
        pinned = newPinned;
        host = newPinned.segment();
        return true;
    }

    MemorySegment host() {
        return host;
    }

    MemorySegment device() {
        return device;
    }

    void free() {
        host = MemorySegment.NULL;
        device = MemorySegment.NULL;
        if (pinned != null) {
            pinned.free();
            pinned = null;
        }
        if (slab != null) {
            slab.free();
            slab = null;
        }
    }
}
