package io.sluice.cli;

import io.sluice.runtime.Device;
import io.sluice.runtime.Devices;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code sluice devices}. */
@Command(name = "devices", description = "Lists what can compute, or why something cannot.")
final class DevicesCommand extends Subcommand {

    @Override
    void check() {}

    @Override
    Report run(Session session) {
        List<Devices.Report> devices = Devices.all();
        Report report =
                new Report()
                        .field("devices", devices.stream().map(DevicesCommand::fields).toList())
                        .field("auto", Device.auto().name());
        for (Devices.Report device : devices) {
            report.line(
                    device.device().name()
                            + ": "
                            + (device.usable() ? "" : "cannot be used: ")
                            + device.description());
        }
        return report.line("auto is " + Device.auto().name());
    }

    private static Map<String, Object> fields(Devices.Report device) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", device.device().name());
        fields.put("usable", device.usable());
        fields.put("description", device.description());
        return fields;
    }
}
