package dev.belay.source;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The directions between the source's rooms. Where one hurts, the design changes with the rule. */
class SourceHouseRulesTest {
  private static final JavaClasses SOURCE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.belay.source");

  @Test
  void roomsDependInOneDirection() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("feed")
        .definedBy("dev.belay.source.feed..")
        .layer("config")
        .definedBy("dev.belay.source.config..")
        .layer("cluster")
        .definedBy("dev.belay.source.cluster..")
        .layer("plan")
        .definedBy("dev.belay.source.plan..")
        .layer("preflight")
        .definedBy("dev.belay.source.preflight..")
        .layer("report")
        .definedBy("dev.belay.source.report..")
        .layer("supervise")
        .definedBy("dev.belay.source.supervise..")
        .optionalLayer("sinkless")
        .definedBy("dev.belay.source.sinkless..")
        .layer("root")
        .definedBy("dev.belay.source")
        .whereLayer("feed")
        .mayNotAccessAnyLayer()
        .whereLayer("config")
        .mayOnlyAccessLayers("feed")
        .whereLayer("cluster")
        .mayOnlyAccessLayers("feed")
        .whereLayer("plan")
        .mayOnlyAccessLayers("feed")
        .whereLayer("preflight")
        .mayOnlyAccessLayers("feed", "config", "cluster")
        .whereLayer("report")
        .mayOnlyAccessLayers("feed")
        .whereLayer("supervise")
        .mayOnlyAccessLayers("feed", "config", "cluster", "plan", "report")
        .whereLayer("sinkless")
        // a task of its own looks at the cluster before it reads
        .mayOnlyAccessLayers("feed", "config", "cluster", "plan", "preflight", "report")
        .whereLayer("root")
        .mayNotBeAccessedByAnyLayer()
        .check(SOURCE);
  }

  /** Neither the sink, nor the command, nor the test kit comes with the plugin. */
  @Test
  void pluginKnowsNobodyElseOfTheHouse() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideOutsideOfPackage("dev.belay.source..").and(resideInAPackage("dev.belay..")))
        .check(SOURCE);
  }

  @Test
  void plansHaveNoEffects() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.belay.source.plan..", "dev.belay.source.feed..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "java.io..", "org.apache.kafka..", "org.slf4j..")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .check(SOURCE);
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
        .check(SOURCE);
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
        .check(SOURCE);
  }
}
