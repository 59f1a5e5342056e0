package io.sluice.cli;

import io.sluice.circuit.CircuitProperties;
import io.sluice.data.Column;
import io.sluice.model.DotExport;
import io.sluice.model.Model;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code sluice inspect}. */
@Command(
        name = "inspect",
        description = "Prints the columns of a model and the size of its circuit.")
final class InspectCommand extends Subcommand {
    /** Columns, and labels of a column, that people see; JSON has all. */
    private static final int SHOWN = 20;

    @Mixin final ModelOption model = new ModelOption();

    @Option(
            names = "--dot",
            paramLabel = "F.dot",
            description = "Write the circuit as a graph for Graphviz.")
    @Nullable Path dot;

    @Override
    void check() {
        model.check();
        if (dot != null) {
            OutputFile.check("--dot", dot);
        }
    }

    @Override
    Report run(Session session) throws IOException {
        Model known = model.read();
        CircuitProperties p = known.circuit().properties();
        if (dot != null) {
            DotExport.write(known.circuit(), dot);
        }
        Report report =
                new Report()
                        .field("variables", p.variables())
                        .field("node_vectors", p.vectors())
                        .field("nodes", p.nodes())
                        .field("edges", p.edges())
                        .field("parameters", p.parameters())
                        .field("depth", p.depth())
                        .field("smooth", p.smooth())
                        .field("decomposable", p.decomposable())
                        .field("structured_decomposable", p.structuredDecomposable())
                        .line("variables                " + p.variables())
                        .line("node vectors             " + p.vectors())
                        .line("nodes                    " + p.nodes())
                        .line("edges                    " + p.edges())
                        .line("parameters               " + p.parameters())
                        .line("depth                    " + p.depth())
                        .line("smooth                   " + yesOrNo(p.smooth()))
                        .line("decomposable             " + yesOrNo(p.decomposable()))
                        .line("structured decomposable  " + yesOrNo(p.structuredDecomposable()));
        List<Column> columns = known.schema().columns();
        report.field("columns", columns.stream().map(InspectCommand::fields).toList());
        columns.stream().limit(SHOWN).forEach(column -> report.line(describe(column)));
        if (columns.size() > SHOWN) {
            report.line("... and " + (columns.size() - SHOWN) + " columns more");
        }
        return report;
    }

    private static Map<String, Object> fields(Column column) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", column.name());
        fields.put("kind", column.isCategorical() ? "categorical" : "continuous");
        if (column.isCategorical()) {
            fields.put("categories", column.categories());
            fields.put("labels", column.labels());
        }
        return fields;
    }

    private static String describe(Column column) {
        if (!column.isCategorical()) {
            return "column '" + column.name() + "': real numbers";
        }
        List<String> labels = column.labels();
        String values =
                labels.isEmpty()
                        ? "0 to " + (column.categories() - 1)
                        : String.join(", ", labels.subList(0, Math.min(SHOWN, labels.size())))
                                + (labels.size() > SHOWN ? ", ..." : "");
        return "column '"
                + column.name()
                + "': "
                + column.categories()
                + (column.categories() == 1 ? " category, " : " categories, ")
                + values;
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }
}
