/**
 * How fast Sluice is: JMH benchmarks of its kernels and of whole training steps, and {@link
 * io.sluice.benchmarks.Throughput}, which sets training and inference beside what the machine can
 * do. What the figures mean is in this module's README.
 */
@NullMarked
package io.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
