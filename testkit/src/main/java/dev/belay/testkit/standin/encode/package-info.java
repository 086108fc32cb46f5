/** Bytes as CockroachDB's JSON changefeeds write them. Pure functions; no clock, no connection. */
package dev.belay.testkit.standin.encode;
