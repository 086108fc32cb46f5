/**
 * PostgreSQL 12 to 18 as a target: {@link dev.belay.sink.target.postgres.PostgresTarget} is the
 * door. Behind it: the catalog ({@code PostgresCatalog}), which form of a value goes with which
 * type, the verdicts on errors, and the checkpoint tables' SQL. Forms and statements are in {@code
 * pgwire}.
 */
package dev.belay.sink.target.postgres;
