package io.sluice.cli;

import io.sluice.circuit.CircuitProperties;
import io.sluice.model.DotExport;
import io.sluice.model.Model;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;

/** {@code sluice inspect}. */
@Command(name = "inspect", description = "Prints the sizes and properties of a model's circuit.")
final class InspectCommand extends Subcommand {
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
        return new Report()
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
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }
}
