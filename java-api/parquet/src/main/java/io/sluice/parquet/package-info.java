/**
 * Tables in Parquet files. {@link io.sluice.data.format.Datasets} and {@link
 * io.sluice.data.format.TableWriter} find this module by themselves.
 */
@NullMarked
package io.sluice.parquet;

import org.jspecify.annotations.NullMarked;
