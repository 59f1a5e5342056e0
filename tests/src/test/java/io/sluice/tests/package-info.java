/**
 * What crosses modules: statements about circuits that must hold on every engine, and the rules of
 * the architecture.
 */
@NullMarked
package io.sluice.tests;

import org.jspecify.annotations.NullMarked;
