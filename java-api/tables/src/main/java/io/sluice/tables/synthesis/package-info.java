/**
 * Tables like another table: what a circuit draws becomes rows with the columns, numbers and
 * missing cells of the original.
 */
@NullMarked
package io.sluice.tables.synthesis;

import org.jspecify.annotations.NullMarked;
