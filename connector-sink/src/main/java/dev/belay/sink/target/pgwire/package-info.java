/**
 * What databases share that speak PostgreSQL's protocol and are reached by pgjdbc: how values are
 * written ({@code ValueForm}), the statements over arrays ({@code PgStatements}), how they are sent
 * ({@code PgWriter}), how names are looked up and errors are judged. It knows no database: what
 * differs, each says by the {@code PgColumn}s that it makes and by the tables that it gives.
 */
package dev.belay.sink.target.pgwire;
