package io.sluice.runtime;

import io.sluice.bindings.cudart.CudaRuntime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Work that comes again and again, captured once as a graph and launched as a whole. A shape is
 * captured when it comes for the second time: the first time it is launched directly, so that one
 * that never returns costs nothing more.
 */
final class CudaGraphs {
    /** A graph of a few hundred launches takes about a megabyte. */
    private static final int MOST_GRAPHS = 32;

    private final CudaStream stream;
    private final Map<Key, MemorySegment> graphs =
            new LinkedHashMap<>(MOST_GRAPHS, 0.75f, true); // the least recently used goes first
    private long latestNodes;

    CudaGraphs(CudaStream stream) {
        this.stream = stream;
    }

    /**
     * Everything that decides what is launched, besides the engine: its buffers stay where they
     * are.
     *
     * @param work kernels, arithmetic, and whether statistics are kept
     * @param slot which of the places for batches
     * @param rows rows of the batch
     * @param cellType how its cells are stored
     * @param missing whether some may be missing
     */
    record Key(Work work, int slot, int rows, int cellType, boolean missing) {}

    /**
     * Puts work on the stream.
     *
     * @param enqueue puts the same work on the stream for the same key
     */
    void run(Key key, Runnable enqueue) {
        MemorySegment graph = graphs.get(key);
        if (graph == null) {
            makeRoom();
            graphs.put(key, MemorySegment.NULL); // seen, not captured
            enqueue.run();
            return;
        }
        if (graph.equals(MemorySegment.NULL)) {
            graph = instantiated(captured(enqueue));
            graphs.put(key, graph);
        }
        CudaStatus.check(CudaRuntime.cudaGraphLaunch(graph, stream.handle()), "launching a graph");
    }

    private void makeRoom() {
        if (graphs.size() >= MOST_GRAPHS) {
            Map.Entry<Key, MemorySegment> oldest = graphs.entrySet().iterator().next();
            graphs.remove(oldest.getKey());
            destroy(oldest.getValue());
        }
    }

    private MemorySegment captured(Runnable enqueue) {
        CudaStatus.check(
                CudaRuntime.cudaStreamBeginCapture(
                        stream.handle(), CudaRuntime.cudaStreamCaptureModeThreadLocal()),
                "capturing a graph");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            try {
                enqueue.run();
            } catch (RuntimeException | Error e) {
                CudaRuntime.cudaStreamEndCapture(stream.handle(), result);
                destroyTemplate(result.get(ValueLayout.ADDRESS, 0));
                throw e;
            }
            CudaStatus.check(
                    CudaRuntime.cudaStreamEndCapture(stream.handle(), result), "capturing a graph");
            return result.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** Kernels, copies and fills of the graph that was captured last; 0 before the first. */
    long latestNodes() {
        return latestNodes;
    }

    private static long nodes(MemorySegment template) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            CudaStatus.check(
                    CudaRuntime.cudaGraphGetNodes(template, MemorySegment.NULL, count),
                    "counting what a graph launches");
            return count.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private MemorySegment instantiated(MemorySegment template) {
        try (Arena arena = Arena.ofConfined()) {
            latestNodes = nodes(template);
            MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
            CudaStatus.check(
                    CudaRuntime.cudaGraphInstantiate(result, template, 0), "preparing a graph");
            return result.get(ValueLayout.ADDRESS, 0);
        } finally {
            destroyTemplate(template);
        }
    }

    private static void destroyTemplate(MemorySegment template) {
        if (!template.equals(MemorySegment.NULL)) {
            CudaRuntime.cudaGraphDestroy(template);
        }
    }

    private static void destroy(MemorySegment graph) {
        if (!graph.equals(MemorySegment.NULL)) {
            CudaRuntime.cudaGraphExecDestroy(graph);
        }
    }

    /** Forgets all graphs; none may be running. */
    void clear() {
        graphs.values().forEach(CudaGraphs::destroy);
        graphs.clear();
    }
}
