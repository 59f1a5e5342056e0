package io.sluice.model;

import io.sluice.circuit.FamilySettings;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One entry of the {@code nodes} list of an interchange file with all its fields, of which only the
 * JSON types were checked. Absent numbers are {@link #ABSENT}.
 *
 * @param line of the file on which the entry starts
 * @param params parameters of an input, row by row; a list of plain numbers has rows of length one
 * @param edges edges of a product or sum, row by row
 */
record InterchangeVector(
        int id,
        int line,
        @Nullable String kind,
        int variable,
        int nodes,
        int tied,
        @Nullable Distribution distribution,
        @Nullable List<Integer> children,
        @Nullable NumberTable params,
        @Nullable NumberTable edges) {

    static final int ABSENT = -1;

    /** The {@code dist} field. */
    record Distribution(@Nullable String type, FamilySettings settings) {}
}
