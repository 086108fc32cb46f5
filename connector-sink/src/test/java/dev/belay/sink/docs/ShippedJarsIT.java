package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.docs.ShippedZip;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the zip carries is what was agreed to, and NOTICE says so. */
class ShippedJarsIT {
  private static final ShippedZip ZIP =
      new ShippedZip(Path.of(System.getProperty("belay.sink.zip")));

  @Test
  void theZipHasTheJarsOfTheListAndNoOthers() throws Exception {
    assertThat(ZIP.jars().keySet())
        .containsExactlyInAnyOrderElementsOf(
            ShippedZip.listed(Path.of("src/test/resources/shipped-jars.txt")));
  }

  @Test
  void noticeNamesEveryJarAndWhatIsBundledInIt() throws Exception {
    assertThat(Files.readString(Repository.ROOT.resolve("NOTICE")))
        .contains(ZIP.namesForTheNotice());
  }

  /** The plugin's own zip stays free of them, as the first test holds. */
  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb", "oracle"})
  void aDriversZipHasTheDriverItsLicenceAndNothingElse(String driver) throws Exception {
    ShippedZip zip =
        new ShippedZip(Path.of(System.getProperty("belay.sink.driver.zips") + driver + ".zip"));
    assertThat(zip.jars().keySet())
        .containsExactlyElementsOf(
            ShippedZip.listed(
                Path.of("src/test/resources/shipped-jars-driver-" + driver + ".txt")));
    assertThat(Files.readString(Repository.ROOT.resolve("NOTICE")))
        .contains(zip.namesForTheNotice());
    assertThat(zip.names()).contains("doc/driver-" + driver + ".md");
    boolean licenceInTheJar = zip.jars().values().iterator().next().contains("LICENSE");
    assertThat(licenceInTheJar || zip.names().contains("doc/driver-" + driver + "-LICENSE.txt"))
        .isTrue();
    // it is unpacked over the plugin's folder
    assertThat(zip.top()).isEqualTo(ZIP.top());
  }

  @Test
  void licenceNoticeAndFilesToStartFromAreInTheZip() throws Exception {
    assertThat(ZIP.names())
        .contains(
            "doc/LICENSE",
            "doc/NOTICE",
            "doc/README.md",
            "doc/CHANGELOG.md",
            "doc/docs/operations.md",
            "doc/config/README.md",
            "etc/sink/postgresql.json",
            "etc/sql/postgresql/belay-schema.sql",
            "etc/sql/cockroachdb/create-changefeed.sql");
  }

  @Test
  void linksOfThePagesInTheZipLeadToWhatIsInTheZip() throws Exception {
    assertThat(ZIP.names()).filteredOn(name -> name.endsWith(".md")).hasSizeGreaterThan(10);
    assertThat(ZIP.deadLinks()).isEmpty();
  }
}
