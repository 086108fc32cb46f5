package dev.belay.sink;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The directions between the sink's rooms. Where one hurts, the design changes with the rule. */
class HouseRulesTest {
  private static final JavaClasses SINK =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.belay.sink");

  @Test
  void roomsDependInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("change")
        .definedBy("dev.belay.sink.change..")
        .layer("failure")
        .definedBy("dev.belay.sink.failure..")
        .layer("shape")
        .definedBy("dev.belay.sink.shape..")
        .layer("step")
        .definedBy("dev.belay.sink.step..")
        .layer("decode")
        .definedBy("dev.belay.sink.decode..")
        .layer("plan")
        .definedBy("dev.belay.sink.plan..")
        .layer("target")
        .definedBy("dev.belay.sink.target..")
        .layer("checkpoint")
        .definedBy("dev.belay.sink.checkpoint..")
        .layer("registry")
        .definedBy("dev.belay.sink.registry..")
        .layer("structs")
        .definedBy("dev.belay.sink.structs..")
        .layer("transforms")
        .definedBy("dev.belay.sink.transforms..")
        .layer("topics")
        .definedBy("dev.belay.sink.topics..")
        .layer("spill")
        .definedBy("dev.belay.sink.spill..")
        .layer("apply")
        .definedBy("dev.belay.sink.apply..")
        .layer("config")
        .definedBy("dev.belay.sink.config..")
        .layer("metrics")
        .definedBy("dev.belay.sink.metrics..")
        .layer("root")
        .definedBy("dev.belay.sink")
        .whereLayer("change")
        .mayNotAccessAnyLayer()
        .whereLayer("failure")
        .mayOnlyAccessLayers("change")
        .whereLayer("shape")
        .mayOnlyAccessLayers("change", "failure")
        .whereLayer("step")
        .mayOnlyAccessLayers("shape")
        .whereLayer("decode")
        .mayOnlyAccessLayers("change")
        .whereLayer("plan")
        .mayOnlyAccessLayers("change", "failure", "shape", "step")
        .whereLayer("target")
        .mayOnlyAccessLayers("change", "failure", "shape", "step")
        .whereLayer("checkpoint")
        .mayOnlyAccessLayers("change", "failure", "target")
        .whereLayer("registry")
        .mayOnlyAccessLayers("decode", "failure")
        .whereLayer("structs")
        .mayOnlyAccessLayers("decode")
        .whereLayer("transforms")
        .mayOnlyAccessLayers("decode")
        .whereLayer("topics")
        .mayOnlyAccessLayers("checkpoint", "failure")
        .whereLayer("spill")
        .mayOnlyAccessLayers("change")
        .whereLayer("apply")
        .mayOnlyAccessLayers("change", "failure", "shape", "step", "plan", "target", "checkpoint")
        .whereLayer("config")
        .mayOnlyAccessLayers("change")
        .whereLayer("metrics")
        .mayOnlyAccessLayers("change")
        .whereLayer("root")
        .mayNotBeAccessedByAnyLayer()
        .check(SINK);
  }

  @Test
  void databasesDoNotSeeEachOther() {
    SlicesRuleDefinition.slices()
        .matching("dev.belay.sink.target.(postgres|mysql|oracle|cockroach)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true)
        .check(SINK);
  }

  /** What databases share knows none of them. */
  @Test
  void whatDatabasesShareKnowsNoDatabase() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.belay.sink.target.wire..", "dev.belay.sink.target.pgwire..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.belay.sink.target.postgres..",
                "dev.belay.sink.target.mysql..",
                "dev.belay.sink.target.oracle..",
                "dev.belay.sink.target.cockroach.."))
        .allowEmptyShould(true)
        .check(SINK);
  }

  @Test
  void onlyTheRootChoosesADatabase() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.belay.sink.apply..", "dev.belay.sink.plan..", "dev.belay.sink.checkpoint..")
        .should()
        .dependOnClassesThat(resideInAPackage("dev.belay.sink.target.*.."))
        .check(SINK);
  }

  /** Neither the command nor the test kit may come with the plugin. */
  @Test
  void pluginKnowsNeitherTheCommandNorTheTestKit() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideOutsideOfPackage("dev.belay.sink..").and(resideInAPackage("dev.belay..")))
        .check(SINK);
  }

  @Test
  void plansHaveNoEffects() {
    noClasses()
        .that()
        .resideInAPackage("dev.belay.sink.plan..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.io..", "org.apache.kafka..", "org.slf4j..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(SINK);
  }

  @Test
  void decodersKnowNoConnectAndNoDatabase() {
    noClasses()
        .that()
        .resideInAPackage("dev.belay.sink.decode..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.apache.kafka..")
        .check(SINK);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould()
        .callMethod(TimeUnit.class, "sleep", long.class)
        .check(SINK);
  }

  @Test
  void namesSayWhatAThingIs() {
    classes()
        .should()
        .haveSimpleNameNotEndingWith("Impl")
        .andShould()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Utils")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .check(SINK);
  }
}
