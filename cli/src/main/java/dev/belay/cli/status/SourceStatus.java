package dev.belay.cli.status;

import dev.belay.cli.connect.Connector;
import java.util.List;

/**
 * A connector that reads a database.
 *
 * @param reports what its status topic has of it; empty for Debezium's
 * @param unseen what could not be looked at, and why
 */
record SourceStatus(Connector connector, List<FeedReport> reports, List<String> unseen) {}
