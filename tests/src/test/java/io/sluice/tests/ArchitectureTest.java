package io.sluice.tests;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
        packages = "io.sluice",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {

    /** Test code that modules share is in a jar of its own. */
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule packages_form_no_cycles =
            slices().matching("io.sluice.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule data_flows_one_way =
            layeredArchitecture()
                    .consideringOnlyDependenciesInAnyPackage("io.sluice..")
                    .withOptionalLayers(true)
                    .layer("exceptions")
                    .definedBy("io.sluice")
                    .layer("circuit")
                    .definedBy("io.sluice.circuit")
                    .layer("leaf")
                    .definedBy("io.sluice.leaf")
                    .layer("data")
                    .definedBy("io.sluice.data..")
                    .layer("structure")
                    .definedBy("io.sluice.structure")
                    .layer("compile")
                    .definedBy("io.sluice.compile")
                    .layer("bindings")
                    .definedBy("io.sluice.bindings..")
                    .layer("reference")
                    .definedBy("io.sluice.reference")
                    .layer("runtime")
                    .definedBy("io.sluice.runtime")
                    .layer("learning")
                    .definedBy("io.sluice.learning")
                    .layer("transform")
                    .definedBy("io.sluice.transform")
                    .layer("model")
                    .definedBy("io.sluice.model")
                    .layer("tables")
                    .definedBy("io.sluice.tables..")
                    .layer("report")
                    .definedBy("io.sluice.report..")
                    .layer("cli")
                    .definedBy("io.sluice.cli..")
                    .whereLayer("exceptions")
                    .mayNotAccessAnyLayer()
                    .whereLayer("circuit")
                    .mayOnlyAccessLayers("exceptions")
                    .whereLayer("leaf")
                    .mayOnlyAccessLayers("exceptions", "circuit")
                    .whereLayer("data")
                    .mayOnlyAccessLayers("exceptions")
                    .whereLayer("structure")
                    .mayOnlyAccessLayers("exceptions", "circuit", "leaf", "data")
                    .whereLayer("compile")
                    .mayOnlyAccessLayers("exceptions", "circuit", "leaf")
                    .whereLayer("bindings")
                    .mayNotAccessAnyLayer()
                    .whereLayer("reference")
                    .mayOnlyAccessLayers("exceptions", "circuit")
                    .whereLayer("runtime")
                    .mayOnlyAccessLayers(
                            "exceptions", "circuit", "data", "compile", "bindings", "reference")
                    .whereLayer("learning")
                    .mayOnlyAccessLayers(
                            "exceptions",
                            "circuit",
                            "data",
                            "reference",
                            "runtime",
                            "model",
                            "transform")
                    .whereLayer("transform")
                    .mayOnlyAccessLayers("exceptions", "circuit", "leaf", "data", "reference")
                    .whereLayer("model")
                    .mayOnlyAccessLayers("exceptions", "circuit", "leaf", "data", "transform")
                    .whereLayer("tables")
                    .mayOnlyBeAccessedByLayers("report", "cli")
                    .whereLayer("report")
                    .mayOnlyBeAccessedByLayers("cli")
                    .whereLayer("cli")
                    .mayNotBeAccessedByAnyLayer()
                    .whereLayer("bindings")
                    .mayOnlyBeAccessedByLayers("runtime")
                    .ensureAllClassesAreContainedInArchitecture();
}
