/**
 * Circuits in files: the native model file, the JSON interchange format that other systems read and
 * write, circuits of PyJuice, PSDDs, parameters as safetensors, and graphs for Graphviz.
 *
 * <p>A file that is not what its format promises gives a {@link io.sluice.FileFormatException} that
 * names the file, the place in it and the remedy; nothing is allocated on a file's word before the
 * file has shown as much content. Files are written beside their final name and moved there when
 * they are complete.
 */
@NullMarked
package io.sluice.model;

import org.jspecify.annotations.NullMarked;
