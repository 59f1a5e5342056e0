/**
 * Compiled circuits on devices: the engine and its results.
 *
 * <p>This is the only package that touches native code. {@link io.sluice.runtime.Engine} is what
 * users see; a plan made by {@code io.sluice.compile} is bound to buffers and kernels by the native
 * engine, and interpreted in float64 by the reference engine.
 */
@NullMarked
package io.sluice.runtime;

import org.jspecify.annotations.NullMarked;
