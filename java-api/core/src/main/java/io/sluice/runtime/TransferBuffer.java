package io.sluice.runtime;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * Memory on the device and as much pinned memory on the host, for copies between them. Grows when a
 * query needs more.
 */
final class TransferBuffer {
    private @Nullable PinnedMemory pinned;
    private @Nullable DeviceSlab slab;
    private MemorySegment host = MemorySegment.NULL;
    private MemorySegment device = MemorySegment.NULL;

    /**
     * Provides at least this many bytes. No copy may be in progress. If the memory is refused, the
     * buffer stays as it is.
     *
     * @return whether the buffer has moved and its content is lost
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
