/**
 * Circuits evaluated from their definitions: every query and learning step in plain Java, float64
 * and log space, without a compiled plan, kernels or native memory.
 *
 * <p>{@link io.sluice.reference.ReferenceEvaluator} answers queries about rows and learns. The
 * engine of {@code Device.reference()} runs it on data sets, and the tests compare all other
 * engines with it. {@link io.sluice.reference.NodeVisits}, {@link io.sluice.reference.Moments} and
 * {@link io.sluice.reference.MaximalFlows} are questions that only this evaluator answers.
 */
@NullMarked
package io.sluice.reference;

import org.jspecify.annotations.NullMarked;
