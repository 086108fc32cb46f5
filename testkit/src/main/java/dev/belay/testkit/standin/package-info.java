/**
 * Stands in for a CockroachDB cluster where none can run: a PostgreSQL-wire proxy before a real
 * embedded PostgreSQL, which answers the statements PostgreSQL does not know and turns committed
 * transactions into changefeed messages.
 *
 * <p>A message's way: {@link dev.belay.testkit.standin.capture capture} reads committed
 * transactions, {@link dev.belay.testkit.standin.feed feed} decides what to send and when, {@link
 * dev.belay.testkit.standin.encode encode} writes the bytes. Statements come in through {@link
 * dev.belay.testkit.standin.proxy proxy}. All of them speak in the values of {@link
 * dev.belay.testkit.standin.row row}. Begin at {@link dev.belay.testkit.standin.StandIn}.
 */
package dev.belay.testkit.standin;
