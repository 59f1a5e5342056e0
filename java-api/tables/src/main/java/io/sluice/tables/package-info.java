/**
 * Models of tables: what a column means is found from the data, and so are the leaves, the
 * structure and the length of the training. Answers speak of the user's columns and units, never of
 * codes.
 */
@NullMarked
package io.sluice.tables;

import org.jspecify.annotations.NullMarked;
