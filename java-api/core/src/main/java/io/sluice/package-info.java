/**
 * The exceptions of Sluice: one small sealed family under {@link io.sluice.SluiceException}.
 *
 * <p>Sluice builds, trains and queries probabilistic circuits. Its packages depend on one another
 * in one direction: {@code circuit} says what a circuit is, {@code structure} builds circuits from
 * data, {@code compile} turns a circuit into a plan, {@code runtime} runs plans on devices, {@code
 * learning} trains, {@code model} reads and writes files.
 */
@NullMarked
package io.sluice;

import org.jspecify.annotations.NullMarked;
