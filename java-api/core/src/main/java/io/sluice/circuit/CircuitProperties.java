package io.sluice.circuit;

/**
 * Facts about a circuit, computed from its graph and parameters, never declared (Choi, Vergari and
 * Van den Broeck 2020, sections 4 and 5).
 *
 * @param smooth whether all children of each sum have one scope
 * @param decomposable whether the children of each product have disjoint scopes
 * @param structuredDecomposable whether it is decomposable and all products of one scope split it
 *     the same way: the circuit then follows one hierarchy of variables (a vtree); products of a
 *     single child split nothing
 * @param depth edges on the longest path from the root down to an input
 * @param variables how many variables
 * @param vectors how many node vectors
 * @param nodes nodes of all vectors
 * @param edges edges between nodes: those of products, and of sums those whose parameter is not 0;
 *     tied sums count their own
 * @param parameters numbers that learning may change: parameters of sums that are not 0, and all of
 *     the inputs; shared ones count once
 */
public record CircuitProperties(
        boolean smooth,
        boolean decomposable,
        boolean structuredDecomposable,
        int depth,
        int variables,
        int vectors,
        long nodes,
        long edges,
        long parameters) {}
