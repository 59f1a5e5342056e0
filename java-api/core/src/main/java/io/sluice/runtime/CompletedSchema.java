package io.sluice.runtime;

import io.sluice.circuit.Circuit;
import io.sluice.circuit.InputFamily;
import io.sluice.data.Column;
import io.sluice.data.Schema;

import java.util.ArrayList;
import java.util.List;

/** The schema of evidence whose missing cells a circuit has filled. */
final class CompletedSchema {

    private CompletedSchema() {}

    /**
     * The schema of the evidence. A column with fewer categories than its variable is widened, and
     * loses its labels.
     */
    static Schema of(Circuit circuit, Schema evidence) {
        Schema widest = CircuitSchema.of(circuit);
        List<Column> columns = new ArrayList<>();
        for (int v = 0; v < circuit.variables(); v++) {
            Column given = evidence.column(v);
            InputFamily family = circuit.family(v);
            boolean holdsAll =
                    !given.isCategorical()
                            || (family.finite() && given.categories() >= family.categories());
            columns.add(holdsAll ? given : widest.column(v).withName(given.name()));
        }
        return new Schema(columns, evidence.image());
    }
}
