/** Code that the tests of several modules share: fixtures, examples of leaves, sweeps. */
@NullMarked
package io.sluice.testing;

import org.jspecify.annotations.NullMarked;
