/**
 * Data sets: tables of categorical and continuous columns with missing cells, kept off the heap,
 * and the schemas that say what their cells mean. {@link io.sluice.data.format} reads and writes
 * them, {@link io.sluice.data.drawn} draws some.
 */
@NullMarked
package io.sluice.data;

import org.jspecify.annotations.NullMarked;
