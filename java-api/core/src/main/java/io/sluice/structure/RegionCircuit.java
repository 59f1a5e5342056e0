package io.sluice.structure;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.CircuitBuilder;
import io.sluice.circuit.EdgePattern;
import io.sluice.circuit.InputFamily;
import io.sluice.circuit.InputVector;
import io.sluice.circuit.NodeVector;
import io.sluice.circuit.RandomStreams;
import io.sluice.circuit.SumVector;
import io.sluice.structure.Region.Partition;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Turns a {@link RegionGraph} into a circuit: each region becomes a vector of K sums, each
 * partition a vector of K products, of which number {@code i} multiplies the sums {@code i} of the
 * parts (the transposed CP layer, CP-T, of Loconte et al. 2024, section 4.2; K x K products for
 * each partition, as in Peharz et al. 2019, would be the Tucker layer). A leaf region multiplies
 * inputs of its variables. The root is one sum.
 *
 * <p>A region is not built if no block of sums chose a partition that contains it.
 */
final class RegionCircuit {

    private final RegionGraph graph;
    private final RegionSettings settings;
    private final List<InputFamily> families;
    private final CircuitBuilder circuit = Circuit.builder();
    private final int[] kinds; // of regions; regions of one kind share a choice and, if tied, sums
    private final @Nullable ProductChoice[] choices; // of kinds
    private final List<List<NodeVector>> products = new ArrayList<>(); // of regions
    private final @Nullable NodeVector[] shared; // of regions: the vector that partitions read
    private final Map<Integer, SumVector> owners = new HashMap<>(); // first sums of each kind
    private final Map<Integer, InputVector> inputs = new HashMap<>(); // shared, of variables
    private @Nullable InputVector firstInput;

    private RegionCircuit(RegionGraph graph, RegionSettings settings, List<InputFamily> families) {
        this.graph = graph;
        this.settings = settings;
        this.families = families;
        int regions = graph.regions().size();
        kinds = new int[regions];
        Arrays.setAll(kinds, i -> i);
        choices = new ProductChoice[regions];
        shared = new NodeVector[regions];
    }

    static Circuit build(RegionGraph graph, RegionSettings settings, Leaves leaves) {
        RegionCircuit made = new RegionCircuit(graph, settings, leaves.families());
        if (settings.tied()) {
            int[] same = Translates.kinds(graph);
            System.arraycopy(same, 0, made.kinds, 0, same.length);
        }
        return made.circuit.build(made.build(), leaves.initializer());
    }

    private NodeVector build() {
        boolean[] read = chooseProducts();
        for (Region region : graph.regions()) {
            products.add(read[region.index()] ? products(region) : List.of());
            if (read[region.index()] && region != graph.root()) {
                addSums(region);
            }
        }
        return circuit.sum(products.get(graph.root().index()), 1, 1);
    }

    /** Chooses products from the root down, for regions that are read; returns these regions. */
    private boolean[] chooseProducts() {
        boolean[] read = new boolean[graph.regions().size()];
        read[graph.root().index()] = true;
        for (int i = graph.regions().size() - 1; i >= 0; i--) {
            Region region = graph.regions().get(i);
            if (read[i] && !region.isLeaf()) {
                for (int p : choice(region).used()) {
                    for (Region part : region.partitions().get(p).parts()) {
                        read[part.index()] = true;
                    }
                }
            }
        }
        return read;
    }

    private ProductChoice choice(Region region) {
        int partitions = region.partitions().size();
        if (region == graph.root()) {
            return ProductChoice.all(partitions, 1);
        }
        int kind = kinds[region.index()];
        ProductChoice known = choices[kind];
        if (known != null) {
            return known;
        }
        int blocks = settings.latents() / settings.blockSize();
        SplittableRandom random = RandomStreams.of(settings.seed(), kind);
        ProductChoice made =
                partitions <= settings.mostProducts()
                        ? ProductChoice.all(partitions, blocks)
                        : ProductChoice.dealt(partitions, blocks, settings.mostProducts(), random);
        choices[kind] = made;
        return made;
    }

