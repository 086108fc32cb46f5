package dev.belay.testkit.standin.encode;

/**
 * What the {@code source} block of an enriched message tells about the cluster.
 *
 * @param version as {@code v26.2.0}
 * @param locality as {@code region=eu,zone=a}; may be empty
 */
public record Cluster(
    String id, String name, String version, String nodeId, String nodeName, String locality) {

  /** The version without its patch: {@code 26.2} of {@code v26.2.0}. */
  public String release() {
    return version.substring(1, version.lastIndexOf('.'));
  }
}
