/**
 * Tests across modules: statements about circuits that hold on every engine, and rules of the
 * architecture.
 */
@NullMarked
package io.sluice.tests;

import org.jspecify.annotations.NullMarked;
