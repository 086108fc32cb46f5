package dev.belay.sink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.sink.BelaySinkConnector;
import dev.belay.sink.transforms.MaskColumns;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.docs.Sbom;
import dev.belay.testkit.docs.ShippedZip;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.transforms.Transformation;
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

  /** {@code -Dbelay.rewrite=true} writes it anew, after the list. */
  @Test
  void theBillOfMaterialsIsWhatIsInTheZip() throws Exception {
    Sbom bill = new Sbom(ZIP, Path.of("src/test/resources/shipped-jars.txt"));
    CommittedText.assertCommitted(
        Path.of("src/main/sbom/plugin.cdx.json"), bill.text("belay-connector-sink", "plugin"));
    assertThat(ZIP.text("doc/sbom.cdx.json")).contains("org.postgresql").doesNotContain("${");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql", "mariadb", "oracle"})
  void theBillOfMaterialsOfADriverIsWhatIsInItsZip(String driver) throws Exception {
    ShippedZip zip =
        new ShippedZip(Path.of(System.getProperty("belay.sink.driver.zips") + driver + ".zip"));
    Path list = Path.of("src/test/resources/shipped-jars-driver-" + driver + ".txt");
    CommittedText.assertCommitted(
        Path.of("src/main/sbom/driver-" + driver + ".cdx.json"),
        new Sbom(zip, list).text("belay-connector-sink", "driver-" + driver));
    assertThat(zip.text("doc/driver-" + driver + ".cdx.json"))
        .contains(ShippedZip.listed(list).get(0).replaceFirst("-\\d.*", ""))
        .doesNotContain("${");
  }

  /** As Confluent describes a component archive. */
  @Test
  void theManifestSaysWhatTheZipIs() throws Exception {
    JsonNode manifest = new ObjectMapper().readTree(ZIP.text("manifest.json"));
    assertThat(
            "%s-%s-%s"
                .formatted(
                    manifest.at("/owner/username").asText(),
                    manifest.path("name").asText(),
                    manifest.path("version").asText()))
        .isEqualTo(ZIP.top());
    assertThat(manifest.path("version").asText()).isEqualTo(new BelaySinkConnector().version());
    assertThat(manifest.path("release_date").asText()).matches("\\d{4}-\\d{2}-\\d{2}");
    assertThat(ZIP.names()).contains(manifest.path("logo").asText());
    assertThat(ZIP.services())
        .containsEntry(SinkConnector.class.getName(), BelaySinkConnector.class.getName())
        .containsEntry(Transformation.class.getName(), MaskColumns.class.getName())
        .hasSize(manifest.path("component_types").size());
    assertThat(manifest.path("component_types"))
        .extracting(JsonNode::asText)
        .containsExactly("sink", "transform");
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
