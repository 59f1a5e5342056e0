package io.sluice.structure;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Dataset;
import io.sluice.data.ImageShape;

import java.util.List;
import java.util.function.Function;

/** Settings of a {@link QuadTree} or {@link QuadGraph}. For one thread. */
public final class QuadBuilder {

    private final LatentSizes sizes = new LatentSizes();
    private final LeafSource source;
    private final ImageShape image;
    private final Function<ImageShape, RegionGraph> graph;
    private long seed;

    QuadBuilder(Dataset images, Function<ImageShape, RegionGraph> graph) {
        ImageShape shape = images.schema().image();
        if (shape == null) {
            throw new InvalidArgumentException(
                    "rows of "
                            + images.variables()
                            + " columns that are no images: a quad-tree or quad-graph needs images,"
                            + " take another structure or give the rows a shape");
        }
        this.source = new LeafSource.Data(images);
        this.image = shape;
        this.graph = graph;
    }

    QuadBuilder(
            ImageShape image, List<InputFamily> families, Function<ImageShape, RegionGraph> graph) {
        if (image.variables() != families.size()) {
            throw new InvalidArgumentException(
                    "images of "
                            + image.variables()
                            + " variables and "
                            + families.size()
                            + " families: give one family for each variable");
        }
        this.source = new LeafSource.Families(families);
        this.image = image;
        this.graph = graph;
    }

    /** How many sums a region has, at least 1, by default 64. */
    public QuadBuilder latents(int latents) {
        sizes.latents(latents);
        return this;
    }

    /**
     * How many nodes make a block; divides the number of latent states. By default the largest
     * divisor that is at most 128.
     */
    public QuadBuilder blockSize(int nodes) {
        sizes.blockSize(nodes);
        return this;
    }

    /** Seed of the first parameters, by default 0. */
    public QuadBuilder seed(long seed) {
        this.seed = seed;
        return this;
    }

    /**
     * Builds the circuit.
     *
     * @throws InvalidArgumentException when the block size does not divide the number of latents
     */
    public Circuit build() {
        int block = sizes.blockSize();
        // with one channel, sums over a leaf's inputs would add nothing
        LeafSums leafSums = image.channels() == 1 ? LeafSums.NONE : LeafSums.DENSE;
        RegionSettings settings =
                new RegionSettings(
                        sizes.latents(),
                        block,
                        Integer.MAX_VALUE,
                        leafSums,
                        null,
                        true,
                        false,
                        false,
                        seed);
        return RegionCircuit.build(graph.apply(image), settings, source.leaves(seed));
    }
}
