/** Things to look at: charts of models and tables, and a page that shows a run. */
@SuppressWarnings("requires-automatic") // XChart names its module in its manifest only
module io.sluice.report {
    requires transitive io.sluice.tables;
    requires static transitive org.jspecify;
    requires java.desktop;
    requires org.knowm.xchart;

    exports io.sluice.report;
}
