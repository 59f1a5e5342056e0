/**
 * Builders of circuit structures. They use data only to choose a structure and first parameters,
 * and return an immutable {@link io.sluice.circuit.Circuit}. Nothing here computes likelihoods.
 *
 * <p>Structures on trees of variables: {@link io.sluice.structure.Hclt}, {@link
 * io.sluice.structure.Hmm}. Structures that split sets of variables, as region graphs that become
 * circuits: {@link io.sluice.structure.PoonDomingos}, {@link io.sluice.structure.QuadTree} and
 * {@link io.sluice.structure.QuadGraph} for images, {@link io.sluice.structure.RatSpn} for
 * anything. The baselines, which are estimated by counting: {@link io.sluice.structure.Factorized},
 * {@link io.sluice.structure.ChowLiuModel}.
 */
@NullMarked
package io.sluice.structure;

import org.jspecify.annotations.NullMarked;
