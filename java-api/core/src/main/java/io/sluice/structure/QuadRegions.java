package io.sluice.structure;

import io.sluice.circuit.Scope;
import io.sluice.data.ImageShape;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Region graphs of quad-trees and quad-graphs: squares with sides of a power of two, cut off at the
 * image's ends, are split in their middle along both axes, down to pixels. A pixel's channels stay
 * together.
 */
final class QuadRegions {
    private final int[] shape; // channels, height, width
    private final RegionGraphBuilder graph = RegionGraph.builder();
    private final Map<Box, Scope> scopes = new HashMap<>();

    private QuadRegions(ImageShape image) {
        shape = new int[] {image.channels(), image.height(), image.width()};
    }

    /** Splits squares into their four quarters at once. */
    static RegionGraph tree(ImageShape image) {
        QuadRegions regions = new QuadRegions(image);
        return regions.graph(
                square -> {
                    List<Box> quarters = new ArrayList<>();
                    for (Box half : square.halves(1)) {
                        quarters.addAll(square.of(half).halves(2));
                    }
                    regions.add(square.box(), quarters);
                });
    }

    /** Splits squares into halves, in both directions, and these into the four quarters. */
    static RegionGraph graph(ImageShape image) {
        QuadRegions regions = new QuadRegions(image);
        return regions.graph(
                square -> {
                    for (int axis = 1; axis <= 2; axis++) {
                        List<Box> halves = square.halves(axis);
                        regions.add(square.box(), halves);
                        for (Box half : halves) {
                            regions.add(half, square.of(half).halves(3 - axis));
                        }
                    }
                });
    }

    private RegionGraph graph(Consumer<Square> split) {
        Box whole = Box.whole(shape);
        int longest = Math.max(shape[1], shape[2]);
        for (int side = 2; side < 2 * longest; side *= 2) {
            for (int row = 0; row < shape[1]; row += side) {
                for (int column = 0; column < shape[2]; column += side) {
                    Box box =
                            new Box(
                                    new int[] {0, row, column},
                                    new int[] {
                                        shape[0],
                                        Math.min(row + side, shape[1]),
                                        Math.min(column + side, shape[2])
                                    });
                    split.accept(new Square(box, new int[] {0, row + side / 2, column + side / 2}));
                }
            }
        }
        return graph.build(scope(whole));
    }

    /** Adds a partition, unless the square's middle is outside the image. */
    private void add(Box whole, List<Box> parts) {
        if (parts.size() > 1) {
            graph.split(scope(whole), parts.stream().map(this::scope).toList());
        }
    }

    private Scope scope(Box box) {
        return scopes.computeIfAbsent(box, key -> key.scope(shape));
    }

    /**
     * A part of a square of the quad-tree.
     *
     * @param box the part of it inside the image
     * @param middle of the square, on each axis
     */
    private record Square(Box box, int[] middle) {

        /** The two parts on either side of the middle; the box when one of them is empty. */
        List<Box> halves(int axis) {
            return middle[axis] < box.to()[axis]
                    ? List.of(box.before(axis, middle[axis]), box.after(axis, middle[axis]))
                    : List.of(box);
        }

        Square of(Box part) {
            return new Square(part, middle);
        }
    }
}
