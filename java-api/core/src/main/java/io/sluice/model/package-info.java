/**
 * Circuits in files: the native model file, the JSON interchange format that other systems read and
 * write, circuits of PyJuice, PSDDs, parameters as safetensors, and graphs for Graphviz.
 *
 * <p>A reader given any bytes returns a circuit or throws a {@link io.sluice.FileFormatException}
 * that names the file, the position in it and the remedy. It takes memory in proportion to the size
 * of the file: a few hundred bytes at most for each byte. It copies files before it checks them, so
 * a file may change while it is read and afterwards; only {@link io.sluice.model.ModelFile#map}
 * maps one. A file is written beside its final name and moved there when it is complete.
 */
@NullMarked
package io.sluice.model;

import org.jspecify.annotations.NullMarked;