    /** The products that the sums of a region read. */
    private List<NodeVector> products(Region region) {
        List<NodeVector> made = new ArrayList<>();
        LeafTrees trees = settings.leafTrees();
        if (region.isLeaf() && trees != null) {
            int[] variables = region.scope().toArray();
            made.add(
                    new LatentTree(settings.latents(), settings.blockSize(), EdgePattern.dense())
                            .add(circuit, trees.of(region.scope()), i -> input(variables[i])));
            return made;
        }
        if (region.isLeaf()) {
            List<NodeVector> factors = new ArrayList<>();
            for (int variable : region.scope().toArray()) {
                factors.add(input(variable));
            }
            made.add(product(factors));
            return made;
        }
        for (int p : choice(region).used()) {
            made.add(product(parts(region.partitions().get(p))));
        }
        return made;
    }

    private List<NodeVector> parts(Partition partition) {
        List<NodeVector> parts = new ArrayList<>();
        for (Region part : partition.parts()) {
            NodeVector known = shared[part.index()];
            parts.add(known == null ? sums(part) : known);
        }
        return parts;
    }

    private NodeVector product(List<NodeVector> factors) {
        return factors.size() == 1 ? factors.get(0) : circuit.product(factors);
    }

    /** Builds the vector that all partitions of a region's parents read, if they share one. */
    private void addSums(Region region) {
        if (region.isLeaf() && settings.leafSums() == LeafSums.NONE) {
            shared[region.index()] = products.get(region.index()).get(0);
        } else if (settings.sumsShared()) {
            shared[region.index()] = sums(region);
        }
    }

    private SumVector sums(Region region) {
        List<NodeVector> children = products.get(region.index());
        int kind = kinds[region.index()];
        SumVector owner = settings.tied() ? owners.get(kind) : null;
        if (owner != null) {
            return circuit.tiedSum(owner, children);
        }
        int blocks = settings.latents() / settings.blockSize();
        SumVector made;
        if (region.isLeaf() && settings.leafSums() == LeafSums.BLOCKWISE) {
            int[] diagonal = new int[blocks];
            Arrays.setAll(diagonal, block -> block);
            made = sums(children, diagonal, diagonal);
        } else if (region.isLeaf() || choice(region).isDense()) {
            made = circuit.sum(children, settings.latents(), settings.blockSize());
        } else {
            made = chosenSums(children, choice(region).ofBlock());
        }
        owners.put(kind, made);
        return made;
    }

    /** A block of sums reads all blocks of the products that it chose. */
    private SumVector chosenSums(List<NodeVector> children, int[][] chosen) {
        int blocks = chosen.length;
        int tiles = Arrays.stream(chosen).mapToInt(c -> c.length).sum() * blocks;
        int[] parentBlocks = new int[tiles];
        int[] childBlocks = new int[tiles];
        int e = 0;
        for (int block = 0; block < blocks; block++) {
            for (int child : chosen[block]) {
                for (int c = 0; c < blocks; c++) {
                    parentBlocks[e] = block;
                    childBlocks[e++] = child * blocks + c;
                }
            }
        }
        return sums(children, parentBlocks, childBlocks);
    }

    private SumVector sums(List<NodeVector> children, int[] parentBlocks, int[] childBlocks) {
        return circuit.sum(
                children, settings.latents(), settings.blockSize(), parentBlocks, childBlocks);
    }

    private InputVector input(int variable) {
        InputVector known = settings.inputsShared() ? inputs.get(variable) : null;
        if (known != null) {
            return known;
        }
        InputVector first = firstInput;
        InputVector made =
                settings.tied() && first != null
                        ? circuit.tiedInput(variable, first)
                        : circuit.input(
                                variable,
                                families.get(variable),
                                settings.latents(),
                                settings.blockSize());
        firstInput = first == null ? made : first;
        inputs.put(variable, made);
        return made;
    }
}
