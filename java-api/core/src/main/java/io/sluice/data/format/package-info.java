/**
 * Readers and writers of data sets. {@link io.sluice.data.format.Datasets} opens a file, a folder
 * or a built-in source by name and returns its parts.
 *
 * <p>A schema is inferred or given when data are read for the first time. A model remembers it, and
 * it then decides how later files are read: a category keeps its code for good.
 *
 * <p>Readers trust nothing: a header that promises more than the file holds ends in a {@link
 * io.sluice.FileFormatException}, and memory grows with the bytes that have arrived, not with the
 * bytes that a header promises.
 */
@NullMarked
package io.sluice.data.format;

import org.jspecify.annotations.NullMarked;
