/**
 * CockroachDB 23.2 and newer as a target: {@link dev.belay.sink.target.cockroach.CockroachTarget}
 * is the door. Behind it: the catalog, which form of a value goes with which type, the verdicts on
 * errors, and the checkpoint tables' SQL. Forms and statements are in {@code pgwire}.
 */
package dev.belay.sink.target.cockroach;
