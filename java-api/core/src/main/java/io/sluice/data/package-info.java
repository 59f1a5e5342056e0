/**
 * Data sets: tables of categorical and continuous columns with missing cells, kept off the heap,
 * and readers for the formats people have them in.
 *
 * <p>{@link io.sluice.data.Datasets} opens a file, a folder or a built-in source by name and
 * returns its parts; every format also has a reader of its own. A {@link io.sluice.data.Schema}
 * says what the cells mean: it is inferred or given when data are read for the first time,
 * remembered by a model, and then decides how later files are read, so that a category keeps its
 * code for good.
 *
 * <p>Readers trust nothing: a header that promises more than the file holds is a {@link
 * io.sluice.FileFormatException} and memory grows with the bytes that have arrived, not with the
 * bytes promised.
 */
@NullMarked
package io.sluice.data;

import org.jspecify.annotations.NullMarked;
