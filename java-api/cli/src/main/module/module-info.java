/** The command {@code sluice}. */
module io.sluice.cli {
    requires info.picocli;
    requires io.sluice.report;
    requires jdk.unsupported; // signals
    requires static org.jspecify;
    requires me.tongfei.progressbar;
    requires tools.jackson.core;

    opens io.sluice.cli to
            info.picocli;
}
