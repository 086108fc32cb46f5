package dev.belay.source.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.source.CockroachSourceConnector;
import dev.belay.testkit.docs.CommittedText;
import dev.belay.testkit.docs.Repository;
import dev.belay.testkit.docs.Sbom;
import dev.belay.testkit.docs.ShippedZip;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.connect.source.SourceConnector;
import org.junit.jupiter.api.Test;

/** What the zip carries is what was agreed to, and NOTICE says so. */
class SourceShippedJarsIT {
  private static final ShippedZip ZIP =
      new ShippedZip(Path.of(System.getProperty("belay.source.zip")));

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

  /** {@code -Dbelay.rewrite=true} writes it anew, after the list. */
  @Test
  void theBillOfMaterialsIsWhatIsInTheZip() throws Exception {
    Sbom bill = new Sbom(ZIP, Path.of("src/test/resources/shipped-jars.txt"));
    CommittedText.assertCommitted(
        Path.of("src/main/sbom/plugin.cdx.json"),
        bill.text("belay-connector-source-crdb", "plugin"));
    assertThat(ZIP.text("doc/sbom.cdx.json")).contains("org.postgresql").doesNotContain("${");
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
    assertThat(manifest.path("version").asText())
        .isEqualTo(new CockroachSourceConnector().version());
    assertThat(manifest.path("release_date").asText()).matches("\\d{4}-\\d{2}-\\d{2}");
    assertThat(ZIP.names()).contains(manifest.path("logo").asText());
    assertThat(ZIP.services())
        .containsOnly(
            entry(SourceConnector.class.getName(), CockroachSourceConnector.class.getName()));
    assertThat(manifest.path("component_types"))
        .extracting(JsonNode::asText)
        .containsExactly("source");
  }

  @Test
  void licenceNoticeAndFilesToStartFromAreInTheZip() throws Exception {
    assertThat(ZIP.names())
        .contains(
            "doc/LICENSE",
            "doc/NOTICE",
            "doc/README.md",
            "doc/CHANGELOG.md",
            "doc/docs/source.md",
            "doc/docs/troubleshooting.md",
            "doc/config/README.md",
            "etc/source/kafka.json",
            "etc/source/sinkless.json",
            "etc/sql/cockroachdb/grants.sql");
  }

  @Test
  void linksOfThePagesInTheZipLeadToWhatIsInTheZip() throws Exception {
    assertThat(ZIP.names()).filteredOn(name -> name.endsWith(".md")).hasSizeGreaterThan(10);
    assertThat(ZIP.deadLinks()).isEmpty();
  }
}
