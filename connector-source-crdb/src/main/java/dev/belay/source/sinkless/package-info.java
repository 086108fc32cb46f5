/**
 * {@code feed.delivery=sinkless}: a task that reads changefeeds over SQL and writes to Kafka what a
 * changefeed to Kafka would.
 *
 * <p>The life of a row: {@link dev.belay.source.sinkless.FeedConnection} takes it from the wire,
 * {@link dev.belay.source.sinkless.FeedReader} hands it to the task's thread, {@link
 * dev.belay.source.sinkless.HeldRows} keeps it until its resolved time, {@link
 * dev.belay.source.sinkless.Outgoing} makes records and offsets of it.
 */
package dev.belay.source.sinkless;
