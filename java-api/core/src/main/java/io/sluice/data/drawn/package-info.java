/** Data sets that the library draws itself, to try it without a download. */
@NullMarked
package io.sluice.data.drawn;

import org.jspecify.annotations.NullMarked;
