package io.sluice.benchmarks;

import io.sluice.InvalidArgumentException;
import io.sluice.structure.ChowLiuTree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Trees over the pixels of an image. A random spanning tree of the grid of neighbours replaces a
 * Chow-Liu tree, which also joins neighbours. So benchmarks need no data.
 */
final class PixelTree {
    private static final long SEED = 0;

    private PixelTree() {}

    private record Edge(double weight, int from, int to) {}

    /** A tree over a square image. */
    static ChowLiuTree random(int side) {
        return random(side, side);
    }

    /** The minimum spanning tree of the grid with random weights, rooted at the middle pixel. */
    static ChowLiuTree random(int height, int width) {
        Random random = new Random(SEED);
        int pixels = height * width;
        List<Edge> edges = new ArrayList<>();
        for (int pixel = 0; pixel < pixels; pixel++) {
            if (pixel % width + 1 < width) {
                edges.add(new Edge(random.nextDouble(), pixel, pixel + 1));
            }
            if (pixel + width < pixels) {
                edges.add(new Edge(random.nextDouble(), pixel, pixel + width));
            }
        }
        edges.sort((a, b) -> Double.compare(a.weight, b.weight));
        List<List<Integer>> neighbours = new ArrayList<>();
        for (int pixel = 0; pixel < pixels; pixel++) {
            neighbours.add(new ArrayList<>());
        }
        int[] component = new int[pixels];
        Arrays.setAll(component, pixel -> pixel);
        for (Edge edge : edges) { // Kruskal
            int from = find(component, edge.from);
            int to = find(component, edge.to);
            if (from != to) {
                component[from] = to;
                neighbours.get(edge.from).add(edge.to);
                neighbours.get(edge.to).add(edge.from);
            }
        }
        int[] parents = new int[pixels];
        hang(height / 2 * width + width / 2, ChowLiuTree.NO_PARENT, neighbours, parents);
        return ChowLiuTree.ofParents(parents);
    }

    private static int find(int[] component, int pixel) {
        int top = pixel;
        while (component[top] != top) {
            component[top] = component[component[top]];
            top = component[top];
        }
        return top;
    }

    private static void hang(int pixel, int parent, List<List<Integer>> neighbours, int[] parents) {
        parents[pixel] = parent;
        for (int next : neighbours.get(pixel)) {
            if (next != parent) {
                hang(next, pixel, neighbours, parents);
            }
        }
    }

    /**
     * A tree from a file: the parent of each pixel, -1 for the root, separated by anything that is
     * no number.
     */
    static ChowLiuTree read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int[] parents =
                Arrays.stream(text.split("[^-0-9]+", -1))
                        .filter(word -> !word.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray();
        if (parents.length == 0) {
            throw new InvalidArgumentException(
                    file + " holds no numbers: give the parent of each pixel, -1 for the root");
        }
        return ChowLiuTree.ofParents(parents);
    }
}
