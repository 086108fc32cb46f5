/**
 * PostgreSQL 12 to 18 as a target: {@link dev.belay.sink.target.postgres.PostgresTarget} is the
 * door. Behind it: the catalog ({@code PostgresCatalog}), one {@code ValueForm} for each family of
 * column types, the statements ({@code PostgresStatements}), the verdicts on errors, and the
 * checkpoint tables' SQL.
 */
package dev.belay.sink.target.postgres;
