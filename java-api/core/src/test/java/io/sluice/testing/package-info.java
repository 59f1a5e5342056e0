/** What the tests of several modules share: the oracle fixtures. */
@NullMarked
package io.sluice.testing;

import org.jspecify.annotations.NullMarked;
