/**
 * The command {@code sluice}: what the library does, for people at a terminal and for scripts.
 *
 * <p>{@link io.sluice.cli.Main} parses and dispatches; one class holds one command. A command first
 * checks its options, whose errors are wrong usage (exit code 2), and then runs (exit code 1 when
 * that fails). It returns a {@link io.sluice.cli.Report}, which is printed as text or as JSON;
 * whatever else there is to say goes to stderr.
 */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
