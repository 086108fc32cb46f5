package dev.belay.source.sinkless;

import dev.belay.source.feed.TableName;

/**
 * Where rows of a table go.
 *
 * @param topic as a changefeed to Kafka would name it
 */
record Route(TableName table, String topic) {}
