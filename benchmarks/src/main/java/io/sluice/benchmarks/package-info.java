/**
 * How fast Sluice is: JMH benchmarks of its kernels and of whole training steps, and {@link
 * io.sluice.benchmarks.Throughput}, which compares training and inference with the machine's peak
 * rates. This module's README explains the figures.
 */
@NullMarked
package io.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
