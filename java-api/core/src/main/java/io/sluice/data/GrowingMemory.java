package io.sluice.data;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes appended one piece after the other, in chunks off the heap. Memory grows with what has
 * arrived, so that a file whose header promises more than it holds costs nothing. For one thread.
 */
public final class GrowingMemory {
    private static final long FIRST_CHUNK = 1L << 10;
    private static final long LARGEST_CHUNK = 1L << 26;

    private final List<MemorySegment> full = new ArrayList<>();
    private MemorySegment chunk = MemorySegment.NULL;
    private long used;
    private long size;

    /** Bytes appended so far. */
    public long size() {
        return size;
    }

    /** Appends some bytes of a segment. */
    public void append(MemorySegment source, long offset, long bytes) {
        long done = 0;
        while (done < bytes) {
            if (used == chunk.byteSize()) {
                grow();
            }
            long now = Math.min(bytes - done, chunk.byteSize() - used);
            MemorySegment.copy(source, offset + done, chunk, used, now);
            used += now;
            done += now;
        }
        size += bytes;
    }

    /** Appends zeros. */
    public void appendZeros(long bytes) {
        long done = 0;
        while (done < bytes) {
            if (used == chunk.byteSize()) {
                grow(); // fresh memory is zero
            }
            long now = Math.min(bytes - done, chunk.byteSize() - used);
            used += now;
            done += now;
        }
        size += bytes;
    }

    /** All bytes in one piece. This object must not be used afterwards. */
    public MemorySegment toSegment() {
        if (full.isEmpty()) {
            return chunk.asSlice(0, used); // wastes less than one small chunk
        }
        MemorySegment whole = OffHeap.allocate(size);
        long at = 0;
        for (MemorySegment part : full) {
            MemorySegment.copy(part, 0, whole, at, part.byteSize());
            at += part.byteSize();
        }
        MemorySegment.copy(chunk, 0, whole, at, used);
        full.clear();
        chunk = MemorySegment.NULL;
        return whole;
    }

    private void grow() {
        if (chunk.byteSize() > 0) {
            full.add(chunk);
        }
        chunk = OffHeap.allocate(Math.clamp(size, FIRST_CHUNK, LARGEST_CHUNK));
        used = 0;
    }
}
