package dev.belay.testkit.standin.encode;

/**
 * What the {@code source} block of an enriched message tells about the cluster.
 *
 * @param locality as {@code region=eu,zone=a}; may be empty
 */
public record Cluster(
    String id, String name, String version, String nodeId, String nodeName, String locality) {}
