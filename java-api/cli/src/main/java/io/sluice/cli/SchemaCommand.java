package io.sluice.cli;

import io.sluice.data.AtomicFile;
import io.sluice.data.Column;
import io.sluice.data.format.ColumnsJson;
import io.sluice.data.format.InferredColumn;
import io.sluice.data.format.InferredTable;
import io.sluice.data.format.UnseenRule;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code sluice schema}. */
@Command(
        name = "schema",
        description = {
            "Prints what each column of a table holds, and why.",
            "It is JSON. Edit the types and give the file to 'sluice train --schema', or change one"
                    + " column with '--column zip=category'."
        })
final class SchemaCommand extends Subcommand {
    @Mixin final DataReading reading = new DataReading(UnseenRule.REFUSE);

    @Option(
            names = "--data",
            required = true,
            paramLabel = "F",
            description = "The table: a file or - (standard input).")
    String data = "";

    @Option(
            names = "--out",
            paramLabel = "F.json",
            description = "Where to write the schema (default: standard output).")
    @Nullable Path out;

    @Override
    void check() throws IOException {
        reading.check();
        DataReading.checkSource("--data", data);
        if (out != null) {
            OutputFile.check("--out", out);
        }
    }

    @Override
    @Nullable Path output() {
        return out;
    }

    @Override
    Report run(Session session) throws IOException {
        InferredTable table = reading.infer(data, session);
        table.notes().forEach(note -> session.remark("warning: " + note));
        Report report = new Report();
        report.field("columns", table.columns().stream().map(SchemaCommand::fields).toList());
        String json = ColumnsJson.format(table);
        Path file = out;
        if (file == null) {
            json.lines().forEach(report::line);
        } else {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            OutputFile.write(
                    session, file, to -> AtomicFile.write(to, stream -> stream.write(bytes)));
            report.line(table.columns().size() + " columns in " + file);
        }
        return report;
    }

    private static Map<String, @Nullable Object> fields(InferredColumn inferred) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("name", inferred.name());
        fields.put("type", inferred.type().title());
        fields.put("reason", inferred.reason());
        @Nullable Column column = inferred.column();
        if (column != null && column.isCategorical() && column.numbers() == null) {
            fields.put("categories", column.categories());
            fields.put("labels", column.labels());
        }
        return fields;
    }
}
