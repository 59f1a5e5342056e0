/**
 * Learning the parameters of a circuit.
 *
 * <p>{@link io.sluice.learning.ExpectationMaximization} and {@link
 * io.sluice.learning.GradientAscent} are the learning algorithms and run on an engine. A {@link
 * io.sluice.learning.StepSizeSchedule} gives the size of each step, a {@link
 * io.sluice.learning.TrainingListener} is told of progress, and a {@link
 * io.sluice.learning.TrainingHistory} is the result. {@link io.sluice.learning.PruneAndGrow} also
 * learns the edges of a trained circuit.
 *
 * <p><b>Stopping and resuming.</b> Besides its settings, its data and the engine's parameters, the
 * state of a run is a handful of numbers: the epoch, the batch in it, and sums. Momentum adds
 * averages of flows or gradients, which have a file of their own. The order of the rows depends
 * only on the seed and the epoch. A checkpoint is therefore a model file with these numbers in its
 * metadata. A run that was killed and resumed ends with the bits of an uninterrupted one. One run
 * at a time uses a checkpoint folder; a lock file keeps others out and ends with the process.
 */
@NullMarked
package io.sluice.learning;

import org.jspecify.annotations.NullMarked;
