/** Tests of the measures of synthetic tables. */
@NullMarked
package io.sluice.tables.measure;

import org.jspecify.annotations.NullMarked;
