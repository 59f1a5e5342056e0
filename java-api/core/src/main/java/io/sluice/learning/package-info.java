/**
 * Learning the parameters of a circuit.
 *
 * <p>{@link io.sluice.learning.ExpectationMaximization} and {@link
 * io.sluice.learning.GradientAscent} say how to learn and run it on an engine; a {@link
 * io.sluice.learning.StepSizeSchedule} says how far each step goes, a {@link
 * io.sluice.learning.TrainingListener} hears of progress, and a {@link
 * io.sluice.learning.TrainingHistory} is what comes of it. {@link io.sluice.learning.PruneAndGrow}
 * learns the edges of a trained circuit too.
 *
 * <p><b>Stopping and resuming.</b> All that a run is besides its settings, its data and the
 * engine's parameters is a handful of numbers: the epoch, the batch in it, and sums; and with
 * momentum, averages of flows or gradients, which have a file of their own. The order of the rows
 * depends on the seed and the epoch alone. A checkpoint is therefore a model file with those
 * numbers in its metadata, and a run that was killed and resumed ends with the bits of one that was
 * not.
 */
@NullMarked
package io.sluice.learning;

import org.jspecify.annotations.NullMarked;
