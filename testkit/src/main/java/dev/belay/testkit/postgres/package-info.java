/** Real PostgreSQL servers, the newest and the oldest that Belay writes to. Linux on amd64. */
package dev.belay.testkit.postgres;
