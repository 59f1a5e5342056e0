/**
 * Things to look at: charts of the training, of columns, of their dependence and of how far
 * predictions can be trusted, and a page that shows a run.
 *
 * <p>Charts need no display.
 */
@NullMarked
package io.sluice.report;

import org.jspecify.annotations.NullMarked;
