/**
 * Belay's sink beside Debezium's JDBC sink and plain JDBC: one broker, one PostgreSQL, the same
 * rows. {@link dev.belay.bench.Throughput} is the run to read first. Nothing here is shipped.
 */
package dev.belay.bench;
