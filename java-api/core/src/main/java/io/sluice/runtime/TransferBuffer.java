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

    /** Provides at least this many bytes. The content may be lost; no copy may be in progress. */
    void need(long bytes) {
        if (bytes > host.byteSize()) {
            free();
            DeviceSlab newSlab = new DeviceSlab(bytes);
            slab = newSlab;
            device = newSlab.take(bytes);
            PinnedMemory newPinned = new PinnedMemory(bytes);
            pinned = newPinned;
            host = newPinned.segment();
        }
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
