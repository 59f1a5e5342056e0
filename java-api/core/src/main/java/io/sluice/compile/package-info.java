/**
 * From circuits to plans: the flat arrays that kernels run on.
 *
 * <p>The compiler numbers blocks, turns product vectors into <em>elements</em> that are formed when
 * they are read, lists the tiles of each sum block (forward) and of each element (backward), layers
 * and partitions the sum blocks, and orders them so that children come before parents. Its cost is
 * linear in the number of tiles.
 */
@NullMarked
package io.sluice.compile;

import org.jspecify.annotations.NullMarked;
