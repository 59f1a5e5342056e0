/** Tests of synthetic tables. */
@NullMarked
package io.sluice.tables.synthesis;

import org.jspecify.annotations.NullMarked;
