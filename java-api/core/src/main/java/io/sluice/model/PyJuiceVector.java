package io.sluice.model;

import io.sluice.FileFormatException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** The entry of one node vector in a {@code .jpc} file: fields by name. */
final class PyJuiceVector {
    /** Names that older files have for fields. */
    private static final Map<String, String> OLDER_NAMES =
            Map.of("num_node_blocks", "num_node_groups", "block_size", "group_size");

    private final int id;
    private final Map<?, ?> fields;

    PyJuiceVector(int id, @Nullable Object entry) {
        if (!(entry instanceof Map<?, ?> map)) {
            throw new FileFormatException(
                    "entry " + id + " of the pickle is no node vector: give a file of PyJuice");
        }
        this.id = id;
        this.fields = map;
        if (has("external_params")) {
            throw problem("takes parameters from outside", "save a circuit that has its own");
        }
    }

    int id() {
        return id;
    }

    String kind() {
        return fields.get("type") instanceof String kind ? kind : "";
    }

    int blocks() {
        return atLeastOne(withoutBlocks() ? "num_nodes" : "num_node_blocks");
    }

    int blockSize() {
        return withoutBlocks() ? 1 : atLeastOne("block_size");
    }

    /** Whether the file is from a version without blocks. */
    private boolean withoutBlocks() {
        return has("num_nodes");
    }

    int nodes() {
        long nodes = (long) blocks() * blockSize();
        if (nodes > Integer.MAX_VALUE) {
            throw problem("has " + nodes + " nodes", "split the vector");
        }
        return (int) nodes;
    }

    private int atLeastOne(String field) {
        String name = has(field) ? field : OLDER_NAMES.getOrDefault(field, field);
        long value = fields.get(name) instanceof Long number ? number : 0;
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw problem("has no number '" + field + "' over 0", "give a file of PyJuice");
        }
        return (int) value;
    }

    /** Ids of the children, all smaller than the id of this vector. */
    int[] children() {
        if (!(fields.get("chs") instanceof List<?> list)) {
            throw problem("has no children 'chs'", "give a file of PyJuice");
        }
        int[] ids = new int[list.size()];
        for (int j = 0; j < ids.length; j++) {
            ids[j] = reference(list.get(j), id);
        }
        return ids;
    }

    private int reference(@Nullable Object value, int limit) {
        if (!(value instanceof Long number) || number < 0 || number >= limit) {
            String shown = value instanceof Long ? value.toString() : "of no number";
            throw problem("refers to vector " + shown, "give a file of PyJuice");
        }
        return (int) (long) number;
    }

    /** The vector whose parameters this one uses; its own id when it is not tied. */
    int source(int vectors) {
        return has("source_node") ? reference(fields.get("source_node"), vectors) : id;
    }

    int variable() {
        if (fields.get("scope") instanceof List<?> scope
                && scope.size() == 1
                && scope.get(0) instanceof Long variable
                && variable >= 0
                && variable < Integer.MAX_VALUE) {
            return (int) (long) variable;
        }
        throw problem("is an input over other than one variable", "give inputs over one each");
    }

    MemorySegment distribution() {
        if (fields.get("dist") instanceof MemorySegment pickle) {
            return pickle;
        }
        throw problem("has no distribution 'dist'", "give a file of PyJuice");
    }

    NumpyArray array(String field) {
        if (fields.get(field) instanceof NumpyArray array) {
            return array;
        }
        throw problem(
                "has no array '" + field + "'",
                "initialise the parameters before the circuit is saved");
    }

    boolean has(String field) {
        return fields.get(field) != null;
    }

    FileFormatException problem(String found, String remedy) {
        return new FileFormatException("node vector " + id + " " + found + ": " + remedy);
    }
}
