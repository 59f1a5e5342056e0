/**
 * Logical circuits: what a probabilistic circuit is, before anything is compiled or run.
 *
 * <p>A {@linkplain io.sluice.circuit.Circuit circuit} is an immutable directed acyclic graph of
 * {@linkplain io.sluice.circuit.NodeVector node vectors} together with its {@linkplain
 * io.sluice.circuit.Parameters parameters}. A node vector holds nodes of one kind (input, product,
 * sum) with the same scope; its nodes come in blocks of {@code blockSize}. A sum vector is a
 * block-sparse matrix over the nodes of its children: each of its tiles joins a parent block and a
 * child block, and is a dense {@code blockSize x childBlockSize} matrix of parameters.
 *
 * <p>A {@linkplain io.sluice.circuit.CircuitBuilder builder} checks every vector when it is added,
 * so a circuit that exists is smooth and decomposable, and its parameters are distributions. The
 * words are those of Choi, Vergari and Van den Broeck, "Probabilistic Circuits: A Unifying
 * Framework for Tractable Probabilistic Models" (2020), sections 3 and 4.
 *
 * <p>Everything here but the builder is immutable and may be shared between threads.
 *
 * <p>An input vector's nodes are distributions of one {@linkplain io.sluice.circuit.InputFamily
 * family} over its variable. The families that come with the library, and how to write another one,
 * are in {@link io.sluice.leaf}.
 */
@NullMarked
package io.sluice.circuit;

import org.jspecify.annotations.NullMarked;
