package io.sluice.model;

import io.sluice.InvalidArgumentException;
import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a model file: a circuit and the meaning of its variables. Immutable.
 *
 * @param circuit the circuit with its parameters
 * @param schema columns of the data that the circuit models; column {@code v} is variable {@code v}
 *     and has as many categories
 * @param metadata texts by name, in order; Sluice's own begin with {@code run.} and {@code
 *     training.}
 */
public record Model(Circuit circuit, Schema schema, Map<String, String> metadata) {

    /**
     * Fits the columns to the variables: one with fewer categories than its variable is widened,
     * and loses its labels.
     *
     * @throws InvalidArgumentException if there are more or fewer columns than variables, column
     *     and variable differ in being categorical or continuous, or a column has more categories
     *     than its variable
     */
    public Model {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        if (schema.variables() != circuit.variables()) {
            throw new InvalidArgumentException(
                    "a model with "
                            + schema.variables()
                            + " columns and a circuit of "
                            + circuit.variables()
                            + " variables: give one column for each variable");
        }
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < circuit.variables(); v++) {
            columns.add(fitted(schema.column(v), v, circuit.family(v)));
        }
        schema = new Schema(columns, schema.image());
    }

    private static Column fitted(Column column, int variable, InputFamily family) {
        if (column.isCategorical() != family.finite()
                || column.categories() > family.categories()) {
            throw new InvalidArgumentException(
                    "a model whose column '"
                            + column.name()
                            + "' is "
                            + describe(column)
                            + " and whose variable "
                            + variable
                            + " is "
                            + family
                            + ": give a column that fits the variable");
        }
        return column.categories() == family.categories()
                ? column
                : Column.categorical(column.name(), family.categories());
    }

    /** A model without metadata. */
    public Model(Circuit circuit, Schema schema) {
        this(circuit, schema, Map.of());
    }

    /** A model whose columns are called {@code x0, x1, ...} and have the circuit's categories. */
    public static Model of(Circuit circuit) {
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < circuit.variables(); v++) {
            InputFamily family = circuit.family(v);
            columns.add(
                    family.finite()
                            ? Column.categorical("x" + v, family.categories())
                            : Column.continuous("x" + v));
        }
        return new Model(circuit, Schema.of(columns));
    }

    private static String describe(Column column) {
        return column.isCategorical() ? "categorical of " + column.categories() : "continuous";
    }
}
