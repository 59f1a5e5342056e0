package io.sluice.circuit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Computes {@link CircuitProperties} in one pass over the vectors. */
final class PropertyComputation {

    private PropertyComputation() {}

    /**
     * @param nonZero for each vector that owns parameters, the number of its edges or table entries
     */
    static CircuitProperties of(CircuitStructure structure, long[] nonZero) {
        List<NodeVector> vectors = structure.vectors();
        boolean smooth = true;
        boolean decomposable = true;
        int[] depth = new int[vectors.size()];
        long nodes = 0;
        long edges = 0;
        long parameters = 0;
        for (NodeVector vector : vectors) {
            nodes += vector.nodes();
            for (NodeVector child : CircuitStructure.children(vector)) {
                depth[vector.id()] = Math.max(depth[vector.id()], depth[child.id()] + 1);
            }
            if (structure.ownsParameters(vector)) {
                parameters += nonZero[vector.id()];
            }
            switch (vector) {
                case InputVector input -> {}
                case ProductVector product -> {
                    edges += (long) product.nodes() * product.children().size();
                    decomposable &= isDecomposable(product);
                }
                case SumVector sum -> {
                    edges += nonZero[sum.parameterOwner()];
                    smooth &= isSmooth(sum);
                }
            }
        }
        return new CircuitProperties(
                smooth,
                decomposable,
                smooth && decomposable && splitsAgree(vectors),
                depth[structure.root().id()],
                structure.families().size(),
                vectors.size(),
                nodes,
                edges,
                parameters);
    }

    private static boolean isSmooth(SumVector sum) {
        return sum.children().stream().allMatch(child -> child.scope().equals(sum.scope()));
    }

    private static boolean isDecomposable(ProductVector product) {
        int variables = product.children().stream().mapToInt(child -> child.scope().size()).sum();
        return variables == product.scope().size();
    }

    private static boolean splitsAgree(List<NodeVector> vectors) {
        Map<Scope, Set<Scope>> splits = new HashMap<>();
        for (NodeVector vector : vectors) {
            if (vector instanceof ProductVector product && product.children().size() > 1) {
                Set<Scope> split = new HashSet<>();
                product.children().forEach(child -> split.add(child.scope()));
                Set<Scope> known = splits.putIfAbsent(product.scope(), split);
                if (known != null && !known.equals(split)) {
                    return false;
                }
            }
        }
        return true;
    }
}
